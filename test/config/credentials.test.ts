import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { checkedConfig } from '../support/configuration.ts';
import { alibabaEntry, faultsOf, huaweiEntry, minimal, tencentEntry } from './fixtures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'godwit-config-'));
});

async function credentialsOf(entry: object, environment: Record<string, string> = {}) {
  const { accounts } = await checkedConfig({ accounts: [entry] }, environment, false);
  const [account] = accounts;
  if (account === undefined) throw new Error('no account');
  if (!('read' in account.credentials)) throw new Error('not configured ones');
  return account.credentials.read;
}

/** Credentials with revealed secrets, for comparison. */
function revealed(credentials: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}

describe('the credentials of an account', () => {
  it.each([
    ['alibaba key', alibabaEntry(), { accessKeyId: 'i', accessKeySecret: 's' }, {}],
    ['alibaba token', alibabaEntry(), { accessKeyId: 'i', accessKeySecret: 's', securityToken: 't' }, {}],
    ['tencent key', tencentEntry(), { secretId: 'i', secretKey: 's' }, {}],
    ['tencent token', tencentEntry(), { secretId: 'i', secretKey: 's', token: 't' }, {}],
    ['huawei password', huaweiEntry(), { accountName: 'a', userName: 'u', password: 'p' }, { method: 'password' }],
    ['huawei key', huaweiEntry(), { accessKeyId: 'i', secretAccessKey: 's' }, { method: 'access_key' }],
    [
      'huawei temporary key',
      huaweiEntry(),
      { accessKeyId: 'i', secretAccessKey: 's', securityToken: 't' },
      { method: 'access_key' },
    ],
  ])('arrive unchanged: %s', async (_name, entry, credentials, more) => {
    const read = await (await credentialsOf({ ...entry, credentials }))();
    expect(revealed(read)).toEqual({ provider: entry.provider, ...credentials, ...more });
    for (const shown of [JSON.stringify(read), inspect(read, { depth: 9 })])
      expect(shown).not.toMatch(/"(s|t|p)"|'(s|t|p)'/);
  });

  it.each([
    ['nothing', {}],
    ['half a password', { userName: 'u', password: 'p' }],
    ['half a key', { accessKeyId: 'i' }],
    ['both', { accountName: 'a', userName: 'u', password: 'p', accessKeyId: 'i', secretAccessKey: 's' }],
    ['a password and half a key', { accountName: 'a', userName: 'u', password: 'p', accessKeyId: 'i' }],
    ['a password and a token', { accountName: 'a', userName: 'u', password: 'p', securityToken: 't' }],
    ['a key and half a password', { accessKeyId: 'i', secretAccessKey: 's', password: 'p' }],
  ])('huawei: %s is a fault', async (_name, credentials) => {
    const faults = await faultsOf({ accounts: [{ ...huaweiEntry(), credentials }] });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^accounts\[0\]\.credentials/);
  });

  it('from the environment are trimmed; an unset or empty variable is a fault that names it', async () => {
    const credentials = { accessKeyId: { env: 'AK' }, accessKeySecret: { env: 'SK' } };
    const entry = { ...alibabaEntry(), credentials };
    const read = await (await credentialsOf(entry, { AK: ' id\n', SK: 'secret' }))();
    expect(revealed(read)).toMatchObject({ accessKeyId: 'id', accessKeySecret: 'secret' });
    expect((await faultsOf({ accounts: [entry] }, { AK: 'id' })).join()).toContain('SK is not set');
    expect((await faultsOf({ accounts: [entry] }, { AK: 'id', SK: ' ' })).join()).toContain('SK is not set');
  });

  it('from a file are read again when it changes; the last good value serves while it is unreadable', async () => {
    const path = join(folder, 'sk');
    await writeFile(path, 'first\n');
    const read = await credentialsOf({
      ...alibabaEntry(),
      credentials: { accessKeyId: 'id', accessKeySecret: { file: path } },
    });
    const secretNow = async () => revealed(await read()).accessKeySecret;
    expect(await secretNow()).toBe('first');
    await writeFile(path, 'second\n');
    expect(await secretNow()).toBe('second');
    await rm(path);
    expect(await secretNow()).toBe('second');
    await writeFile(path, '');
    expect(await secretNow()).toBe('second');
    await writeFile(path, 'third');
    expect(await secretNow()).toBe('third');
  });

  it('from a file that is missing or empty at start are a fault with its path', async () => {
    const path = join(folder, 'absent');
    const entry = { ...tencentEntry(), credentials: { secretId: 'id', secretKey: { file: path } } };
    expect((await faultsOf({ accounts: [entry] })).join()).toMatch(/absent cannot be read \(ENOENT\)/);
    await writeFile(path, '\n');
    expect((await faultsOf({ accounts: [entry] })).join()).toContain('is empty');
  });

  it.each([{ env: 'A', file: 'b' }, { env: '' }, { vault: 'x' }, 7, '', null, ['a']])(
    'in the form %j are a fault',
    async (value) => {
      const entry = { ...tencentEntry(), credentials: { secretId: 'id', secretKey: value } };
      const faults = await faultsOf({ accounts: [entry] });
      expect(faults).toEqual(['accounts[0].credentials.secretKey: matches none of the allowed forms']);
    },
  );
});

describe('the store and the encryption keys', () => {
  it('come from files or the environment', async () => {
    const key = Buffer.alloc(32, 9).toString('base64');
    await writeFile(join(folder, 'key'), `${key}\n`);
    const config = await checkedConfig(
      {
        ...minimal(),
        store: { url: { env: 'URL' } },
        encryption: { key: { file: join(folder, 'key') }, previousKeys: [{ env: 'OLD' }] },
      },
      { URL: 'postgres://db/godwit', OLD: key },
      false,
    );
    expect(config.storeUrl.reveal()).toBe('postgres://db/godwit');
    expect(config.encryptionKeys.map((each) => each.reveal())).toEqual([key, key]);
    expect(inspect(config, { depth: 9 })).not.toContain(key);
  });
});
