import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway } from '../support/gateway.ts';

let sandbox: Sandbox;
let gateway: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  const accounts = sandboxAccounts(sandbox);
  const raw = { ...accounts.find(({ provider }) => provider === 'alibaba'), name: 'ali-raw', ossUrlsEncoding: 'none' };
  gateway = await startTestGateway([...accounts, raw]);
});
afterAll(async () => {
  await gateway.stop(100);
  await sandbox.close();
});

const instances: Readonly<Record<string, string>> = {
  alibaba: 'rm-uf6wjk5xxxxxxx',
  huawei: '11112222333344445555666677778888in04',
  tencent: 'mssql-rdc0gajn',
};
const cos = 'https://acme-1250000000.cos.ap-guangzhou.myqcloud.com';

interface Asked {
  readonly provider: string;
  readonly source: object;
  readonly mode?: string;
  readonly databases?: readonly object[];
  readonly account?: string;
  readonly instanceId?: string;
}

async function post(
  path: string,
  { provider, databases = [{ name: 'orders' }], instanceId = instances[provider] ?? '', ...rest }: Asked,
) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider, account: `sandbox-${provider}`, target: { instanceId, databases }, ...rest }),
  });
  const body = (await response.json()) as Record<string, unknown> & { errors?: { pointer: string; detail: string }[] };
  return { status: response.status, body };
}

const objects = (bucket: string, keys: readonly string[], more: object = {}) => ({
  type: 'object_storage',
  bucket,
  keys,
  ...more,
});
const key = ['prod/orders.bak'];

/**
 * Requests that would restore the wrong data, or that the vendor refuses hours later: status, pointer and words of the
 * detail.
 */
const refused: readonly [string, Asked, number, string, string][] = [
  [
    'dots in a key',
    { provider: 'tencent', source: objects('acme-1250000000', ['prod/../other/orders.bak']) },
    400,
    '/source/keys/0',
    'another object',
  ],
  [
    'dots in a link',
    { provider: 'tencent', source: { type: 'url', urls: [`${cos}/a/%2e%2e/orders.bak`] } },
    400,
    '/source/urls/0',
    'another object',
  ],
  [
    'a link that has ended',
    { provider: 'tencent', source: { type: 'url', urls: [`${cos}/a.bak?q-sign-time=1;1500000000`] } },
    400,
    '/source/urls/0',
    '2017-07-14',
  ],
  [
    'stripes at Huawei',
    { provider: 'huawei', databases: [], source: objects('acme', ['o_1.bak', 'o_2.bak', 'o_3.bak', 'o_4.bak']) },
    422,
    '/source/keys',
    'no provider takes a striped backup',
  ],
  [
    'stripes at Alibaba',
    { provider: 'alibaba', source: objects('acme', ['o_1.bak', 'o_2.bak']) },
    422,
    '/source/keys',
    'no provider takes a striped backup',
  ],
  [
    'one stripe at Tencent',
    { provider: 'tencent', source: objects('acme-1250000000', ['o-1-of-4.bak']) },
    422,
    '/source/keys',
    'no provider takes a striped backup',
  ],
  [
    'a bucket without its APPID',
    { provider: 'tencent', source: objects('acme-backups', key) },
    422,
    '/source/bucket',
    'APPID',
  ],
  [
    'a bucket with a dot',
    { provider: 'tencent', source: objects('acme.backups-1250000000', key) },
    422,
    '/source/bucket',
    'hyphens',
  ],
  [
    'a bucket with too long a host',
    { provider: 'tencent', source: objects(`${'a'.repeat(30)}-1250000000`, key) },
    422,
    '/source/bucket',
    '60 characters',
  ],
  [
    'an endpoint with the bucket',
    {
      provider: 'tencent',
      source: objects('acme-1250000000', key, { endpoint: 'acme-1250000000.cos.ap-guangzhou.myqcloud.com' }),
    },
    422,
    '/source/endpoint',
    'without the bucket',
  ],
  [
    'an endpoint of another cloud',
    { provider: 'tencent', source: objects('acme-1250000000', key, { endpoint: 'oss-cn-hangzhou.aliyuncs.com' }) },
    422,
    '/source/endpoint',
    'another cloud',
  ],
  [
    'an endpoint of another cloud at Alibaba',
    { provider: 'alibaba', source: objects('acme', key, { endpoint: 's3.us-east-1.amazonaws.com' }) },
    422,
    '/source/endpoint',
    'another cloud',
  ],
  [
    'an endpoint of another cloud at Huawei',
    { provider: 'huawei', source: objects('acme', key, { endpoint: 'cos.ap-guangzhou.myqcloud.com' }) },
    422,
    '/source/endpoint',
    'another cloud',
  ],
  [
    'a database of the system as the new name',
    {
      provider: 'tencent',
      databases: [{ name: 'orders', restoreAs: 'master' }],
      source: objects('acme-1250000000', key),
    },
    422,
    '/target/databases/0/restoreAs',
    'SQL Server itself',
  ],
  [
    'a name of 256 units',
    {
      provider: 'tencent',
      databases: [{ name: 'orders', restoreAs: '𝒐'.repeat(128) }],
      source: objects('acme-1250000000', key),
    },
    422,
    '/target/databases/0/restoreAs',
    'count twice',
  ],
  [
    'a blank at the end, at Tencent',
    { provider: 'tencent', databases: [{ name: 'orders ' }], source: objects('acme-1250000000', key) },
    422,
    '/target/databases/0/name',
    'space',
  ],
  [
    'a blank at the end, at Huawei',
    { provider: 'huawei', databases: [{ name: 'orders ' }], source: objects('acme', key) },
    422,
    '/target/databases/0/name',
    'space',
  ],
];

describe('an input that would restore the wrong data, or more than requested', () => {
  it.each(refused)('is rejected at its field: %s', async (_title, asked, status, pointer, words) => {
    const created = await post('/migrations', asked);
    expect(created.status, JSON.stringify(created.body)).toBe(status);
    expect(created.body.errors).toContainEqual({ pointer, detail: expect.stringContaining(words) });
    const dry = await post('/migrations?dryRun=preflight', asked);
    expect(JSON.stringify(dry.body)).toContain(pointer);
    expect(dry.body.valid).not.toBe(true);
  });

  it('is rejected in a chain too: a stripe, and a file of another database', async () => {
    const full = 'prod/ODS_Easy_20261121190000_2full2_2noreconvery2.bak';
    const chain = { mode: 'full_log', databases: [{ name: 'ODS_Easy' }], source: objects('acme-1250000000', [full]) };
    const { body } = await post('/migrations', { provider: 'tencent', ...chain });
    const add = async (name: string) => {
      const response = await fetch(`${gateway.url}/migrations/${body.id}/backups`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'log', source: objects('acme-1250000000', [`prod/${name}`]) }),
      });
      return { status: response.status, text: await response.text() };
    };
    const other = await add('ODS_Hard_20261121200000_2log2_2noreconvery2.bak');
    expect(other).toMatchObject({ status: 422, text: expect.stringContaining('begin with ODS_Easy') });
    expect((await add('ODS_Easy_20261121200000_2log2_2noreconvery2.bak')).status).toBe(201);
  });
});

describe('several URLs for SQL Server 2008 R2', () => {
  const urls = [1, 2].map(
    (number) => `https://acme.oss-cn-hangzhou.aliyuncs.com/o${number}.bak?Expires=4000000000&Signature=x`,
  );

  const restore = (instanceId: string, account: string) =>
    post('/migrations', { provider: 'alibaba', account, instanceId, source: { type: 'url', urls } });

  it('are joined into one parameter and restored', async () => {
    const { status, body } = await restore('rm-2008r2-001', 'sandbox-alibaba');
    expect(status, JSON.stringify(body)).toBe(201);
  });

  it('are sent unencoded if the account says so, and a rejection names that setting', async () => {
    const encoded = await restore('rm-rawurls-001', 'sandbox-alibaba');
    expect(encoded.body).toMatchObject({
      code: 'provider_rejected',
      detail: expect.stringContaining('`ossUrlsEncoding`'),
    });
    expect((await restore('rm-rawurls-001', 'ali-raw')).status).toBe(201);
  });
});
