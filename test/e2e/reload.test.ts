import { createHash } from 'node:crypto';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { checkedConfig } from '../support/configuration.ts';
import {
  type GatewayProcess,
  getMigration,
  quickEngine,
  spawnGateway,
  startTestGateway,
  temporaryFolder,
  testListen,
  untilMigration,
} from '../support/gateway.ts';
import { onBothStores } from '../support/stores.ts';

let sandbox: Sandbox;
let serial = 0;
const newInstance = () => `rm-reload${String(++serial).padStart(6, '0')}`;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
});
afterAll(() => sandbox.close());

const keyOf = (name: string) => ({
  name,
  sha256: createHash('sha256').update(`secret-of-${name}`).digest('hex'),
  scopes: ['admin'],
  accounts: ['*'],
});

await onBothStores('a configuration that changes while the gateway runs', (newUrl) => {
  let gateway: Gateway;
  let storeUrl: string;
  const file = (more: object = {}) => ({
    listen: testListen,
    store: { url: storeUrl },
    engine: quickEngine,
    log: { level: 'silent' },
    accounts: sandboxAccounts(sandbox),
    ...more,
  });
  const reload = async (more: object = {}) => gateway.reload(await checkedConfig(file(more), {}, false));
  beforeAll(async () => {
    storeUrl = await newUrl();
    gateway = await startTestGateway(sandboxAccounts(sandbox), { storeUrl });
  });
  afterAll(() => gateway?.stop(1000));

  const call = (path: string, init?: RequestInit) => fetch(`${gateway.url}${path}`, init);
  const accountNames = async () =>
    ((await (await call('/accounts')).json()) as { items: { name: string }[] }).items.map(({ name }) => name);
  const create = async (instanceId: string, key: string) => {
    const response = await call('/migrations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        provider: 'alibaba',
        account: 'sandbox-alibaba',
        mode: 'full_log',
        target: { instanceId, databases: [{ name: 'orders' }] },
        source: { type: 'object_storage', bucket: 'acme', keys: [key] },
      }),
    });
    return ((await response.json()) as { id: string }).id;
  };

  it('a reload removes and adds accounts; migrations of a removed one can be ended and continue when it is back', async () => {
    const [resting, leaving] = await Promise.all([
      create(newInstance(), 'reload/a.bak'),
      create(newInstance(), 'reload/stuck.bak'),
    ]);
    await untilMigration(gateway.url, resting, ({ state }) => state === 'awaiting_backup');
    const others = sandboxAccounts(sandbox).filter(({ name }) => name !== 'sandbox-alibaba');
    const renamed = { ...sandboxAccounts(sandbox).find(({ name }) => name === 'sandbox-alibaba'), name: 'ali-new' };
    expect(await reload({ accounts: [...others, renamed] })).toEqual([]);
    expect(await accountNames()).toEqual(['sandbox-huawei', 'sandbox-tencent', 'ali-new']);
    for (const id of [resting, leaving]) {
      const lost = await untilMigration(gateway.url, id, ({ stateReason }) => stateReason === 'account_not_configured');
      expect(lost.actions).toContain('cancel');
    }
    const cancelled = await call(`/migrations/${leaving}/cancel`, { method: 'POST' });
    expect(await cancelled.json()).toMatchObject({
      state: 'cancelled',
      warnings: expect.arrayContaining([expect.objectContaining({ code: 'vendor_outcome_unknown' })]),
    });

    expect(await reload()).toEqual([]);
    await untilMigration(gateway.url, resting, ({ stateReason }) => stateReason === null);
    await call(`/migrations/${resting}/cutover`, { method: 'POST' });
    await untilMigration(gateway.url, resting, ({ state }) => state === 'succeeded');
  });

  it('a reload applies an account’s new endpoint and keys at once', async () => {
    const accounts = sandboxAccounts(sandbox);
    const wrong = accounts.map((each) =>
      each.name === 'sandbox-alibaba'
        ? { ...each, credentials: { accessKeyId: 'nobody', accessKeySecret: 'x' } }
        : each,
    );
    await reload({ accounts: wrong });
    const listing = () => call('/accounts/sandbox-alibaba/tasks?instanceId=rm-reload000001');
    expect((await listing()).status).toBe(502);
    await reload();
    expect((await listing()).status).toBe(200);
  });

  it('a reload lists the changes that need a restart until they are reverted', async () => {
    expect(
      await reload({ engine: { ...quickEngine, pollMaxMs: 300 }, publicUrl: 'https://elsewhere.example' }),
    ).toEqual(['engine', 'publicUrl']);
    const checks = async () =>
      (
        (await (await call('/readyz?verbose=true')).json()) as {
          checks: { name: string; ok: boolean; detail: string }[];
        }
      ).checks;
    const detail = 'a restart is needed for: engine, publicUrl';
    expect(await checks()).toContainEqual({ name: 'configuration', ok: false, detail });
    expect(await (await call('/metrics')).text()).toContain('godwit_config_restart_needed 1');
    gateway.reloadFailed();
    expect(await (await call('/metrics')).text()).toContain('godwit_config_reload_failed 1');
    expect(await reload()).toEqual([]);
    expect(await checks()).toContainEqual({ name: 'configuration', ok: true, detail: 'the file is in force' });
    expect(await (await call('/metrics')).text()).toMatch(/godwit_config_reload_failed 0[\s\S]*restart_needed 0/);
  });

  it('a reload applies new rate limits', async () => {
    await reload({ rateLimit: { requestsPerSecond: 1, burst: 2 } });
    const statuses = async () => Promise.all([1, 2, 3, 4].map(async () => (await call('/accounts')).status));
    expect(await statuses()).toContain(429);
    await reload();
    expect(await statuses()).toEqual([200, 200, 200, 200]);
  });

  it('a reload never switches authentication on or off', async () => {
    expect(await reload({ auth: { keys: [keyOf('ci')] } })).toEqual(['auth']);
    expect((await call('/accounts')).status).toBe(200);
    expect(await reload()).toEqual([]);
  });
});

describe('API keys that change while the gateway runs', () => {
  it('are accepted or rejected from that moment', async () => {
    const accounts = sandboxAccounts(sandbox);
    const storeUrl = `sqlite:${join(await temporaryFolder(), 'godwit.db')}`;
    const auth = (...names: string[]) => ({ auth: { keys: names.map(keyOf) } });
    const gateway = await startTestGateway(accounts, { storeUrl, config: auth('old', 'both') });
    const status = async (name: string) =>
      (await fetch(`${gateway.url}/accounts`, { headers: { 'x-api-key': `secret-of-${name}` } })).status;
    expect([await status('old'), await status('both'), await status('new')]).toEqual([200, 200, 401]);
    const next = {
      listen: testListen,
      store: { url: storeUrl },
      engine: quickEngine,
      log: { level: 'silent' },
      accounts,
    };
    expect(await gateway.reload(await checkedConfig({ ...next, ...auth('new', 'both') }, {}, false))).toEqual([]);
    expect([await status('old'), await status('both'), await status('new')]).toEqual([401, 200, 200]);
    expect(await gateway.reload(await checkedConfig(next, {}, false))).toEqual(['auth']);
    expect([await status('nobody'), await status('new')]).toEqual([401, 200]);
    await gateway.stop(0);
  });
});

describe('a process’s configuration file', () => {
  const running: GatewayProcess[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.end('SIGKILL')));
  });

  /** A folder as Kubernetes mounts a ConfigMap: the file is a link through `..data`, which each update replaces. */
  async function mounted(
    folder: string,
  ): Promise<{ readonly path: string; put(file: object | string): Promise<void> }> {
    let version = 0;
    const put = async (file: object | string): Promise<void> => {
      const name = `..version_${++version}`;
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'godwit.json'), typeof file === 'string' ? file : JSON.stringify(file));
      await symlink(name, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    return { path: join(folder, 'godwit.json'), put };
  }

  it('is reloaded when its mount is swapped and on SIGHUP; a broken file changes nothing and is reported', async () => {
    const folder = await temporaryFolder();
    const [first, second] = sandboxAccounts(sandbox);
    const file = (...accounts: unknown[]) => ({
      store: { url: `sqlite:${join(folder, 'godwit.db')}` },
      engine: quickEngine,
      accounts,
    });
    const mount = await mounted(folder);
    await mount.put(file(first));
    await symlink(join('..data', 'godwit.json'), mount.path);
    const gateway = await spawnGateway(folder, null, { GODWIT_CONFIG: mount.path });
    running.push(gateway);
    const names = async () =>
      ((await (await fetch(`${gateway.url}/accounts`)).json()) as { items: { name: string }[] }).items.length;
    const verbose = async () => (await fetch(`${gateway.url}/readyz?verbose=true`)).text();

    await mount.put(file(first, second));
    await expect.poll(names).toBe(2);
    await mount.put('accounts: [');
    await expect.poll(verbose).toContain('the changed file is invalid');
    expect(await names()).toBe(2);
    expect(gateway.output()).toContain('the changed configuration is invalid; the previous one stays in force');
    expect(await (await fetch(`${gateway.url}/readyz`)).json()).toMatchObject({ status: 'ready' });
    await mount.put(file(first));
    await expect.poll(names).toBe(1);
    expect(await verbose()).toContain('the file is in force');

    const before = gateway.output().split('is in force"').length;
    gateway.process.kill('SIGHUP');
    await expect.poll(() => gateway.output().split('is in force"').length).toBe(before + 1);
    expect(await getMigration(gateway.url, 'mig_00000000000000000000000000')).toMatchObject({ code: 'not_found' });
    expect(await gateway.end('SIGTERM')).toBe(0);
  });
});
