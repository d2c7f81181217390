import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { checkedConfig, loadConfig } from '../support/configuration.ts';
import { alibabaEntry, digest, faultsOf, huaweiEntry, key32, minimal, tencentEntry } from './fixtures.ts';

describe('a configuration', () => {
  it('with one account gets the documented defaults', async () => {
    const config = await checkedConfig({ accounts: [alibabaEntry(), huaweiEntry(), tencentEntry()] }, {}, false);
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(config.storeUrl.reveal()).toBe('sqlite:./data/godwit.db');
    expect(config.engine).toEqual({
      pollMinMs: 5000,
      pollMaxMs: 60_000,
      callTimeoutMs: 10_000,
      leaseMs: 30_000,
      settleMs: 30_000,
      resendTries: 5,
      busyMs: 3_600_000,
      stallMs: 21_600_000,
    });
    expect(config.accounts.map(({ account }) => account.limits.writesPerSecond)).toEqual([2, 1, 20]);
    expect(config.accounts[0]?.account).toMatchObject({ signature: 'rpc', chainBase: 'updf' });
    expect(config.accounts[1]?.account).toMatchObject({ projectId: null });
    expect(config.accounts[2]?.account).toMatchObject({ timeZone: '+08:00' });
    expect(config.encryptionKeys).toEqual([]);
    expect(config.rateLimit).toBeNull();
    expect(config.auth).toEqual({ keys: [], issuers: [], publicDocs: true, publicMetrics: false });
  });

  it('reports every fault at once, each with its location', async () => {
    const faults = await faultsOf({
      listen: { host: '0.0.0.0', port: 99_999, hots: 'x' },
      store: { url: 'mysql://db' },
      auth: {
        keys: [
          { name: 'bad name', sha256: 'abc', scopes: ['everything'], accounts: ['*'] },
          { name: 'ci', sha256: digest('a'), scopes: [] },
        ],
      },
      encryption: { key: 'c2hvcnQ=' },
      engine: { pollMinMs: 1, pollMaxMs: '60000' },
      log: { level: 'loud' },
      surprise: true,
      accounts: [
        { ...alibabaEntry(), region: 'CN Hangzhou', site: 'international' },
        { ...alibabaEntry(), name: 'ali-main', credentials: { accessKeyId: 'a' } },
        { name: 'other', provider: 'aws' },
        { ...tencentEntry(), name: 'tc-main', timeZone: 'Asia/Shanghai', site: 'mars', unknown: 1 },
        { ...huaweiEntry(), projectId: 'nope', site: 'https://host/', credentials: {} },
      ],
    });
    const said = (place: string) => faults.filter((fault) => fault.startsWith(`${place}:`)).length;
    for (const place of [
      'listen.port',
      'listen.hots',
      'store.url',
      'auth.keys[0].name',
      'auth.keys[0].sha256',
      'auth.keys[0].scopes[0]',
      'auth.keys[1].accounts',
      'encryption.key',
      'engine.pollMinMs',
      'engine.pollMaxMs',
      'log.level',
      'surprise',
      'accounts[0].region',
      'accounts[0].site',
      'accounts[1].name',
      'accounts[1].credentials.accessKeySecret',
      'accounts[2].provider',
      'accounts[3].timeZone',
      'accounts[3].site',
      'accounts[3].unknown',
      'accounts[4].projectId',
      'accounts[4].site',
    ])
      expect(said(place), `${place} in\n${faults.join('\n')}`).toBe(1);
  });

  it.each([
    ['a list', []],
    ['a string', 'accounts'],
    ['a number', 7],
    ['null', null],
  ])('that is %s is rejected without a crash', async (_name, file) => {
    await expect(checkedConfig(file, {}, false)).rejects.toBeInstanceOf(ConfigError);
  });

  it.each([
    ['accounts', { accounts: 'ali' }],
    ['accounts', { accounts: { ali: {} } }],
    ['accounts[0]', { accounts: [null] }],
    ['accounts[0]', { accounts: ['ali'] }],
    ['auth', { ...minimal(), auth: null }],
    ['auth', { ...minimal(), auth: 'none' }],
    ['auth.keys', { ...minimal(), auth: { keys: 'ci' } }],
    ['auth.keys[0]', { ...minimal(), auth: { keys: [null] } }],
    ['listen', { ...minimal(), listen: 8080 }],
    ['listen', { ...minimal(), listen: null }],
    ['store', { ...minimal(), store: 'sqlite:x' }],
    ['encryption', { ...minimal(), encryption: 'key' }],
    ['encryption.previousKeys', { ...minimal(), encryption: { previousKeys: 'key' } }],
    ['engine', { ...minimal(), engine: [] }],
    ['rateLimit', { ...minimal(), rateLimit: 5 }],
    ['accounts[0].endpoints', { accounts: [{ ...alibabaEntry(), endpoints: 'https://x' }] }],
    ['accounts[0].credentials', { accounts: [{ ...alibabaEntry(), credentials: null }] }],
  ])('with a wrong type at %s has a fault there', async (place, file) => {
    const faults = await faultsOf(file);
    expect(faults.join('\n')).toContain(`${place}:`);
  });

  it('without accounts is rejected, except in the sandbox', async () => {
    expect(await faultsOf({})).toEqual(['accounts: configure at least one account']);
    await expect(checkedConfig({}, {}, true)).resolves.toMatchObject({ sandbox: true, accounts: [] });
  });

  it('never puts a credential’s value into a fault', async () => {
    const faults = await faultsOf({
      store: { url: 'mysql://root:hunter2@db' },
      encryption: { key: 'aHVudGVyMg==' },
      accounts: [
        { ...alibabaEntry(), credentials: { accessKeyId: 7, accessKeySecret: ['hunter2'] } },
        { ...huaweiEntry(), credentials: { userName: 'hunter2', password: 'hunter2' } },
      ],
    });
    expect(faults.length).toBeGreaterThan(3);
    expect(faults.join('\n')).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it.each([
    ['pollMaxMs below pollMinMs', { engine: { pollMinMs: 5000, pollMaxMs: 4000 } }, 'engine.pollMaxMs'],
    ['two keys of one name', { auth: { keys: [keyEntry('ci', 'a'), keyEntry('ci', 'b')] } }, 'auth.keys'],
    ['previous keys without a key', { encryption: { previousKeys: [key32()] } }, 'encryption.key'],
    ['a previous key of the wrong size', { encryption: { key: key32(), previousKeys: ['AAAA'] } }, 'previousKeys[0]'],
  ])('with %s is rejected', async (_name, part, place) => {
    expect((await faultsOf({ ...minimal(), ...part })).join('\n')).toContain(place);
  });
});

describe('the listening address', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]'])('%s works without authentication', async (host) => {
    await expect(checkedConfig({ ...minimal(), listen: { host } }, {}, false)).resolves.toMatchObject({
      listen: { host },
    });
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'gateway.example', '128.0.0.1', '127.0.0.1.example', 'localhost.example'])(
    '%s requires authentication',
    async (host) => {
      expect((await faultsOf({ ...minimal(), listen: { host } })).join()).toMatch(/^auth: /);
      const keyed = { ...minimal(), listen: { host }, auth: { keys: [keyEntry('ci', 'a')] } };
      await expect(checkedConfig(keyed, {}, false)).resolves.toBeDefined();
      const jwt = { issuer: 'https://id.example', audience: 'godwit', jwksUri: 'https://id.example/keys' };
      await expect(checkedConfig({ ...minimal(), listen: { host }, auth: { jwt } }, {}, false)).resolves.toBeDefined();
    },
  );

  it('from the environment overrides the file and is validated equally', async () => {
    const file = { ...minimal(), listen: { host: '127.0.0.1', port: 1 } };
    expect((await checkedConfig(file, { HOST: 'localhost', PORT: '9090' }, false)).listen).toEqual({
      host: 'localhost',
      port: 9090,
    });
    expect((await faultsOf(file, { HOST: '0.0.0.0' })).join()).toContain('auth:');
    for (const PORT of ['http', '-1', '65536', '80.5', '8080x', '0x50'])
      expect((await faultsOf(file, { PORT })).join(), PORT).toContain('PORT');
  });

  it('of the store comes from GODWIT_STORE_URL before the file', async () => {
    const config = await checkedConfig(
      { ...minimal(), store: { url: 'sqlite:a.db' } },
      { GODWIT_STORE_URL: 'postgres://u:p@db/godwit' },
      false,
    );
    expect(config.storeUrl.reveal()).toBe('postgres://u:p@db/godwit');
    expect(JSON.stringify(config)).not.toContain('u:p@db');
  });
});

describe('webhook receivers', () => {
  const settingsOf = async (more: object) =>
    (await checkedConfig({ accounts: [alibabaEntry()], ...more }, {}, false)).webhooks;
  const auth = { keys: [{ name: 'ci', sha256: digest('key'), scopes: [], accounts: ['*'] }] };

  it('may be on this machine or a private network without authentication, and otherwise only if configured', async () => {
    expect(await settingsOf({})).toEqual({ timeoutMs: 10_000, privateAddresses: true, plainHttp: false });
    expect(await settingsOf({ auth })).toMatchObject({ privateAddresses: false });
    expect(await settingsOf({ auth, listen: { host: '0.0.0.0' } })).toMatchObject({ privateAddresses: false });
    const webhooks = { timeoutMs: 500, privateAddresses: true, plainHttp: true };
    expect(await settingsOf({ auth, webhooks })).toEqual(webhooks);
    expect(await settingsOf({ webhooks: { privateAddresses: false } })).toMatchObject({ privateAddresses: false });
  });

  it('have a timeout between 100 ms and 60 s', async () => {
    for (const timeoutMs of [0, 99, 60_001, '5 s'])
      expect((await faultsOf({ ...minimal, webhooks: { timeoutMs } })).join()).toContain('webhooks.timeoutMs');
  });
});

describe('an endpoint', () => {
  const withEndpoint = (rds: string, more: object = {}) =>
    faultsOf({ ...more, accounts: [{ ...alibabaEntry(), endpoints: { rds } }] });

  it.each([
    'https://rds.aliyuncs.com',
    'https://rds.aliyuncs.com/',
    'http://127.0.0.1:9000',
    'http://localhost:9000',
    'http://[::1]:9000',
  ])('%s is allowed', async (url) => {
    expect(await withEndpoint(url)).toEqual([]);
  });

  it.each([
    ['http://rds.aliyuncs.com', 'plain http'],
    ['http://127.0.0.1.example', 'plain http'],
    ['http://128.0.0.1', 'plain http'],
    ['ftp://rds.aliyuncs.com', 'pattern'],
    ['rds.aliyuncs.com', 'pattern'],
    ['https://rds.aliyuncs.com/?x=1', 'pattern'],
    ['https://user@rds.aliyuncs.com', 'user information'],
    ['https://user:password@rds.aliyuncs.com', 'user information'],
    ['https://10.0.0.1', 'private'],
    ['https://172.16.0.1', 'private'],
    ['https://192.168.1.1', 'private'],
    ['https://169.254.169.254', 'never calls'],
    ['https://100.64.0.1', 'private'],
    ['https://0.0.0.0', 'never calls'],
    ['https://[fd00::1]', 'private'],
    ['https://[fe80::1]', 'never calls'],
    ['https://[::ffff:10.0.0.1]', 'private'],
    ['https://[::]', 'never calls'],
    ['https://168.63.129.16', 'never calls'],
    ['https://[64:ff9b::a9fe:a9fe]', 'never calls'],
    ['https://[2002:a9fe:a9fe::1]', 'never calls'],
    ['https://[::169.254.169.254]', 'never calls'],
    ['https://0x0a000001', 'private'],
    ['https://167772161', 'private'],
    ['https://10.1', 'private'],
    ['https://', 'pattern'],
    ['https://:80', 'not a URL'],
  ])('%s is rejected: %s', async (url, why) => {
    const faults = await withEndpoint(url);
    expect(faults.join()).toContain(why);
    expect(faults.join()).toContain('accounts[0].endpoints.rds');
    expect(faults.join()).not.toContain('password@');
  });

  it('on a private address is allowed if the configuration permits it', async () => {
    expect(await withEndpoint('https://10.0.0.1', { allowPrivateEndpoints: true })).toEqual([]);
    expect((await withEndpoint('http://10.0.0.1', { allowPrivateEndpoints: true })).join()).toContain('plain http');
    expect((await withEndpoint('https://169.254.169.254', { allowPrivateEndpoints: true })).join()).toContain('never');
    expect(await withEndpoint('https://[::ffff:8.8.8.8]')).toEqual([]);
  });

  it('of a service that the provider does not have is rejected', async () => {
    const faults = await faultsOf({ accounts: [{ ...alibabaEntry(), endpoints: { drs: 'https://x.example' } }] });
    expect(faults).toEqual(['accounts[0].endpoints.drs: is not a known setting']);
  });

  it('loses its trailing slash', async () => {
    const { accounts } = await checkedConfig(
      { accounts: [{ ...alibabaEntry(), endpoints: { rds: 'https://rds.aliyuncs.com//' } }] },
      {},
      false,
    );
    expect(accounts[0]?.account.endpoints).toEqual({ rds: 'https://rds.aliyuncs.com' });
  });
});

describe('the key URLs of issuers', () => {
  it.each([
    ['http://id.example/keys', false],
    ['https://id.example/keys', true],
    ['http://127.0.0.1:8081/keys', true],
    ['https://user:pw@id.example/keys', false],
  ])('at %s: %s', async (jwksUri, allowed) => {
    const faults = await faultsOf({ ...minimal(), auth: { jwt: { issuer: 'i', audience: 'a', jwksUri } } });
    expect(faults.join().includes('auth.jwt.jwksUri')).toBe(!allowed);
  });
});

describe('without a configuration file', () => {
  it('the gateway starts in sandbox mode', async () => {
    await expect(loadConfig({})).resolves.toMatchObject({ sandbox: true });
    await expect(loadConfig({ GODWIT_CONFIG: '' })).resolves.toMatchObject({ sandbox: true });
  });

  it('a YAML syntax error gives the position and not the text', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'godwit-config-')), 'godwit.yaml');
    await writeFile(path, 'accounts: [ {name: a, password: hunter2\n');
    const error = await loadConfig({ GODWIT_CONFIG: path }).catch((each: Error) => each);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/neither YAML nor JSON/);
    expect(String(error)).not.toContain('hunter2');
  });

  it('a missing file that was named is a fault', async () => {
    await expect(loadConfig({ GODWIT_CONFIG: '/does/not/exist.yaml' })).rejects.toThrow(/exist\.yaml.*ENOENT/s);
  });
});

function keyEntry(name: string, secret: string) {
  return { name, sha256: digest(secret), scopes: ['admin'], accounts: ['*'] };
}
