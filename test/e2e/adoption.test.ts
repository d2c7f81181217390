import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway } from '../support/gateway.ts';
import { onBothStores } from '../support/stores.ts';

const clouds = ['alibaba', 'huawei', 'tencent'] as const;
type Cloud = (typeof clouds)[number];

let sandbox: Sandbox;
/** `after` has another database, so it does not know the migrations of `before`. */
let before: Gateway;
let after: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  const accounts = sandboxAccounts(sandbox);
  const fast = { config: { engine: { pollMinMs: 50, pollMaxMs: 200 } } };
  [before, after] = await Promise.all([startTestGateway(accounts, fast), startTestGateway(accounts, fast)]);
});
afterAll(async () => {
  await Promise.all([before.stop(1000), after.stop(1000)]);
  await sandbox.close();
});

await onBothStores('a database that was lost', (newUrl) => {
  it.each(['alibaba', 'tencent'] as const)(
    'two gateways: the first leaves a chain at %s and the second takes it over',
    async (cloud) => {
      const accounts = sandboxAccounts(sandbox);
      const lost = await startTestGateway(accounts, { storeUrl: await newUrl() });
      const { request } = places(cloud, 'full_log');
      const began = await call(lost, 'POST', '/migrations', { ...request, source: file(cloud, names.full(cloud)) });
      await until(async () => (await see(lost, began.body.id)).state).toBe('awaiting_backup');
      await lost.stop(0);

      const found = await startTestGateway(accounts, { storeUrl: await newUrl() });
      const [task] = await tasksOf(found, cloud, request.target.instanceId);
      const adopted = await call(found, 'POST', '/migrations', { ...request, adopt: task?.providerRefs });
      expect([adopted.status, adopted.body.state]).toEqual([201, 'awaiting_backup']);
      const log = { type: 'log', source: file(cloud, names.log(cloud, 5, true)), final: true };
      expect((await call(found, 'POST', `/migrations/${adopted.body.id}/backups`, log)).status).toBe(201);
      await until(async () => (await see(found, adopted.body.id)).state).toBe('succeeded');
      await found.stop(0);
    },
  );
});

interface Migration {
  readonly id: string;
  readonly state: string;
  readonly mode: string;
  readonly code: string;
  readonly actions: readonly string[];
  readonly providerRefs: Record<string, string>;
  readonly source: unknown;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  readonly blocking: readonly { readonly code: string }[];
  readonly backups: readonly {
    readonly id: string;
    readonly type: string;
    readonly state: string;
    readonly source: { readonly type: string; readonly files: readonly string[] };
  }[];
}
interface Task {
  readonly providerRefs: Record<string, string>;
  readonly owned: boolean;
  readonly state: string | null;
  readonly databases: readonly string[] | null;
}

async function call<T = Migration>(gateway: Gateway, method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  return { status: response.status, body: (await response.json()) as T };
}
const see = async (gateway: Gateway, id: string) => (await call(gateway, 'GET', `/migrations/${id}`)).body;
const until = (check: () => Promise<unknown>) => expect.poll(check, { timeout: 30_000, interval: 30 });
const tasksOf = async (gateway: Gateway, cloud: Cloud, instanceId: string) =>
  (
    await call<{ items: readonly Task[]; complete: boolean }>(
      gateway,
      'GET',
      `/accounts/sandbox-${cloud}/tasks?instanceId=${instanceId}`,
    )
  ).body.items;

let serial = 0;
function places(cloud: Cloud, mode = 'full') {
  const number = String(++serial).padStart(8, '0');
  const instanceId = { alibaba: `rm-adopt${number}`, huawei: `${number.repeat(4)}in04`, tencent: `mssql-${number}` }[
    cloud
  ];
  const request = {
    provider: cloud,
    account: `sandbox-${cloud}`,
    mode,
    target: { instanceId, databases: [{ name: 'orders' }] },
  };
  return { instanceId, request };
}
const file = (cloud: Cloud, name: string) => ({
  type: 'object_storage',
  bucket: cloud === 'tencent' ? 'acme-backups-1250000000' : 'acme-backups',
  keys: [`adopted/${name}`],
});
const names = {
  full: (cloud: Cloud) => (cloud === 'tencent' ? 'orders_20261128010000_2full2_2noreconvery2.bak' : 'orders_full.bak'),
  log: (cloud: Cloud, minute: number, final = false) =>
    cloud === 'tencent'
      ? `orders_202611280${String(100 + minute)}00_2log2_2${final ? '' : 'no'}reconvery2.bak`
      : `orders_log${minute}.bak`,
};
const effects = (instanceId: string) => sandbox.journal().filter((entry) => entry.instanceId === instanceId).length;

async function begun(cloud: Cloud, mode = 'full', key = names.full(cloud)) {
  const { instanceId, request } = places(cloud, mode);
  const { body } = await call(before, 'POST', '/migrations', { ...request, source: file(cloud, key) });
  return { instanceId, request, made: body };
}
const idOf = (cloud: Cloud, refs: Record<string, string>) => {
  const name = { alibaba: 'migrateTaskId', huawei: 'jobId', tencent: 'backupMigrationId' }[cloud];
  return { [name]: refs[name] ?? '' };
};

describe.each(clouds)('a task at %s that was started outside Godwit', (cloud) => {
  it('is listed, adopted while it runs and followed to its end without any changing call', async () => {
    const { instanceId, request, made } = await begun(cloud);
    const [task, ...others] = await tasksOf(after, cloud, instanceId);
    expect([task?.owned, others, await tasksOf(before, cloud, instanceId)]).toEqual([false, [], []]);
    const adopt = idOf(cloud, made.providerRefs);
    expect(task?.providerRefs).toEqual(adopt);
    const sent = effects(instanceId);
    const shown = await call<{ valid: boolean; adoption: Migration; plan: unknown[] }>(
      after,
      'POST',
      '/migrations/dry-run?preflight=true',
      { ...request, adopt },
    );
    expect(shown.body).toMatchObject({ valid: true, plan: [], adoption: { mode: 'full', providerRefs: adopt } });
    const key = { 'idempotency-key': `adopt-${instanceId}` };
    const taken = await call(after, 'POST', '/migrations', { ...request, adopt }, key);
    expect(taken.status).toBe(201);
    expect(taken.body).toMatchObject({ mode: 'full', providerRefs: adopt, source: { type: 'adopted' } });
    const again = await call(after, 'POST', '/migrations', { ...request, adopt }, key);
    expect(again.body.id).toBe(taken.body.id);
    await until(async () => (await see(after, taken.body.id)).state).toBe('succeeded');
    expect(effects(instanceId)).toBe(sent);
    expect(await tasksOf(after, cloud, instanceId)).toEqual([]);

    const events = await call<{ items: readonly { type: string }[] }>(
      after,
      'GET',
      `/migrations/${taken.body.id}/events`,
    );
    const types = events.body.items.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['migration.created', 'migration.adopted']);
    expect(types.filter((type) => type.startsWith('call.'))).toEqual([]);

    // The ids of a deleted record stay known.
    expect((await fetch(`${after.url}/migrations/${taken.body.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await tasksOf(after, cloud, instanceId)).toEqual([]);
    const twice = await call(after, 'POST', '/migrations', { ...request, adopt });
    expect([twice.status, twice.body.code]).toEqual([409, 'provider_conflict']);
  });

  it('is reported by the dry run of another restore that would collide with it', async () => {
    const { request, made } = await begun(cloud, 'full', 'orders_stuck.bak');
    const beside = { ...request, source: file(cloud, 'orders_other.bak') };
    const notesOf = async (gateway: Gateway) => {
      const path = '/migrations/dry-run?preflight=true';
      const { body } = await call<{ notes: readonly { code: string; detail: string }[] }>(
        gateway,
        'POST',
        path,
        beside,
      );
      return body.notes.filter(({ code }) => code === 'foreign_task_running').map(({ detail }) => detail);
    };
    const [id = ''] = Object.values(idOf(cloud, made.providerRefs));
    expect(await notesOf(after)).toEqual([expect.stringContaining(id)]);
    expect(await notesOf(before)).toEqual([]);
  });

  it('is not adopted if it does not match the request or does not exist', async () => {
    const { request, made } = await begun(cloud);
    const adopt = idOf(cloud, made.providerRefs);
    const [name = ''] = Object.keys(adopt);
    const elsewhere = places(cloud).request;
    for (const [body, status, code] of [
      [{ ...elsewhere, adopt }, 409, 'provider_conflict'],
      [{ ...request, mode: 'full_log', adopt }, 409, 'provider_conflict'],
      [{ ...request, adopt: { [name]: cloud === 'alibaba' ? '987654321' : 'nowhere' } }, 409, 'provider_conflict'],
      [{ ...request, adopt: { strange: '1' } }, 400, 'invalid_request'],
      [{ ...request, adopt, source: file(cloud, 'a.bak') }, 400, 'invalid_request'],
    ] as const) {
      const refused = await call(after, 'POST', '/migrations', body);
      expect([refused.status, refused.body.code], JSON.stringify(body)).toEqual([status, code]);
      expect(refused.body.errors.length).toBeGreaterThan(0);
    }
  });

  it('that failed is recorded as failed and cannot be retried', async () => {
    const { request, made } = await begun(cloud, 'full', 'orders_corrupt.bak');
    await until(async () => (await see(before, made.id)).state).toBe('failed');
    const { body } = await call(after, 'POST', '/migrations', { ...request, adopt: idOf(cloud, made.providerRefs) });
    expect([body.state, body.actions]).toEqual(['failed', ['delete']]);
    const retried = await call(after, 'POST', `/migrations/${body.id}/retry`);
    expect([retried.status, retried.body.code]).toEqual([409, 'invalid_state']);
  });
});

describe.each(clouds)('a chain at %s that was started outside Godwit', (cloud) => {
  it('continues from its current state to its cutover', async () => {
    const { instanceId, request, made } = await begun(cloud, 'full_log');
    const restored = async (id: string, gateway: Gateway) =>
      (await see(gateway, id)).backups.filter(({ state }) => state === 'restored').length;
    await until(() => restored(made.id, before)).toBe(1);
    const increments = cloud === 'huawei' ? 0 : 2;
    for (let minute = 1; minute <= increments; minute++) {
      const source = file(cloud, names.log(cloud, minute));
      await call(before, 'POST', `/migrations/${made.id}/backups`, { type: 'log', source });
      await until(() => restored(made.id, before)).toBe(1 + minute);
    }
    const { mode: _mode, ...asked } = request;
    const adopt = idOf(cloud, made.providerRefs);
    const { status, body } = await call(after, 'POST', '/migrations', { ...asked, adopt });
    expect([status, body.state, body.mode]).toEqual([201, 'awaiting_backup', 'full_log']);
    expect(body.backups.map(({ type, state }) => [type, state])).toEqual([
      ['full', 'restored'],
      ...Array.from({ length: increments }, () => ['log', 'restored']),
    ]);
    expect(body.backups[0]?.source.files[0]).toContain(names.full(cloud));

    const final = cloud !== 'alibaba';
    const source = file(cloud, names.log(cloud, 9, final));
    const added = await call(after, 'POST', `/migrations/${body.id}/backups`, { type: 'log', source, final });
    expect([added.status, added.body.code]).toEqual([201, undefined]);
    await until(() => restored(body.id, after)).toBe(2 + increments);
    if (!final) await call(after, 'POST', `/migrations/${body.id}/cutover`);
    await until(async () => (await see(after, body.id)).state).toBe('succeeded');
    expect((await see(after, body.id)).blocking).toEqual([]);
    expect(effects(instanceId)).toBeGreaterThan(0);
  });
});

describe('a restore that was started in the vendor’s console', () => {
  const instances = { alibaba: 'rm-console000001', huawei: `${'7'.repeat(32)}in04`, tencent: 'mssql-console1' };
  const inConsole = async (cloud: Cloud, operation: string, parameters: object) => {
    const body = JSON.stringify({ cloud, operation, parameters });
    const response = await fetch(`${sandbox.admin.url}/calls`, { method: 'POST', body });
    return (await response.json()) as { job_id: string; MigrateTaskId: string; Response: Record<string, string> };
  };
  const begin: Record<Cloud, () => Promise<Record<string, string>>> = {
    async alibaba() {
      const { MigrateTaskId: migrateTaskId } = await inConsole('alibaba', 'CreateMigrateTask', {
        DBInstanceId: instances.alibaba,
        DBName: 'orders',
        BackupMode: 'FULL',
        IsOnlineDB: 'True',
        OssObjectPositions: 'oss-cn-hangzhou.aliyuncs.com:acme:console/orders.bak',
      });
      return { migrateTaskId };
    },
    async huawei() {
      const { job_id: jobId } = await inConsole('huawei', 'CreateReplicationJob', {
        base_info: { name: 'by-hand', engine_type: 'sqlserver' },
        target_db_info: { target_instance_id: instances.huawei, file_id: '' },
        backup_info: { file_source: 'OBS', bucket_name: 'acme', files: [{ name: 'orders.bak', obs_path: 'console/' }] },
        options: { recovery_mode: 'full', is_last_backup: true, is_precheck: true },
      });
      return { jobId };
    },
    async tencent() {
      const InstanceId = instances.tencent;
      const made = await inConsole('tencent', 'CreateBackupMigration', {
        InstanceId,
        RecoveryType: 'FULL',
        UploadType: 'COS_URL',
        MigrationName: 'by_hand',
        BackupFiles: ['https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/console/orders.bak?q-signature=secret'],
      });
      const { BackupMigrationId: backupMigrationId = '' } = made.Response;
      const unstarted = await call(after, 'POST', '/migrations', {
        provider: 'tencent',
        target: { instanceId: InstanceId },
        adopt: { backupMigrationId },
      });
      expect([unstarted.status, unstarted.body.code]).toEqual([409, 'provider_conflict']);
      await inConsole('tencent', 'StartBackupMigration', { InstanceId, BackupMigrationId: backupMigrationId });
      return { backupMigrationId };
    },
  };

  it.each(clouds)('at %s is listed without secrets and adopted', async (cloud) => {
    const adopt = await begin[cloud]();
    const listed = await tasksOf(after, cloud, instances[cloud]);
    expect(listed.map(({ providerRefs }) => providerRefs)).toEqual([adopt]);
    expect(JSON.stringify(listed)).not.toContain('secret');
    const target = { instanceId: instances[cloud], databases: [{ name: 'orders' }] };
    const { status, body } = await call(after, 'POST', '/migrations', { provider: cloud, target, adopt });
    expect([status, body.code, JSON.stringify(body).includes('secret')]).toEqual([201, undefined, false]);
    await until(async () => (await see(after, body.id)).state).toBe('succeeded');
  });
});

describe('tasks that the vendor does not describe fully', () => {
  it('cannot be adopted when nothing links them to a chain: Huawei’s log jobs', async () => {
    const { request, made } = await begun('huawei', 'full_log');
    await until(async () => (await see(before, made.id)).state).toBe('awaiting_backup');
    const source = file('huawei', names.log('huawei', 1));
    const { body: backup } = await call(before, 'POST', `/migrations/${made.id}/backups`, { type: 'log', source });
    await until(async () => (await see(before, made.id)).backups.at(-1)?.state).toBe('restored');
    const link = (await see(before, made.id)).backups.find(({ id }) => id === backup.id) as unknown as {
      providerRefs: Record<string, string>;
    };
    for (const refs of [made.providerRefs, link.providerRefs]) {
      const refused = await call(after, 'POST', '/migrations', { ...request, adopt: idOf('huawei', refs) });
      expect([refused.status, refused.body.code]).toEqual([422, 'unsupported_by_provider']);
      expect(refused.body.errors).toEqual([
        expect.objectContaining({
          pointer: '/adopt/jobId',
          detail: expect.stringContaining('Huawei Cloud does not link'),
        }),
      ]);
    }
  });

  it('are not listed to a caller who names no configured account', async () => {
    const { status, body } = await call(after, 'GET', '/accounts/nobody/tasks?instanceId=rm-uf6wjk5');
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect((await call(after, 'GET', '/accounts/sandbox-alibaba/tasks')).status).toBe(400);
  });
});
