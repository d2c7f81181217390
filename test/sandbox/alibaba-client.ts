import { expect } from 'vitest';
import { createAlibabaCloud } from '../../src/sandbox/alibaba/index.ts';
import {
  acs3Signature,
  acs3StringToSign,
  percentEncode,
  rpcSignature,
  rpcStringToSign,
  sha256,
} from '../../src/sandbox/alibaba/signature.ts';
import { type SandboxCloud, type SandboxRequest, sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { loadVendorOperations } from '../../src/sandbox/vendor-schema.ts';

const operations = loadVendorOperations('alibaba');
export const start = Date.parse('2026-11-21T12:00:30Z');
export const restoreMs = 100_000;
const { accessKeyId, accessKeySecret } = sandboxCredentials.alibaba;

type Parameters = Readonly<Record<string, string>>;

/** A cloud with a manual clock. */
export function newCloud(restored?: unknown) {
  let now = start;
  let serial = 0;
  let lag = 0;
  const build = (saved: unknown): SandboxCloud =>
    createAlibabaCloud({
      now: () => now,
      uuid: () => `0000000a-0000-4000-8000-${String(serial++).padStart(12, '0')}`,
      restoreMs,
      listLagMs: () => lag,
      ...(saved === undefined ? {} : { restored: saved }),
    });
  let cloud = build(restored);
  const send = (request: SandboxRequest) => {
    const { status, headers, body } = cloud.handle(request);
    return { status, headers, body, json: body.startsWith('{') ? JSON.parse(body) : null };
  };
  return {
    get cloud() {
      return cloud;
    },
    now: () => now,
    /** Advances the clock by a fraction of a normal restore. */
    pass: (part: number) => {
      now += Math.round(part * restoreMs);
    },
    setLag: (ms: number) => {
      lag = ms;
    },
    restart: () => {
      cloud = build(JSON.parse(JSON.stringify(cloud.snapshot())));
    },
    send,
    call: (action: string, parameters: Parameters) => send(rpc(action, parameters, now)),
  };
}

let nonces = 0;

/** The parameters of a call signed with SignatureVersion 1.0. `changes` apply before signing. */
export function rpcParameters(
  action: string,
  parameters: Parameters,
  now: number,
  changes: Parameters = {},
  method = 'POST',
) {
  const all: Record<string, string> = {
    Action: action,
    Version: '2014-08-15',
    Format: 'JSON',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: `nonce-${nonces++}`,
    Timestamp: `${new Date(now).toISOString().slice(0, 19)}Z`,
    ...parameters,
    ...changes,
  };
  for (const [name, value] of Object.entries(all)) if (value === 'ABSENT') delete all[name];
  return { ...all, Signature: rpcSignature(accessKeySecret, rpcStringToSign(method, Object.entries(all))) };
}

export function encode(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** A complete V1 request with all parameters in the query. */
export function rpc(action: string, parameters: Parameters, now: number, changes: Parameters = {}): SandboxRequest {
  const query = encode(rpcParameters(action, parameters, now, changes));
  return { method: 'POST', path: '/', query, headers: { host: 'rds.aliyuncs.com' }, body: '' };
}

/** A complete ACS3-HMAC-SHA256 request. `changes` apply to the headers before signing. */
export function acs3(
  action: string,
  parameters: Parameters,
  now: number,
  changes: Parameters = {},
  credential = changes['x-acs-accesskey-id'] ?? accessKeyId,
): SandboxRequest {
  const headers: Record<string, string> = {
    host: 'rds.aliyuncs.com',
    'x-acs-action': action,
    'x-acs-version': '2014-08-15',
    'x-acs-date': `${new Date(now).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': `nonce-${nonces++}`,
    'x-acs-content-sha256': sha256(''),
    ...changes,
  };
  for (const [name, value] of Object.entries(headers)) if (value === 'ABSENT') delete headers[name];
  const names = Object.keys(headers).sort();
  const stringToSign = acs3StringToSign({
    method: 'POST',
    path: '/',
    query: Object.entries(parameters),
    headers: names.map((name) => [name, headers[name] ?? '']),
    bodyHash: sha256(''),
  });
  const signature = acs3Signature(accessKeySecret, stringToSign);
  const authorization = `ACS3-HMAC-SHA256 Credential=${credential},SignedHeaders=${names.join(';')},Signature=${signature}`;
  const sent = { ...headers, authorization, accept: 'application/json' };
  return { method: 'POST', path: '/', query: encode(parameters), headers: sent, body: '' };
}

export const instance = { DBInstanceId: 'rm-uf6wjk5xxxxxxx' };
const position = (key: string) => `oss-cn-hangzhou.aliyuncs.com:acme-backups:${key}`;

/** Parameters of CreateMigrateTask for one full restore. */
export function full(dbName: string, key = 'prod/orders_full.bak', changes: Parameters = {}) {
  return {
    ...instance,
    DBName: dbName,
    BackupMode: 'FULL',
    IsOnlineDB: 'True',
    OssObjectPositions: position(key),
    ...changes,
  };
}

/** Parameters of CreateMigrateTask for a chain: its base, or with `MigrateTaskId` a further file. */
export function chain(dbName: string, key: string, changes: Parameters = {}) {
  return { ...full(dbName, key), BackupMode: 'UPDF', IsOnlineDB: 'False', ...changes };
}

/** A cloud whose answers are validated against the vendor's description, and the calls of a migration. */
export function validatedCloud() {
  const subject = newCloud();
  const call = (action: string, parameters: Record<string, string>) => {
    const answer = subject.call(action, parameters);
    expect(operations.get(action)?.validateResponse(answer.status, answer.json)).toEqual([]);
    return answer.json;
  };
  const on = (id: string, extra: Record<string, string> = {}) => ({ ...instance, MigrateTaskId: id, ...extra });
  return {
    ...subject,
    call,
    create: (parameters: Record<string, string>): string => call('CreateMigrateTask', parameters).MigrateTaskId,
    show: (id: string, where = {}) => call('DescribeMigrateTaskById', { ...on(id), ...where }),
    status: (id: string) => call('DescribeMigrateTaskById', on(id)).Status,
    files: (id: string) => call('DescribeOssDownloads', on(id)).Items.OssDownload,
    open: (id: string, extra: Record<string, string> = {}) =>
      call('CreateOnlineDatabaseTask', on(id, { DBName: 'orders', CheckDBMode: 'AsyncExecuteDBCheck', ...extra })),
    terminate: (id: string) => call('TerminateMigrateTask', on(id)),
    list: (extra: Record<string, string> = {}) => {
      const window = { StartTime: '2026-11-15T00:00Z', EndTime: '2026-12-21T13:00Z' };
      return call('DescribeMigrateTasks', { ...instance, ...window, ...extra });
    },
    databases: () => call('DescribeDatabases', instance).Databases.Database,
  };
}

export type Refusal = readonly [name: string, code: string, status: number, build: () => SandboxRequest];

/** Expects that a new cloud refuses the request and does nothing. */
export function expectRefusal(request: SandboxRequest, code: string, status: number): void {
  const subject = newCloud();
  const answer = subject.send(request);
  expect({ status: answer.status, code: answer.json?.Code }).toEqual({ status, code });
  expect(subject.cloud.journal()).toEqual([]);
}
