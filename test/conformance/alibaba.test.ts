import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Migration } from '../../src/domain/migration.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { VendorRequest } from '../../src/domain/vendor.ts';
import type { AlibabaAccount, AlibabaCredentials } from '../../src/providers/alibaba/account.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { canonicalQuery } from '../../src/providers/alibaba/percent.ts';
import { acs3CanonicalRequest, acs3Signature, acs3SignedHeaders } from '../../src/providers/alibaba/sign-acs3.ts';
import { rpcSignature, rpcStringToSign } from '../../src/providers/alibaba/sign-rpc.ts';
import { account, backup, callInput, migration, sentAt } from '../providers/alibaba/fixture.ts';

const require = createRequire(import.meta.url);
const rds: typeof import('@alicloud/rds20140815') = require('@alicloud/rds20140815');
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const popCore = require('@alicloud/pop-core');

interface Captured {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers every request and keeps the last one. */
let server: Server;
let endpoint = '';
let captured: Captured | undefined;

beforeAll(async () => {
  server = createServer(async (incoming, answer) => {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const url = new URL(incoming.url ?? '/', endpoint);
    captured = { method: incoming.method ?? '', url, headers: incoming.headers, body };
    answer.setHeader('content-type', 'application/json').end('{"RequestId":"R"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function capture(send: () => Promise<unknown>): Promise<Captured> {
  captured = undefined;
  await send();
  if (captured === undefined) throw new Error('the SDK has sent nothing');
  return captured;
}

const plain: AlibabaCredentials = {
  provider: 'alibaba',
  accessKeyId: 'testid',
  accessKeySecret: new Secret('testsecret'),
};
const temporary: AlibabaCredentials = {
  ...plain,
  accessKeyId: 'STS.testid',
  securityToken: new Secret('CAIStoken+/=='),
};

function sdk(credentials: AlibabaCredentials, signatureAlgorithm?: string) {
  return new rds.default(
    new $OpenApiUtil.Config({
      accessKeyId: credentials.accessKeyId,
      accessKeySecret: credentials.accessKeySecret.reveal(),
      ...(credentials.securityToken === undefined ? {} : { securityToken: credentials.securityToken.reveal() }),
      endpoint: endpoint.slice('http://'.length),
      protocol: 'http',
      signatureAlgorithm,
    }),
  );
}
type Client = ReturnType<typeof sdk>;

function pop(credentials: AlibabaCredentials) {
  return new popCore.RPCClient({
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: credentials.accessKeySecret.reveal(),
    securityToken: credentials.securityToken?.reveal(),
    endpoint,
    apiVersion: '2014-08-15',
  });
}

/** Godwit's request for a step. */
function ours(step: 'restore' | 'open', of: Migration): VendorRequest {
  const [call] = alibaba.plan(step, of, of.backups.at(-1) ?? null);
  if (call === undefined) throw new Error(`no call for ${step}`);
  return call.build(callInput({ migration: of }));
}

const instance = 'rm-uf6wjk5xxxxxxx';
const target = (name: string) => ({ instanceId: instance, databases: [{ name }], overwrite: false });
const object = {
  type: 'object_storage',
  bucket: 'rdsmssqlsingapore',
  keys: ['autotest_2008R2_TestMigration_FULL.bak'],
  endpoint: 'oss-ap-southeast-1.aliyuncs.com',
} as const;
const awkward = {
  type: 'object_storage',
  bucket: 'atp-test-on-ecs',
  keys: ["Migration/Test 'FULL'~(1)*!+ü.bak"],
  endpoint: 'oss-cn-beijing.aliyuncs.com',
} as const;
const signedUrls = [
  'https://rdsmssqlsingapore.oss-ap-southeast-1.aliyuncs.com/autotest_2008R2_TestMigration_FULL.bak?Expires=1527239404&OSSAccessKeyId=id&Signature=a%2Bb%3D',
  'https://rdsmssqlsingapore.oss-ap-southeast-1.aliyuncs.com/second.bak?Expires=1527239404',
];
const url = { type: 'url', urls: signedUrls.map((sealed) => ({ display: sealed, sealed })) } as const;
const chain = migration({ mode: 'full_log', target: target('testDB') });
const firstOfDialogue = () => {
  const both = [migration(), migration({ id: 'mig_2', providerRefs: { migrateTaskId: '2' } })];
  const step = alibaba.observe(both, account, sentAt).next();
  if (step.done) throw new Error('nothing is asked');
  return step.value;
};

/** One operation as Godwit builds it, and as a user of the SDK calls it. */
const cases: readonly {
  readonly name: string;
  readonly request: VendorRequest;
  readonly send: (client: Client) => Promise<unknown>;
}[] = [
  {
    name: 'CreateMigrateTask from an object',
    request: ours('restore', migration({ target: target('testDB'), backups: [backup({ source: object })] })),
    send: (client) =>
      client.createMigrateTask(
        new rds.CreateMigrateTaskRequest({
          DBInstanceId: instance,
          DBName: 'testDB',
          backupMode: 'FULL',
          isOnlineDB: 'True',
          checkDBMode: 'AsyncExecuteDBCheck',
          ossObjectPositions:
            'oss-ap-southeast-1.aliyuncs.com:rdsmssqlsingapore:autotest_2008R2_TestMigration_FULL.bak',
        }),
      ),
  },
  {
    name: 'CreateMigrateTask with a key that needs encoding',
    request: ours('restore', migration({ target: target('täst DB'), backups: [backup({ source: awkward })] })),
    send: (client) =>
      client.createMigrateTask(
        new rds.CreateMigrateTaskRequest({
          DBInstanceId: instance,
          DBName: 'täst DB',
          backupMode: 'FULL',
          isOnlineDB: 'True',
          checkDBMode: 'AsyncExecuteDBCheck',
          ossObjectPositions: "oss-cn-beijing.aliyuncs.com:atp-test-on-ecs:Migration/Test 'FULL'~(1)*!+ü.bak",
        }),
      ),
  },
  {
    name: 'CreateMigrateTask from URLs (2008 R2), joined by a bar and then encoded',
    request: ours('restore', migration({ target: target('testDB'), backups: [backup({ source: url })] })),
    send: (client) =>
      client.createMigrateTask(
        new rds.CreateMigrateTaskRequest({
          DBInstanceId: instance,
          DBName: 'testDB',
          backupMode: 'FULL',
          isOnlineDB: 'True',
          checkDBMode: 'AsyncExecuteDBCheck',
          OSSUrls: encodeURIComponent(signedUrls.join('|')),
        }),
      ),
  },
  {
    name: 'CreateMigrateTask for a further file of a chain',
    request: ours('restore', {
      ...chain,
      backups: [backup(), backup({ id: 'bkp_2', type: 'differential', source: object })],
    }),
    send: (client) =>
      client.createMigrateTask(
        new rds.CreateMigrateTaskRequest({
          DBInstanceId: instance,
          DBName: 'testDB',
          backupMode: 'UPDF',
          isOnlineDB: 'False',
          migrateTaskId: '564563256',
          ossObjectPositions:
            'oss-ap-southeast-1.aliyuncs.com:rdsmssqlsingapore:autotest_2008R2_TestMigration_FULL.bak',
        }),
      ),
  },
  {
    name: 'CreateOnlineDatabaseTask',
    request: ours('open', chain),
    send: (client) =>
      client.createOnlineDatabaseTask(
        new rds.CreateOnlineDatabaseTaskRequest({
          DBInstanceId: instance,
          DBName: 'testDB',
          migrateTaskId: '564563256',
          checkDBMode: 'AsyncExecuteDBCheck',
          clientToken: 'mig_01kbzq3m8e9v6x2c4n7p5r0t1w-open-564563256',
        }),
      ),
  },
  {
    name: 'DescribeMigrateTasks',
    request: firstOfDialogue(),
    send: (client) =>
      client.describeMigrateTasks(
        new rds.DescribeMigrateTasksRequest({
          DBInstanceId: instance,
          startTime: '2024-01-02T02:04Z',
          endTime: '2024-01-02T03:15Z',
          pageSize: 100,
          pageNumber: 1,
        }),
      ),
  },
];

const byName = (parameters: URLSearchParams | VendorRequest['query']) =>
  Object.fromEntries([...parameters].sort(([a], [b]) => (a < b ? -1 : 1)));

describe.each([
  ['a key pair', plain],
  ['temporary credentials', temporary],
])('with %s', (_which, credentials) => {
  it.each(cases)('the RDS SDK produces the same RPC signature: $name', async ({ request, send }) => {
    const sent = await capture(() => send(sdk(credentials, 'v2')));
    const theirs = byName(sent.url.searchParams);
    const { Signature: signature, ...signedParameters } = theirs;

    const recomputed = rpcStringToSign(sent.method, canonicalQuery(Object.entries(signedParameters)));
    expect(rpcSignature('testsecret', recomputed)).toBe(signature);

    const form = new URLSearchParams(
      alibaba.sign(request, {
        account,
        region: account.region,
        credentials,
        session: null,
        endpoint,
        now: Date.parse(theirs.Timestamp ?? ''),
        nonce: theirs.SignatureNonce ?? '',
      }).body,
    );
    const expected = { ...signedParameters, Format: 'JSON' };
    form.delete('Signature');
    expect(byName(form)).toEqual(expected);
    expect(theirs.Format).toBe('json');
    expect(sent.method).toBe(request.method);
  });

  it.each(cases)('pop-core sends the same form body: $name', async ({ request }) => {
    const sent = await capture(() =>
      pop(credentials).request(request.operation, Object.fromEntries(request.query), { method: 'POST' }),
    );
    const theirs = new URLSearchParams(sent.body);
    const signed = alibaba.sign(request, {
      account,
      region: account.region,
      credentials,
      session: null,
      endpoint,
      now: Date.parse(theirs.get('Timestamp') ?? ''),
      nonce: theirs.get('SignatureNonce') ?? '',
    });
    expect(byName(new URLSearchParams(signed.body))).toEqual(byName(theirs));
    expect(new URL(signed.url).href).toBe(sent.url.href);
    expect(sent.headers['content-type']).toBe(signed.headers['content-type']);
  });

  it.each(cases)('the RDS SDK produces the same ACS3 signature: $name', async ({ request, send }) => {
    const sent = await capture(() => send(sdk(credentials)));
    expect(byName(sent.url.searchParams)).toEqual(byName(request.query));
    expect(sent.body).toBe('');

    const given = Object.fromEntries(Object.entries(sent.headers).map(([name, value]) => [name, String(value)]));
    const signatureOf = (headers: Readonly<Record<string, string>>) =>
      acs3Signature(
        'testsecret',
        acs3CanonicalRequest(
          sent.method,
          canonicalQuery([...sent.url.searchParams]),
          acs3SignedHeaders(headers),
          headers['x-acs-content-sha256'] ?? '',
        ),
      );
    // The SDK leaves the content type of an empty body unsigned.
    const { 'content-type': _unsigned, ...covered } = given;
    expect(given.authorization).toContain(`Signature=${signatureOf(covered)}`);

    const signed = alibaba.sign(request, {
      account: { ...account, signature: 'acs3' } as AlibabaAccount,
      region: account.region,
      credentials,
      session: null,
      endpoint,
      now: Date.parse(given['x-acs-date'] ?? ''),
      nonce: given['x-acs-signature-nonce'] ?? '',
    });
    const { authorization, ...headers } = signed.headers;
    expect(given).toMatchObject(headers);
    expect(authorization).toContain(`Signature=${signatureOf(headers)}`);
  });
});
