import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { sqlserver } from 'tencentcloud-sdk-nodejs-sqlserver';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backup, Migration } from '../../src/domain/migration.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { SigningContext, VendorRequest } from '../../src/domain/vendor.ts';
import { tencent } from '../../src/providers/tencent/index.ts';
import { signTc3 } from '../../src/providers/tencent/sign.ts';
import {
  account,
  backup,
  childId,
  converse,
  increment,
  instanceId,
  migration,
  sentAt,
  task,
  taskId,
  tasks,
} from '../providers/tencent/fixtures.ts';
import { sdk, vectors } from '../vectors/tencent.ts';

const host = 'sqlserver.tencentcloudapi.com';

interface Captured {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

let captured: Captured[] = [];
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    captured.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ Response: { RequestId: 'r-1' } }));
  });
});
let agent: http.Agent;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // The official client derives the service from the host, so the host is real and only the connection comes here.
  agent = new http.Agent();
  agent.createConnection = () => net.connect(port, '127.0.0.1');
});
afterAll(() => {
  agent.destroy();
  server.close();
});
beforeEach(() => {
  captured = [];
  vi.useFakeTimers({ toFake: ['Date'], now: sdk.timestamp * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function official(token?: string) {
  return new sqlserver.v20180328.Client({
    credential: { secretId: sdk.secretId, secretKey: sdk.secretKey, ...(token === undefined ? {} : { token }) },
    region: account.region,
    profile: { language: 'en-US', httpProfile: { endpoint: host, protocol: 'http://', agent } },
  });
}

const context = (token?: string): SigningContext => ({
  account,
  region: account.region,
  credentials: {
    provider: 'tencent',
    secretId: sdk.secretId,
    secretKey: new Secret(sdk.secretKey),
    ...(token === undefined ? {} : { token: new Secret(token) }),
  },
  session: null,
  endpoint: `http://${host}`,
  now: sdk.timestamp * 1000,
  nonce: 'unused',
});

function ours(operation: string, of: Migration, each: Backup, step: 'restore' | 'cleanup' = 'restore'): VendorRequest {
  const call = tencent.plan(step, of, each).find((candidate) => candidate.operation === operation);
  if (call === undefined) throw new Error(`${operation} is not planned`);
  return call.build({ account, migration: of, backup: each, open: (url) => url.display });
}

const common = ['x-tc-action', 'x-tc-version', 'x-tc-region', 'x-tc-timestamp', 'x-tc-language', 'x-tc-token'] as const;

function compare(request: VendorRequest, token?: string): void {
  const [theirs] = captured;
  if (theirs === undefined) throw new Error('the official client sent nothing');
  const signed = tencent.sign(request, context(token));
  const headers = Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  expect(signed.method).toBe(theirs.method);
  expect(new URL(signed.url).pathname).toBe(theirs.path);
  expect(new URL(signed.url).host).toBe(theirs.headers.host);
  expect(JSON.parse(signed.body ?? '')).toEqual(JSON.parse(theirs.body));
  for (const name of common) expect(headers[name], name).toBe(theirs.headers[name]);
  const { authorization } = signTc3({
    method: theirs.method,
    query: '',
    signedHeaders: { 'content-type': theirs.headers['content-type'] ?? '', host: theirs.headers.host ?? '' },
    payload: theirs.body,
    timestamp: sdk.timestamp,
    service: 'sqlserver',
    secretId: sdk.secretId,
    secretKey: sdk.secretKey,
  });
  expect(authorization).toBe(theirs.headers.authorization);
}

const full = backup({ providerRefs: { backupMigrationId: taskId } });
const registered = migration({
  providerRefs: { backupMigrationId: taskId },
  backups: [full],
  target: { instanceId, overwrite: false, databases: [{ name: 'orders', restoreAs: 'orders_copy' }] },
});
const link = 'https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/prod';

describe('against the official SDK, parameter by parameter', () => {
  it('StartBackupMigration, down to the published signature', async () => {
    await official().StartBackupMigration({ InstanceId: instanceId, BackupMigrationId: taskId });
    compare(ours('StartBackupMigration', registered, full));
    expect(captured[0]?.headers.authorization).toContain(
      vectors.find(({ title }) => title.startsWith('B1'))?.signature,
    );
  });

  it('CreateBackupMigration, with temporary credentials', async () => {
    await official('session-token').CreateBackupMigration({
      InstanceId: instanceId,
      RecoveryType: 'FULL',
      UploadType: 'COS_URL',
      MigrationName: 'orders_2026_01kbzq3m8e9v6x2c4n7p5r0t1w_1',
      BackupFiles: [`${link}/orders_full.bak`],
    });
    compare(ours('CreateBackupMigration', migration(), backup()), 'session-token');
  });

  it('CreateBackupMigration for an upload', async () => {
    await official().CreateBackupMigration({
      InstanceId: instanceId,
      RecoveryType: 'FULL_DIFF',
      UploadType: 'COS_UPLOAD',
      MigrationName: 'godwit_01kbzq3m8e9v6x2c4n7p5r0t1w_2',
      BackupFiles: ['订单.bak'],
    });
    const upload = backup({ attempt: 2, source: { type: 'upload', fileName: '订单.bak' } });
    compare(
      ours('CreateBackupMigration', migration({ name: null, mode: 'full_differential', backups: [upload] }), upload),
    );
  });

  it('ModifyBackupMigration', async () => {
    await official().ModifyBackupMigration({
      InstanceId: instanceId,
      BackupMigrationId: taskId,
      DBRename: [{ OldName: 'orders', NewName: 'orders_copy' }],
    });
    compare(ours('ModifyBackupMigration', registered, full));
  });

  it('CreateIncrementalMigration', async () => {
    const each = increment({ final: true });
    await official().CreateIncrementalMigration({
      InstanceId: instanceId,
      BackupMigrationId: taskId,
      BackupFiles: [`${link}/orders_20261121190800_2log2_2noreconvery2.bak`],
      IsRecovery: 'YES',
    });
    compare(ours('CreateIncrementalMigration', { ...registered, mode: 'full_log', backups: [full, each] }, each));
  });

  it('StartIncrementalMigration and DeleteIncrementalMigration', async () => {
    const each = increment({ providerRefs: { incrementalMigrationId: childId } });
    const of: Migration = { ...registered, mode: 'full_log', backups: [full, each] };
    const ids = { InstanceId: instanceId, BackupMigrationId: taskId, IncrementalMigrationId: childId };
    await official().StartIncrementalMigration(ids);
    compare(ours('StartIncrementalMigration', of, each));
    captured = [];
    await official().DeleteIncrementalMigration(ids);
    compare(ours('DeleteIncrementalMigration', of, each, 'cleanup'));
  });

  it('DeleteBackupMigration', async () => {
    await official().DeleteBackupMigration({ InstanceId: instanceId, BackupMigrationId: taskId });
    compare(ours('DeleteBackupMigration', registered, full, 'cleanup'));
  });

  it('DescribeBackupMigration', async () => {
    await official().DescribeBackupMigration({
      InstanceId: instanceId,
      BackupMigrationId: taskId,
      Limit: 100,
      Offset: 0,
    });
    const { requests } = converse(tencent.observe([registered], account, sentAt), [tasks(task(2))]);
    const [request] = requests;
    if (request === undefined) throw new Error('nothing was asked');
    compare(request);
  });
});
