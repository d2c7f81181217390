import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { type Credentials, VendorError } from '../../../src/domain/vendor.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { type CredentialVault, createCredentialVault } from '../../../src/transport/credentials/vault.ts';
import { alibabaEntry, huaweiEntry, tencentEntry } from '../../config/fixtures.ts';
import { checkedConfig } from '../../support/configuration.ts';
import { type Issuers, roles, startIssuers } from '../../support/issuers.ts';

let issuers: Issuers;
let tokenFile: string;
const vaults: CredentialVault[] = [];
let offsetMs = 0;

beforeEach(async () => {
  issuers = await startIssuers();
  tokenFile = join(await mkdtemp(join(tmpdir(), 'godwit-token-')), 'token');
  await writeFile(tokenFile, 'token-1\n');
  offsetMs = 0;
});
afterEach(async () => {
  await Promise.all(vaults.splice(0).map((vault) => vault.close()));
  await issuers.close();
});

/** Every source of issued credentials, as in a configuration file. */
const ways: Readonly<Record<string, () => { readonly entry: object; readonly credentials: object }>> = {
  'alibaba oidc': () => ({
    entry: alibabaEntry(),
    credentials: {
      source: 'oidc',
      roleArn: roles.alibaba,
      oidcProviderArn: roles.alibabaProvider,
      tokenFile,
      endpoint: `${issuers.url}/alibaba`,
    },
  }),
  'alibaba metadata': () => ({
    entry: alibabaEntry(),
    credentials: { source: 'metadata', endpoint: `${issuers.url}/alibaba-metadata` },
  }),
  'huawei oidc': () => ({
    entry: huaweiEntry(),
    credentials: {
      source: 'oidc',
      identityProviderId: roles.huaweiIdp,
      tokenFile,
      endpoint: `${issuers.url}/huawei`,
    },
  }),
  'huawei agency by password': () => ({
    entry: huaweiEntry(),
    credentials: {
      source: 'agency',
      agencyName: 'migration',
      domainName: 'owner',
      base: { accountName: 'acme', userName: 'svc', password: { env: 'PASSWORD' } },
      endpoint: `${issuers.url}/huawei`,
    },
  }),
  'huawei agency by access key': () => ({
    entry: huaweiEntry(),
    credentials: {
      source: 'agency',
      agencyName: 'migration',
      domainName: 'owner',
      base: { accessKeyId: roles.accessKey.id, secretAccessKey: roles.accessKey.secret },
      endpoint: `${issuers.url}/huawei`,
    },
  }),
  'huawei metadata': () => ({
    entry: huaweiEntry(),
    credentials: { source: 'metadata', endpoint: `${issuers.url}/huawei-metadata` },
  }),
  'huawei pod identity': () => ({
    entry: huaweiEntry(),
    credentials: { source: 'pod_identity', endpoint: `${issuers.url}/huawei-pod/credentials`, tokenFile },
  }),
  'tencent oidc': () => ({
    entry: tencentEntry(),
    credentials: {
      source: 'oidc',
      providerId: roles.tencentProvider,
      roleArn: roles.tencent,
      tokenFile,
      endpoint: `${issuers.url}/tencent`,
    },
  }),
  'tencent metadata': () => ({
    entry: tencentEntry(),
    credentials: { source: 'metadata', endpoint: `${issuers.url}/tencent-metadata` },
  }),
};
const names = Object.keys(ways);
const withToken = names.filter((name) => /oidc|pod/.test(name));
const onMachine = names.filter((name) => name.includes('metadata'));

async function open(name: string, more: object = {}, environment: Record<string, string> = {}) {
  const way = ways[name]?.();
  if (way === undefined) throw new Error(name);
  return openEntry(
    { ...way.entry, credentials: { ...way.credentials, ...more } },
    { PASSWORD: 'right', ...environment },
  );
}

async function openEntry(entry: object, environment: Record<string, string>) {
  const { accounts } = await checkedConfig({ accounts: [entry] }, environment, false);
  const runtime = { ...systemRuntime, now: () => Date.now() + offsetMs };
  const vault = createCredentialVault({ accounts, runtime });
  vaults.push(vault);
  const [first] = accounts;
  if (first === undefined) throw new Error('no account');
  return {
    get: () => vault.credentialsOf(first.account),
    refusal: () => vault.refusal(first.account),
    ended: (credentials: Credentials) => vault.credentialsEnded(first.account, credentials),
  };
}

function revealed(credentials: Credentials): string[] {
  return Object.entries(credentials)
    .filter(([name]) => name !== 'provider' && name !== 'method')
    .map(([, value]) => (value instanceof Secret ? value.reveal() : String(value)));
}

async function failureOf(get: () => Promise<unknown>) {
  const error = await get().catch((thrown: unknown) => thrown);
  if (!(error instanceof VendorError)) throw new Error(`no vendor error: ${inspect(error)}`);
  return error.failure;
}

describe.each(names)('%s', (name) => {
  it('returns a temporary key once for many callers', async () => {
    const { get } = await open(name);
    const all = await Promise.all(Array.from({ length: 20 }, get));
    expect(new Set(all).size).toBe(1);
    expect(revealed(all[0] as Credentials)).toEqual(['KEY1', 'secret-1', 'session-1']);
    expect(issuers.issued()).toBe(1);
    expect(inspect(all[0], { depth: 9 })).not.toMatch(/secret-1|session-1/);
  });

  it('renews in advance and keeps the current key while the service is down', async () => {
    const { get } = await open(name);
    await get();
    offsetMs = 50 * 60_000;
    issuers.conditions.broken = { status: 503, body: 'down' };
    expect(revealed(await get())[0]).toBe('KEY1');
    await expect.poll(() => issuers.asked.length).toBeGreaterThan(1);
    issuers.conditions.broken = null;
    await expect.poll(async () => revealed(await get())[0]).toBe('KEY2');
  });

  it.each([
    ['an error', { status: 500, body: 'oops' }],
    ['HTML', { status: 200, body: '<html>proxy</html>' }],
    ['an empty body', { status: 200, body: '' }],
    ['JSON without a key', { status: 200, body: { Response: {}, Credentials: {}, credential: {}, Code: 'Success' } }],
    [
      'members of wrong types',
      { status: 200, body: { Credentials: { AccessKeyId: 1 }, credentials: null, credential: [] } },
    ],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }],
  ])('reports an unusable reply and asks again: %s', async (_what, broken) => {
    const { get } = await open(name);
    issuers.conditions.broken = broken;
    const failure = await failureOf(get);
    expect(['unavailable', 'malformed', 'unauthenticated', 'timeout']).toContain(failure.kind);
    expect(failure.detail).not.toBe('');
    issuers.conditions.broken = null;
    offsetMs = 61_000;
    if (name !== 'huawei agency by password' || failure.kind !== 'unauthenticated')
      expect(revealed(await get())[0]).toBe('KEY1');
  });

  it('reads the expiry by the service’s clock', async () => {
    issuers.conditions.clockMs = 5 * 3_600_000;
    const { get } = await open(name);
    await get();
    offsetMs = 44 * 60_000;
    await get();
    expect(issuers.issued()).toBe(1);
    offsetMs = 61 * 60_000;
    expect(revealed(await get())[0]).toBe('KEY2');
  });
});

describe.each(withToken)('%s', (name) => {
  it('reads the token file for every exchange', async () => {
    const { get } = await open(name);
    await get();
    issuers.conditions.token = 'token-2';
    await writeFile(tokenFile, 'token-2');
    offsetMs = 61 * 60_000;
    expect(revealed(await get())[0]).toBe('KEY2');
  });

  it('pauses after a rejection until the token changes and never shows the token', async () => {
    await writeFile(tokenFile, 'CANARY-stale-token');
    const { get, refusal } = await open(name);
    const failure = await failureOf(get);
    expect(failure).toMatchObject({ kind: 'unauthenticated', code: 'provider_auth_failed' });
    expect(JSON.stringify([failure, refusal()])).not.toContain('CANARY');
    const asked = issuers.asked.length;
    for (let caller = 0; caller < 10; caller++) expect((await failureOf(get)).kind).toBe('unauthenticated');
    expect(issuers.asked).toHaveLength(asked);
    expect(refusal()?.kind).toBe('unauthenticated');
    await writeFile(tokenFile, 'token-1');
    offsetMs = 31_000;
    expect(revealed(await get())[0]).toBe('KEY1');
    expect(refusal()).toBeNull();
  });

  it('names the missing file', async () => {
    const { get } = await open(name);
    await rm(tokenFile);
    expect((await failureOf(get)).detail).toContain(tokenFile);
  });
});

describe.each(onMachine)('%s', (name) => {
  it('reports a machine without a role', async () => {
    issuers.conditions.role = null;
    const { get, refusal } = await open(name);
    expect(await failureOf(get)).toMatchObject({ kind: 'unauthenticated' });
    expect(refusal()?.detail).toMatch(/role|agency/);
  });

  it('uses the tokenless form if the hardened one is unavailable', async () => {
    issuers.conditions.hardened = false;
    expect(revealed(await (await open(name)).get())[0]).toBe('KEY1');
  });

  it('uses the hardened form if it is the only one', async () => {
    issuers.conditions.plain = false;
    expect(revealed(await (await open(name)).get())[0]).toBe('KEY1');
  });
});

describe('alibaba metadata', () => {
  it('never falls back if that is disabled', async () => {
    issuers.conditions.hardened = false;
    const { get } = await open('alibaba metadata', { allowV1: false });
    expect((await failureOf(get)).kind).toBe('unavailable');
    expect(issuers.asked.some((path) => path.startsWith('GET'))).toBe(false);
  });

  it('rejects a role name that would change the address', async () => {
    issuers.conditions.role = '../../../user-data';
    expect((await failureOf((await open('alibaba metadata')).get)).kind).toBe('malformed');
    expect(issuers.asked.filter((path) => path.includes('user-data'))).toEqual([]);
  });

  it('skips the role lookup when the role is configured', async () => {
    await (await open('alibaba metadata', { roleName: 'godwit-role' })).get();
    expect(issuers.asked).toHaveLength(2);
  });
});

describe('huawei agency', () => {
  it('tries a wrong password once in fifteen minutes', async () => {
    const { get } = await open('huawei agency by password', {}, { PASSWORD: 'CANARY-wrong' });
    for (let minute = 0; minute < 14; minute++) {
      const failure = await failureOf(get);
      expect(failure.kind).toBe('unauthenticated');
      expect(JSON.stringify(failure)).not.toContain('CANARY');
      offsetMs += 60_000;
    }
    expect(issuers.asked).toHaveLength(1);
    offsetMs += 61_000 + 30_000;
    await failureOf(get);
    expect(issuers.asked).toHaveLength(2);
  });
});

describe('the environment of the vendors’ own tools', () => {
  it.each([
    [alibabaEntry(), { ALIBABA_CLOUD_ACCESS_KEY_ID: 'i', ALIBABA_CLOUD_ACCESS_KEY_SECRET: ' s\n' }, ['i', 's']],
    [
      alibabaEntry(),
      { ALIBABA_CLOUD_ACCESS_KEY_ID: 'i', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's', ALIBABA_CLOUD_SECURITY_TOKEN: 't' },
      ['i', 's', 't'],
    ],
    [huaweiEntry(), { HUAWEICLOUD_SDK_AK: 'i', HUAWEICLOUD_SDK_SK: 's' }, ['i', 's']],
    [huaweiEntry(), { HW_ACCESS_KEY: 'i', HW_SECRET_KEY: 's', HW_SECURITY_TOKEN: 't' }, ['i', 's', 't']],
    [huaweiEntry(), { HW_DOMAIN_NAME: 'd', HW_USER_NAME: 'u', HW_USER_PASSWORD: 'p' }, ['d', 'u', 'p']],
    [tencentEntry(), { TENCENTCLOUD_SECRET_ID: 'i', TENCENTCLOUD_SECRET_KEY: 's' }, ['i', 's']],
    [
      tencentEntry(),
      {
        TENCENTCLOUD_SECRET_ID: 'i',
        TENCENTCLOUD_SECRET_KEY: 's',
        TENCENTCLOUD_TOKEN: 'c',
        TENCENTCLOUD_SESSION_TOKEN: 'a',
      },
      ['i', 's', 'a'],
    ],
  ] as [object, Record<string, string>, string[]][])(
    'yields the key that the tools use: $1',
    async (entry, environment, expected) => {
      const { get } = await openEntry({ ...entry, credentials: { source: 'environment' } }, environment);
      expect(revealed(await get())).toEqual(expected);
    },
  );

  it('leads to the described exchange', async () => {
    const { get } = await openEntry(
      { ...alibabaEntry(), credentials: { source: 'environment' } },
      {
        ALIBABA_CLOUD_ROLE_ARN: roles.alibaba,
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN: roles.alibabaProvider,
        ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
        ALIBABA_CLOUD_STS_ENDPOINT: `${issuers.url}/alibaba`,
      },
    );
    expect(revealed(await get())[0]).toBe('KEY1');
  });
});
