import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { representMigration } from '../../src/domain/representation.ts';
import { type Chain, caller, startChain } from '../support/chain.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

const hour = 3_600_000;

function sendings(simulation: Simulation, operation: string): number {
  return simulation.exchanges.filter((each) => each.startsWith(`${operation}:`)).length;
}

async function eventsOf(simulation: Simulation, migrationId: string) {
  return simulation.store.events({ migrationId }, { size: 500 });
}

describe('a call that the vendor answers with an internal error each time', () => {
  it.each([
    ['alibaba', 'CreateMigrateTask', 'InternalError'],
    ['huawei', 'CreateReplicationJob', 'DRS.M01501'],
    ['tencent', 'CreateBackupMigration', 'InternalError.SystemError'],
    ['tencent', 'StartBackupMigration', 'FailedOperation.DBError'],
  ] as const)(
    'is sent a bounded number of times at %s (%s), reported from the first error on, and then failed',
    async (provider, operation, code) => {
      const simulation = await Simulation.start({ provider, settings: { resendTries: 3 } });
      simulation.refused = { operation, code };
      const id = await simulation.submit(requestFor(provider));

      const first = representMigration(await simulation.get(id), simulation.context.providers.of(provider));
      expect(first).toMatchObject({ state: 'pending', stateReason: 'outcome_unknown' });
      expect(first.blocking).toMatchObject([
        {
          code: 'outcome_unknown',
          since: expect.any(String),
          provider: { operation, code, requestId: expect.any(String) },
        },
      ]);
      const told = (await eventsOf(simulation, id)).filter(
        ({ type }) => type === 'call.settled' || type === 'migration.blocked',
      );
      expect(told.find(({ data }) => data.operation === operation)?.data).toMatchObject({
        state: 'unknown',
        providerCode: code,
        requestId: expect.any(String),
      });
      expect(told.find(({ type }) => type === 'migration.blocked')?.data).toMatchObject({
        reason: 'outcome_unknown',
        providerCode: code,
      });

      const between = await simulation.until(id, ({ stateReason }) => stateReason === 'provider_unavailable');
      expect(between.blocking).toMatchObject([{ code: 'provider_unavailable', provider: { code } }]);
      expect(between.blocking[0]?.detail).toContain('attempt 2 of at most 3');

      const ended = await simulation.until(id, isTerminal);
      expect(sendings(simulation, operation)).toBe(3);
      expect(ended).toMatchObject({ state: 'failed', error: { retryable: true, provider: { code } } });
      expect(ended.error?.detail).toContain('sent 3 times');
      expect(simulation.restores()).toEqual([]);
    },
  );

  it('blocks a chain as a failed increment and is sent again on the caller’s request', async () => {
    const chain = await startChain('alibaba', 'full_log', { settings: { resendTries: 2 } });
    const { simulation, service } = chain;
    const id = await chain.create();
    await chain.until(id, ({ state }) => state === 'awaiting_backup');
    simulation.refused = { operation: 'CreateMigrateTask', code: 'InternalError' };
    const backupId = await chain.add(id, 1);
    const blocked = await chain.until(id, ({ stateReason }) => stateReason === 'backup_failed');
    expect(blocked).toMatchObject({ state: 'awaiting_backup' });
    expect(blocked.blocking).toMatchObject([{ code: 'backup_failed', provider: { code: 'InternalError' } }]);
    expect(blocked.backups[1]?.error).toMatchObject({ retryable: true });
    simulation.refused = null;
    await service.retry(id, {}, caller);
    const rested = await chain.until(id, ({ backups }) => backups[1]?.state === 'restored');
    expect(rested.backups[1]).toMatchObject({ id: backupId, attempt: 2 });
  });

  it('is not failed because of lost replies', async () => {
    const simulation = await Simulation.start({ provider: 'alibaba', settings: { resendTries: 2 } });
    simulation.changeFaults = Array(4).fill('drop_before');
    const ended = await simulation.until(await simulation.submit(requestFor('alibaba')), isTerminal);
    expect(ended.state).toBe('succeeded');
    expect(sendings(simulation, 'CreateMigrateTask')).toBe(5);
  });
});

describe('a busy target', () => {
  const busy = [
    ['alibaba', 'CreateMigrateTask', 'IncorrectDBState'],
    ['huawei', 'CreateReplicationJob', 'DRS.M01504'],
    ['tencent', 'StartBackupMigration', 'FailedOperation.MigrationLockError'],
  ] as const;

  it.each(busy)('is awaited for a time, not for a number of attempts (%s)', async (provider, operation, code) => {
    const simulation = await Simulation.start({ provider, settings: { busyMs: hour } });
    simulation.refused = { operation, code };
    const id = await simulation.submit(requestFor(provider));
    const began = simulation.now;
    const waiting = await simulation.until(id, ({ calls }) => calls.length > 12);
    expect(waiting).toMatchObject({ state: 'pending', stateReason: 'provider_busy' });
    expect(waiting.blocking).toMatchObject([{ code: 'provider_busy', provider: { code } }]);
    // Another client may occupy the target; one read shows it.
    const { account, target } = waiting;
    expect(waiting.blocking[0]?.detail).toContain(
      `GET /accounts/${account}/tasks?instanceId=${target.instanceId} lists`,
    );
    expect(waiting.blocking[0]?.detail).toContain(new Date(began + hour).toISOString().slice(0, 15));
    expect(waiting.blocking[0]?.since).toBeLessThan(began + 1000);
    simulation.refused = null;
    expect((await simulation.until(id, isTerminal)).state).toBe('succeeded');
  });

  it.each(busy)('fails the migration after that time with accurate words (%s)', async (provider, operation, code) => {
    const simulation = await Simulation.start({ provider, settings: { busyMs: 10 * 60_000 } });
    simulation.refused = { operation, code };
    const began = simulation.now;
    const ended = await simulation.until(await simulation.submit(requestFor(provider)), isTerminal);
    expect(ended).toMatchObject({ state: 'failed', error: { retryable: true, provider: { code } } });
    expect(simulation.now - began).toBeGreaterThan(10 * 60_000);
    expect(simulation.now - began).toBeLessThan(20 * 60_000);
    expect(ended.error?.detail).toContain('no longer tries again');
    expect(ended.error?.detail).not.toMatch(/tried again (once|when|after|later|in a moment)/);
  });
});

describe('a vendor state that Godwit does not understand', () => {
  async function reach(chain: Chain, word: string, reason: string): Promise<string> {
    const id = await chain.create(requestFor(chain.provider, 'full', `prod/${word}-orders.bak`));
    await chain.until(id, ({ blocking }) => blocking.some(({ code }) => code === reason));
    return id;
  }
  const actionsOf = async (chain: Chain, id: string) =>
    representMigration(await chain.get(id), chain.simulation.context.providers.of(chain.provider)).actions;

  it.each([
    ['huawei', 'unknown-status', 'unrecognized_provider_status', 'STOPPED'],
    ['tencent', 'unknown-status', 'unrecognized_provider_status', '14'],
    ['huawei', 'stuck', 'stalled', 'TRANSFERRING'],
    ['tencent', 'stuck', 'stalled', '7'],
  ] as const)(
    'at %s (%s): `cancel` ends the record and frees the target for the next migration',
    async (provider, word, reason, status) => {
      const chain = await startChain(provider, 'full', { settings: { stallMs: 600_000 } });
      const id = await reach(chain, word, reason);
      expect(await chain.get(id)).toMatchObject({ state: 'restoring', stateReason: reason, providerStatus: status });
      expect(await actionsOf(chain, id)).toEqual(expect.arrayContaining(['cancel', 'retry']));
      const { simulation, service } = chain;
      const request = requestFor(provider, 'full', 'prod/customers.bak');
      const next = await simulation.submit({
        ...request,
        target: { ...request.target, databases: [{ name: 'customers' }] },
      });
      if (provider === 'huawei') expect((await chain.get(next)).stateReason).toBe('queued_behind_target');
      expect(await service.cancel(id, caller)).toMatchObject({
        migration: {
          state: 'cancelled',
          warnings: expect.arrayContaining([expect.objectContaining({ code: 'vendor_outcome_unknown' })]),
        },
      });
      // The lost job occupies the emulated instance for ever. The next migration waits because of the vendor, not of
      // Godwit's queue.
      const moved = await chain.until(next, ({ calls }) => calls.length > 0);
      expect(moved.stateReason).toBe(provider === 'huawei' ? 'provider_busy' : null);
    },
  );

  it.each([
    ['unknown-status', 'unrecognized_provider_status'],
    ['stuck', 'stalled'],
  ] as const)('is first cancelled at a vendor that supports it (%s)', async (word, reason) => {
    const chain = await startChain('alibaba', 'full', { settings: { stallMs: 600_000 } });
    const id = await reach(chain, word, reason);
    await chain.service.cancel(id, caller);
    const ended = await chain.until(id, isTerminal);
    expect(ended.state).toBe('cancelled');
    expect(ended.warnings.map(({ code }) => code)).toEqual(['half_restored_database']);
    expect(sendings(chain.simulation, 'TerminateMigrateTask')).toBe(1);
  });

  it('is reported when an accepted cancellation has no effect, and a second one ends the record', async () => {
    const chain = await startChain('alibaba', 'full');
    const id = await chain.create(requestFor('alibaba', 'full', 'prod/unstoppable-orders.bak'));
    await chain.service.cancel(id, caller);
    await chain.until(id, ({ calls }) => calls.at(-1)?.step === 'cancel' && calls.at(-1)?.state === 'accepted');
    expect(await actionsOf(chain, id)).toEqual([]);
    const accepted = chain.simulation.now;
    const stalled = await chain.until(id, ({ stateReason }) => stateReason === 'stalled');
    expect(stalled.state).toBe('cancelling');
    expect(stalled.blocking[0]?.detail).toContain('accepted the cancellation');
    expect(chain.simulation.now - accepted).toBeLessThan(hour);
    expect(await actionsOf(chain, id)).toEqual(['cancel', 'retry']);
    await chain.service.cancel(id, caller);
    expect(await chain.get(id)).toMatchObject({ state: 'cancelled', stateReason: null });
    expect((await chain.get(id)).warnings.map(({ code }) => code)).toContain('vendor_outcome_unknown');
  });

  it('is reported as stalled for a call of unknown outcome at a silent vendor, also during a cancellation', async () => {
    const chain = await startChain('huawei', 'full', { settings: { stallMs: 600_000 } });
    const { simulation, service } = chain;
    simulation.changeFaults = ['drop_after'];
    simulation.meanwhile = async () => {
      if (simulation.changeFaults.length === 0) simulation.readFault = 'drop_before';
    };
    const id = await simulation.submit(requestFor('huawei'));
    const stalled = await chain.until(id, ({ blocking }) => blocking.some(({ code }) => code === 'stalled'));
    expect(stalled).toMatchObject({ state: 'pending', stateReason: 'outcome_unknown' });
    expect(await actionsOf(chain, id)).toContain('cancel');
    await service.cancel(id, caller);
    expect(await chain.get(id)).toMatchObject({ state: 'cancelled' });
  });

  it('is no longer reported as stalled once something moves', async () => {
    const chain = await startChain('alibaba', 'full', { settings: { stallMs: 60_000 } });
    const id = await reach(chain, 'slow', 'stalled');
    const ended = await chain.until(id, isTerminal);
    expect(ended).toMatchObject({ state: 'succeeded', blocking: [], stateReason: null });
  });
});
