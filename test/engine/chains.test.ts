import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import type { Migration } from '../../src/domain/migration.ts';
import { Problem } from '../../src/domain/problem.ts';
import { caller, increment, problemOf, startChain } from '../support/chain.ts';
import type { ProviderId } from '../support/providers.ts';
import { requestFor } from '../support/simulation.ts';

const all = ['alibaba', 'huawei', 'tencent'] as const;
const at = (state: Migration['state']) => (migration: Migration) => migration.state === state;
const blockedBy = (code: string) => (migration: Migration) => migration.stateReason === code;
const statesOf = ({ backups }: Migration) => backups.map(({ state }) => state);

describe.each(['huawei', 'tencent'] as const)('a failed increment at %s', (provider) => {
  it('blocks the queue with its reason until a corrected one replaces it', async () => {
    const chain = await startChain(provider);
    const id = await chain.create();
    await chain.add(id, 1, { word: 'gap' });
    await chain.add(id, 3, { final: true });
    const blocked = await chain.until(id, blockedBy('backup_failed'));
    expect(blocked.state).toBe('awaiting_backup');
    expect(statesOf(blocked)).toEqual(['restored', 'failed', 'queued']);
    expect(blocked.backups[1]?.error).toMatchObject({ provider: { name: provider } });
    expect(blocked.blocking[0]?.detail).toContain(blocked.backups[1]?.id);
    const corrected = await chain.add(id, 2);
    const ended = await chain.until(id, isTerminal);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(statesOf(ended)).toEqual(['restored', 'failed', 'restored', 'restored']);
    expect(ended.backups[1]?.supersededBy).toBe(corrected);
  });

  it('can be retried unchanged as a new attempt', async () => {
    const chain = await startChain(provider);
    const id = await chain.create();
    await chain.add(id, 1, { word: 'gap' });
    await chain.until(id, blockedBy('backup_failed'));
    await chain.service.retry(id, {}, caller);
    await chain.until(id, at('restoring'));
    const again = await chain.until(id, blockedBy('backup_failed'));
    expect(again.backups[1]).toMatchObject({ attempt: 2, state: 'failed' });
    expect(chain.simulation.restores()).toHaveLength(3);
  });
});

it('a failed final backup at Huawei leaves the chain open for a corrected one', async () => {
  const chain = await startChain('huawei');
  const id = await chain.create();
  await chain.add(id, 1, { final: true, word: 'gap' });
  const blocked = await chain.until(id, blockedBy('backup_failed'));
  expect(blocked.state).toBe('awaiting_backup');
  await chain.add(id, 2, { final: true });
  expect((await chain.until(id, isTerminal)).state).toBe('succeeded');
});

it('at Tencent that kills the chain fails the migration', async () => {
  const chain = await startChain('tencent');
  const id = await chain.create();
  await chain.add(id, 1, { word: 'dead-chain' });
  const ended = await chain.until(id, isTerminal);
  expect(ended.state).toBe('failed');
  expect(await problemOf(chain.service.retry(id, {}, caller))).toMatchObject({
    code: 'invalid_state',
    detail: expect.stringContaining('from the full backup'),
  });
});

it('at Alibaba fails the migration and skips the queued backups', async () => {
  const chain = await startChain('alibaba');
  const id = await chain.create();
  await chain.add(id, 1, { word: 'gap' });
  await chain.add(id, 2, { final: true });
  const ended = await chain.until(id, isTerminal);
  expect(ended).toMatchObject({ state: 'failed', error: { provider: { name: 'alibaba' } } });
  expect(statesOf(ended)).toEqual(['restored', 'failed', 'skipped']);
  expect(await problemOf(chain.service.addBackup(id, increment('alibaba', 'full_log', 3), caller))).toMatchObject({
    code: 'invalid_state',
  });
});

describe('retry', () => {
  it.each(all)('of a failed full restore at %s starts a new one once the cause is gone', async (provider) => {
    const chain = await startChain(provider, 'full');
    const id = await chain.create(requestFor(provider, 'full', 'prod/orders-no-space_full.bak'));
    expect((await chain.until(id, isTerminal)).state).toBe('failed');
    // The vendor's side is repaired. The emulated clouds decide by the key alone.
    await chain.simulation.change(id, (migration) => ({
      ...migration,
      backups: migration.backups.map((backup) => ({
        ...backup,
        source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orders_full.bak'] },
      })),
    }));
    expect(await chain.service.retry(id, {}, caller)).toMatchObject({ changed: true });
    const ended = await chain.until(id, isTerminal);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(ended.backups[0]).toMatchObject({ attempt: 2, state: 'restored' });
    expect(chain.simulation.restores()).toHaveLength(2);
  });
});

describe('cutover', () => {
  it('treats a file name that has a meaning at another vendor as an ordinary name', async () => {
    const chain = await startChain('huawei', 'full_log');
    const id = await chain.create();
    const named = { type: 'object_storage', bucket: 'acme-backups-1250000000' } as const;
    const key = 'prod/orders_20261121200000_2log2_2noreconvery2.bak';
    const added = await chain.service.addBackup(
      id,
      { type: 'log', source: { ...named, keys: [key] }, final: false },
      caller,
    );
    const last = 'replay' in added ? '' : added.backup.id;
    expect(await chain.service.cutOver(id, { afterBackup: last }, caller)).toMatchObject({ changed: true });
    expect((await chain.until(id, isTerminal)).state).toBe('succeeded');
  });

  it('at Huawei marks a queued backup as final, and changes nothing when repeated', async () => {
    const chain = await startChain('huawei');
    const id = await chain.create();
    await chain.add(id, 1);
    const last = await chain.add(id, 2);
    const first = chain.service.cutOver(id, {}, caller);
    expect(await problemOf(first)).toMatchObject({ code: 'cutover_needs_final_backup' });
    expect(await chain.service.cutOver(id, { afterBackup: last }, caller)).toMatchObject({ changed: true });
    for (const request of [{ afterBackup: last }, {}])
      expect(await chain.service.cutOver(id, request, caller)).toMatchObject({ changed: false });
    const other = (await chain.get(id)).backups[1]?.id ?? '';
    expect(await problemOf(chain.service.cutOver(id, { afterBackup: other }, caller))).toMatchObject({
      code: 'invalid_state',
    });
    const ended = await chain.until(id, isTerminal);
    expect(ended.state).toBe('succeeded');
    expect(ended.backups.map(({ final }) => final)).toEqual([false, false, true]);
    expect(await chain.service.cutOver(id, {}, caller)).toMatchObject({ changed: false });
  });

  it('at Alibaba is sent once, after the queued backups, even if it is requested again', async () => {
    const chain = await startChain('alibaba');
    const id = await chain.create();
    await chain.add(id, 1);
    expect(await chain.service.cutOver(id, {}, caller)).toMatchObject({ changed: true });
    expect(await chain.service.cutOver(id, {}, caller)).toMatchObject({ changed: false });
    expect(await problemOf(chain.service.addBackup(id, increment('alibaba', 'full_log', 2), caller))).toMatchObject({
      code: 'invalid_state',
    });
    expect((await chain.until(id, isTerminal)).state).toBe('succeeded');
    expect(chain.simulation.cloud.journal().map(({ effect }) => effect)).toEqual(['restore', 'restore', 'opened']);
  });

  it('answers 412 before any other refusal when the migration has changed', async () => {
    const chain = await startChain('alibaba');
    const id = await chain.create();
    const { version } = await chain.get(id);
    await chain.add(id, 1);
    const stale = { ...caller, ifMatch: `${id}.${version}` };
    for (const ask of [
      () => chain.service.cutOver(id, {}, stale),
      () => chain.service.cancel(id, stale),
      () => chain.service.retry(id, {}, stale),
      () => chain.service.remove(id, stale),
      () => chain.service.addBackup(id, increment('alibaba', 'full_log', 2), stale),
    ])
      expect(await problemOf(ask())).toMatchObject({ code: 'precondition_failed' });
    const present = { ...caller, ifMatch: `${id}.${(await chain.get(id)).version}` };
    expect(await chain.service.cutOver(id, {}, present)).toMatchObject({ changed: true });
  });
});

describe('one restore per instance at Huawei', () => {
  const onto = (name: string) => ({
    ...requestFor('huawei', 'full', `prod/${name}.bak`),
    target: { instanceId: '11112222333344445555666677778888in04', databases: [{ name }] },
  });

  it('makes migrations wait in the order of their creation', async () => {
    const chain = await startChain('huawei', 'full');
    const ids: string[] = [];
    for (const name of ['alpha', 'beta', 'gamma', 'delta']) {
      chain.simulation.now += 10;
      ids.push(await chain.simulation.submit(onto(name)));
    }
    const [first = '', ...waiting] = ids;
    expect((await chain.get(first)).state).toBe('restoring');
    for (const id of waiting) {
      const migration = await chain.get(id);
      expect(migration).toMatchObject({ state: 'pending', stateReason: 'queued_behind_target' });
      expect(migration.calls).toEqual([]);
    }
    const ended = [];
    for (const id of ids) ended.push(await chain.until(id, isTerminal));
    expect(ended.map(({ state }) => state)).toEqual(Array(4).fill('succeeded'));
    const order = ended.map((migration) => migration.startedAt ?? 0);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(chain.simulation.restores()).toHaveLength(4);
    // Woken when the instance becomes free, before the next poll.
    for (const [index, { startedAt }] of ended.entries())
      if (index > 0) expect((startedAt ?? 0) - (ended[index - 1]?.finishedAt ?? 0)).toBeLessThan(5000);
  });

  it('lets a waiting migration be cancelled without a vendor call', async () => {
    const chain = await startChain('huawei', 'full');
    await chain.simulation.submit(onto('alpha'));
    const second = await chain.simulation.submit(onto('beta'));
    const before = chain.simulation.exchanges.length;
    await chain.service.cancel(second, caller);
    expect((await chain.get(second)).state).toBe('cancelled');
    expect(chain.simulation.exchanges).toHaveLength(before);
  });
});

describe('cancel', () => {
  const reach: Record<string, (migration: Migration) => boolean> = {
    restoring: at('restoring'),
    awaiting_backup: at('awaiting_backup'),
  };
  it.each([
    ['alibaba', 'restoring', 'cancelled', 'TerminateMigrateTask'],
    ['alibaba', 'awaiting_backup', 'cancelled', 'TerminateMigrateTask'],
    ['huawei', 'restoring', 'refused', null],
    ['huawei', 'awaiting_backup', 'cancelled', null],
    ['tencent', 'restoring', 'refused', null],
    ['tencent', 'awaiting_backup', 'cancelled', null],
  ] as [ProviderId, string, string, string | null][])(
    'at %s in state %s is %s',
    async (provider, state, outcome, operation) => {
      const chain = await startChain(provider);
      const id = await chain.create();
      await chain.until(id, reach[state] ?? isTerminal);
      const before = chain.simulation.exchanges.length;
      const problem = await problemOf(chain.service.cancel(id, caller));
      if (outcome === 'refused') {
        expect(problem.code).toBe('invalid_state');
        return;
      }
      expect(problem.code).toBe('none');
      const ended = await chain.until(id, isTerminal);
      expect(ended.state).toBe('cancelled');
      expect(ended.warnings.map(({ code }) => code)).toEqual(['half_restored_database']);
      const sent = chain.simulation.exchanges.slice(before).map((each) => each.split(':')[0]);
      if (operation === null) expect(sent).toEqual([]);
      else expect(sent.filter((each) => each === operation)).toHaveLength(1);
      expect(await chain.service.cancel(id, caller)).toMatchObject({ changed: false });
    },
  );

  it('before the start at Tencent removes the registered task', async () => {
    const chain = await startChain('tencent', 'full', { exchangeFaults: ['none', 'throttled'] });
    const id = await chain.simulation.submit(requestFor('tencent'));
    expect((await chain.get(id)).stateReason).toBe('provider_throttled');
    await chain.service.cancel(id, caller);
    expect((await chain.until(id, isTerminal)).state).toBe('cancelled');
    expect(chain.simulation.cloud.journal().map(({ effect }) => effect)).toEqual(['registered', 'deleted']);
  });

  it('survives a process death and ends the restore at Alibaba once', async () => {
    const chain = await startChain('alibaba', 'full', { exchangeFaults: ['none', 'crash_after'] });
    const id = await chain.simulation.submit(requestFor('alibaba'));
    await chain.service.cancel(id, caller);
    const ended = await chain.until(id, isTerminal);
    expect(ended.state).toBe('cancelled');
    expect(chain.simulation.cloud.journal().map(({ effect }) => effect)).toEqual(['restore', 'terminated']);
  });
});

describe.each(all)('a second migration onto the same target at %s', (provider) => {
  it('is rejected with the id of the first until that one has ended', async () => {
    const chain = await startChain(provider, 'full');
    const id = await chain.create();
    const again = chain.service.create(requestFor(provider), 0, caller);
    await expect(again).rejects.toBeInstanceOf(Problem);
    await again.catch((error: Problem) =>
      expect(error).toMatchObject({ code: 'target_busy', extras: { members: { migrationId: id } } }),
    );
    await chain.until(id, isTerminal);
    expect(await problemOf(chain.service.create(requestFor(provider), 0, caller))).toMatchObject({ code: 'none' });
  });
});

describe('an account that is no longer configured', () => {
  it('pauses a migration, says so, and lets it continue when it is back', async () => {
    const chain = await startChain('huawei', 'full');
    const id = await chain.create();
    const accounts = chain.simulation.context.accounts as Map<string, typeof chain.simulation.account>;
    const { account } = chain.simulation;
    accounts.delete(account.name);
    const held = await chain.until(id, blockedBy('account_not_configured'));
    expect(held.state).toBe('restoring');
    accounts.set(account.name, account);
    const ended = await chain.until(id, isTerminal);
    expect(ended).toMatchObject({ state: 'succeeded', blocking: [] });
  });

  it('does not prevent ending Godwit’s record, with a warning', async () => {
    const chain = await startChain('huawei', 'full');
    const id = await chain.create();
    (chain.simulation.context.accounts as Map<string, unknown>).clear();
    await chain.until(id, blockedBy('account_not_configured'));
    expect(await chain.service.cancel(id, caller)).toMatchObject({ changed: true });
    const ended = await chain.get(id);
    expect(ended.state).toBe('cancelled');
    expect(ended.warnings.map(({ code }) => code)).toEqual(['vendor_outcome_unknown']);
  });
});
