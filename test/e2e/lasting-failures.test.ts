import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { getMigration, hasEnded, post, quickEngine, startTestGateway, untilMigration } from '../support/gateway.ts';
import { incrementKey, requestFor } from '../support/simulation.ts';

/** Failures that last, through the public API: a gateway, sockets and emulated clouds. */
let sandbox: Sandbox;
let gateway: Gateway;
let url: string;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
  const engine = { ...quickEngine, settleMs: 100, resendTries: 2, busyMs: 600, stallMs: 1500 };
  gateway = await startTestGateway(sandboxAccounts(sandbox), { config: { engine } });
  url = gateway.url;
});
afterAll(async () => {
  await gateway.stop(0);
  await sandbox.close();
});

let count = 0;
/** A request to a separate instance. */
function ask(provider: 'alibaba' | 'huawei' | 'tencent', mode: 'full' | 'full_log', word?: string) {
  const number = String(++count);
  const instanceId = {
    alibaba: `rm-uf6${number.padStart(12, '0')}`,
    huawei: `${number.padStart(32, '0')}in04`,
    tencent: `mssql-${number.padStart(8, '0')}`,
  }[provider];
  const request =
    word === undefined ? requestFor(provider, mode) : requestFor(provider, mode, `prod/${word}-orders.bak`);
  return { ...request, target: { ...request.target, instanceId } };
}

async function create(body: object): Promise<MigrationRepresentation & Record<string, unknown>> {
  return (await post(`${url}/migrations`, body, { prefer: 'respond-async' })).body;
}

const blockedBy = (code: string) => (migration: MigrationRepresentation) =>
  migration.blocking.some((each) => each.code === code);
const remove = (path: string) => fetch(`${url}${path}`, { method: 'DELETE' });

async function chain(provider: 'alibaba' | 'huawei' | 'tencent'): Promise<string> {
  const { id } = await create(ask(provider, 'full_log'));
  await untilMigration(url, id, ({ state }) => state === 'awaiting_backup');
  return id;
}
const log = (provider: 'alibaba' | 'huawei' | 'tencent', number: number) => ({
  type: 'log',
  source: {
    type: 'object_storage',
    bucket: provider === 'tencent' ? 'acme-backups-1250000000' : 'acme-backups',
    keys: [incrementKey(provider, 'full_log', number, false)],
  },
});

describe('a failure that persists', () => {
  it('shows the vendor’s words, ends after a bounded number of attempts and can be retried', async () => {
    sandbox.faults.add({
      cloud: 'tencent',
      operation: 'StartBackupMigration',
      kind: 'vendor_error_before',
      code: 'FailedOperation.DBError',
      count: 1e6,
    });
    const { id } = await create(ask('tencent', 'full'));
    const told = await untilMigration(url, id, ({ blocking }) => blocking.length > 0);
    expect(told.blocking[0]).toMatchObject({
      since: expect.stringMatching(/Z$/),
      provider: { operation: 'StartBackupMigration', code: 'FailedOperation.DBError', requestId: expect.any(String) },
    });
    const ended = await untilMigration(url, id, hasEnded);
    expect(ended).toMatchObject({
      state: 'failed',
      error: { retryable: true, provider: { code: 'FailedOperation.DBError' } },
    });
    expect(sandbox.faults.list()[0]?.fired).toBe(2);
    sandbox.faults.clear();
    const again = await post(`${url}/migrations/${id}/retry`, {});
    expect(again.status).toBe(202);
    expect((await untilMigration(url, id, hasEnded)).state).toBe('succeeded');
  });

  it('ends the wait for a busy target after `busyMs`', async () => {
    sandbox.faults.add({
      cloud: 'alibaba',
      operation: 'CreateMigrateTask',
      kind: 'vendor_error_before',
      code: 'IncorrectDBState',
      count: 1e6,
    });
    const { id } = await create(ask('alibaba', 'full'));
    await untilMigration(url, id, blockedBy('provider_busy'));
    const ended = await untilMigration(url, id, hasEnded);
    sandbox.faults.clear();
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'provider_conflict', retryable: true } });
  });

  it.each([
    ['huawei', 'unknown-status', 'unrecognized_provider_status'],
    ['tencent', 'stuck', 'stalled'],
  ] as const)('at %s (%s) can be ended with `cancel`', async (provider, word, reason) => {
    const { id } = await create(ask(provider, 'full', word));
    const lost = await untilMigration(url, id, blockedBy(reason));
    expect(lost.actions).toContain('cancel');
    const cancelled = await post(`${url}/migrations/${id}/cancel`, {});
    expect(cancelled.body).toMatchObject({ state: 'cancelled' });
    expect(cancelled.body.warnings.map(({ code }) => code)).toContain('vendor_outcome_unknown');
  });
});

describe('the backups of a chain', () => {
  it('cannot contain a file twice and can be removed while they are queued', async () => {
    const id = await chain('huawei');
    const path = `/migrations/${id}/backups`;
    const first = await post(`${url}${path}`, log('huawei', 1));
    const second = await post(`${url}${path}`, log('huawei', 2));
    expect([first.status, second.status]).toEqual([201, 201]);
    const again = await post(`${url}${path}`, log('huawei', 2));
    expect(again).toMatchObject({ status: 409, body: { code: 'duplicate_backup', backupId: second.body.id } });
    expect((await remove(`${path}/${second.body.id}`)).status).toBe(204);
    expect((await fetch(`${url}${path}/${second.body.id}`)).status).toBe(404);
    await untilMigration(url, id, ({ backups }) => backups[1]?.state === 'restored');
    expect((await remove(`${path}/${first.body.id}`)).status).toBe(409);
    // A file that left the chain may be added again.
    expect((await post(`${url}${path}`, log('huawei', 2))).status).toBe(201);
  });

  it('survive a refused one, which can be removed', async () => {
    const id = await chain('tencent');
    sandbox.faults.add({
      cloud: 'tencent',
      operation: 'CreateIncrementalMigration',
      kind: 'vendor_error_before',
      code: 'ResourceUnavailable.CosStatusErr',
      count: 1,
    });
    const refused = await post(`${url}/migrations/${id}/backups`, log('tencent', 1));
    const blocked = await untilMigration(url, id, blockedBy('backup_failed'));
    expect(blocked).toMatchObject({
      state: 'awaiting_backup',
      blocking: [{ provider: { code: 'ResourceUnavailable.CosStatusErr' } }],
    });
    expect((await remove(`/migrations/${id}/backups/${refused.body.id}`)).status).toBe(204);
    expect(await getMigration(url, id)).toMatchObject({
      state: 'awaiting_backup',
      blocking: [],
      progress: { percent: null },
    });
  });

  it('accept a differential before the logs at Alibaba', async () => {
    const id = await chain('alibaba');
    const differential = { ...log('alibaba', 1), type: 'differential' };
    const source = { ...differential.source, keys: ['prod/orders_diff.bak'] };
    expect((await post(`${url}/migrations/${id}/backups`, { ...differential, source })).status).toBe(201);
    expect((await post(`${url}/migrations/${id}/backups`, log('alibaba', 2))).status).toBe(201);
    await untilMigration(url, id, ({ backups }) => backups.every(({ state }) => state === 'restored'));
  });
});

describe('an operator’s decision on a call of unknown outcome', () => {
  it('is rejected when the task belongs to another migration, deleted or not', async () => {
    const { id: owner } = await create(ask('alibaba', 'full'));
    const owned = await untilMigration(url, owner, hasEnded);
    const request = ask('alibaba', 'full');
    // The same instance with another database.
    const body = { ...request, target: { instanceId: owned.target.instanceId, databases: [{ name: 'customers' }] } };
    sandbox.faults.add({ cloud: 'alibaba', operation: 'CreateMigrateTask', kind: 'drop_before', count: 1 });
    // An error with a vendor code is an answer, so calls to the vendor continue.
    const unreadable = { cloud: 'alibaba', operation: 'DescribeMigrateTasks', code: 'InternalError' } as const;
    sandbox.faults.add({ ...unreadable, kind: 'vendor_error_before', count: 1e6 });
    const { id } = await create(body);
    await untilMigration(url, id, ({ blocking }) => blocking.some(({ detail }) => detail.includes('"adopt"')));
    const adopt = () =>
      post(`${url}/migrations/${id}/retry`, { adopt: { migrateTaskId: owned.providerRefs.migrateTaskId } });
    expect(await adopt()).toMatchObject({ status: 409, body: { code: 'provider_conflict', migrationId: id } });
    expect((await remove(`/migrations/${owner}`)).status).toBe(204);
    expect((await adopt()).status).toBe(409);
    expect((await post(`${url}/migrations/${id}/retry`, { assume: 'absent' })).status).toBe(202);
    // Not earlier: Godwit resends the call as soon as a probe proves it absent.
    sandbox.faults.clear();
    expect((await untilMigration(url, id, hasEnded)).state).toBe('succeeded');
  });
});
