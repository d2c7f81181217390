import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import type { Mode } from '../../src/domain/vocabulary.ts';
import { type Chain, caller, increment, problemOf, startChain } from '../support/chain.ts';
import type { ProviderId } from '../support/providers.ts';
import { requestFor } from '../support/simulation.ts';

const all = ['alibaba', 'huawei', 'tencent'] as const;

async function atRest(provider: ProviderId, mode: Mode = 'full_log'): Promise<{ chain: Chain; id: string }> {
  const chain = await startChain(provider, mode);
  const id = await chain.create();
  await chain.until(id, ({ state }) => state === 'awaiting_backup');
  return { chain, id };
}

async function typesOf(chain: Chain, id: string): Promise<readonly string[]> {
  const events = await chain.simulation.store.events({ migrationId: id }, { size: 500 });
  return events.map(({ type }) => type);
}

async function finish(chain: Chain, id: string, number: number): Promise<string> {
  await chain.add(id, number, { final: true });
  return (await chain.until(id, isTerminal)).state;
}

describe.each(all)('a refused increment at %s', (provider) => {
  const refusals = {
    alibaba: ['CreateMigrateTask', 'InvalidOSSURL'],
    huawei: ['CreateReplicationJob', 'DRS.M00201'],
    tencent: ['CreateIncrementalMigration', 'ResourceUnavailable.CosStatusErr'],
  } as const;
  const [operation, code] = refusals[provider];

  async function refused(): Promise<{ chain: Chain; id: string; backupId: string }> {
    const { chain, id } = await atRest(provider);
    chain.simulation.refused = { operation, code };
    const backupId = await chain.add(id, 1);
    await chain.until(id, ({ stateReason }) => stateReason === 'backup_failed');
    chain.simulation.refused = null;
    // Long enough for several polls of the vendor.
    for (let round = 0; round < 10; round++) await chain.simulation.round();
    expect(await chain.get(id)).toMatchObject({ state: 'awaiting_backup', stateReason: 'backup_failed' });
    return { chain, id, backupId };
  }

  it('does not harm the chain and can be sent again', async () => {
    const { chain, id, backupId } = await refused();
    await chain.service.retry(id, {}, caller);
    await chain.until(id, ({ backups }) => backups.some((each) => each.id === backupId && each.state === 'restored'));
    expect(await finish(chain, id, 2)).toBe('succeeded');
  });

  it('can be removed, and the chain continues without it', async () => {
    const { chain, id, backupId } = await refused();
    await chain.service.removeBackup(id, backupId, caller);
    const without = await chain.get(id);
    expect(without).toMatchObject({ state: 'awaiting_backup', stateReason: null, blocking: [] });
    expect(without.backups.map(({ type }) => type)).toEqual(['full']);
    expect(await typesOf(chain, id)).toContain('backup.removed');
    for (let round = 0; round < 5; round++) await chain.simulation.round();
    expect((await chain.get(id)).state).toBe('awaiting_backup');
    expect(await finish(chain, id, 1)).toBe('succeeded');
  });
});

describe('an increment that a user registered manually at Tencent', () => {
  it('is reported, waited for and does not harm the chain', async () => {
    const { chain, id } = await atRest('tencent');
    const { simulation } = chain;
    simulation.refused = { operation: 'CreateIncrementalMigration', code: 'ResourceInUse.IncrementalMigrationExist' };
    await chain.add(id, 1);
    const busy = await chain.until(id, ({ stateReason }) => stateReason === 'provider_busy');
    expect(busy).toMatchObject({
      state: 'awaiting_backup',
      blocking: [{ detail: expect.stringContaining('registered and never started') }],
    });
    simulation.refused = null;
    await chain.until(id, ({ backups }) => backups[1]?.state === 'restored');
    expect(await finish(chain, id, 2)).toBe('succeeded');
  });
});

describe('a chain at Tencent that permits nothing for a while', () => {
  it('says why its increments wait, and sends each once when the vendor permits it', async () => {
    const chain = await startChain('tencent');
    const key = 'no-action/orders_20261121190000_2full2_2noreconvery2.bak';
    const id = await chain.create(requestFor('tencent', 'full_log', key));
    for (const number of [1, 2]) await chain.add(id, number, { word: 'no-action' });
    for (const restored of [1, 2]) {
      const waiting = await chain.until(
        id,
        ({ state, backups, blocking }) =>
          state === 'awaiting_backup' && backups[restored - 1]?.state === 'restored' && blocking.length > 0,
      );
      expect(waiting).toMatchObject({
        stateReason: 'provider_busy',
        blocking: [{ detail: expect.stringContaining('it allows: nothing') }],
        error: null,
      });
      expect(waiting.backups[restored]?.state).toBe('queued');
    }
    await chain.until(id, ({ backups }) => backups[2]?.state === 'restored');
    expect(await finish(chain, id, 3)).toBe('succeeded');
    const restores = chain.simulation.restores().map(({ subject }) => subject.split('/').at(-1));
    expect(restores).toHaveLength(4);
    expect(new Set(restores).size).toBe(4);
  });
});

describe('a chain at Tencent that permits nothing for longer than stallMs', () => {
  it('is reported as stalled and can be cancelled; nothing is sent', async () => {
    const chain = await startChain('tencent', 'full_log', { settings: { stallMs: 60_000 } });
    const key = 'no-action/slow/orders_20261121190000_2full2_2noreconvery2.bak';
    const id = await chain.create(requestFor('tencent', 'full_log', key));
    await chain.add(id, 1);
    const stalled = await chain.until(id, (each) => each.blocking.some(({ code }) => code === 'stalled'));
    expect(stalled).toMatchObject({ state: 'awaiting_backup', stateReason: 'provider_busy' });
    await chain.service.cancel(id, caller);
    expect((await chain.until(id, isTerminal)).state).toBe('cancelled');
    expect(chain.simulation.restores()).toHaveLength(1);
  });
});

describe.each(all)('the backups of a chain at %s', (provider) => {
  it('cannot contain a file twice', async () => {
    const { chain, id } = await atRest(provider);
    const { service } = chain;
    const backupId = await chain.add(id, 1);
    const again = service.addBackup(id, increment(provider, 'full_log', 1), caller);
    await expect(again).rejects.toMatchObject({
      code: 'duplicate_backup',
      status: 409,
      extras: { members: { backupId } },
    });
    const full = (await chain.get(id)).backups[0];
    if (full === undefined || full.source.type !== 'object_storage') throw new Error('no full backup');
    const source = { type: 'object_storage' as const, bucket: full.source.bucket, keys: [...full.source.keys] };
    expect((await problemOf(service.addBackup(id, { type: 'log', source }, caller))).code).toBe('duplicate_backup');
  });

  it('may contain a failed file again', async () => {
    const { chain, id } = await atRest(provider);
    if (provider === 'alibaba') return expect((await chain.get(id)).state).toBe('awaiting_backup');
    await chain.add(id, 1, { word: 'gap' });
    await chain.until(id, ({ stateReason }) => stateReason === 'backup_failed');
    await chain.add(id, 1, { word: 'gap' });
    expect((await chain.get(id)).backups.map(({ state }) => state)).toEqual(['restored', 'failed', 'queued']);
  });

  it('produce a warning when a file name has an older time than the previous one', async () => {
    const { chain, id } = await atRest(provider);
    await chain.add(id, 3);
    expect((await chain.get(id)).warnings.filter(({ code }) => code === 'backup_out_of_order')).toEqual([]);
    await chain.add(id, 1);
    const [warning] = (await chain.get(id)).warnings.filter(({ code }) => code === 'backup_out_of_order');
    expect(warning?.detail).toMatch(/20261121200001.* older time than .*20261121200003/);
  });

  it('can be removed only while they are queued', async () => {
    const { chain, id } = await atRest(provider);
    const { service } = chain;
    const [first, second, third] = [await chain.add(id, 1), await chain.add(id, 2), await chain.add(id, 3)];
    await service.removeBackup(id, second, caller);
    expect((await chain.get(id)).backups.map((backup) => backup.id)).toEqual([expect.any(String), first, third]);
    await chain.until(id, ({ backups }) => backups[1]?.state === 'restoring');
    expect((await problemOf(service.removeBackup(id, first, caller))).code).toBe('invalid_state');
    expect((await problemOf(service.removeBackup(id, second, caller))).code).toBe('not_found');
    const full = (await chain.get(id)).backups[0]?.id ?? '';
    expect((await problemOf(service.removeBackup(id, full, caller))).code).toBe('invalid_state');
    await chain.until(id, ({ backups }) => backups.every(({ state }) => state === 'restored'));
    expect((await problemOf(service.removeBackup(id, third, caller))).code).toBe('invalid_state');
    expect(await finish(chain, id, 4)).toBe('succeeded');
  });
});

it('block the chain again when the replacement of a failed backup is removed', async () => {
  const { chain, id } = await atRest('huawei');
  const failed = await chain.add(id, 1, { word: 'gap' });
  await chain.until(id, ({ stateReason }) => stateReason === 'backup_failed');
  const corrected = await chain.add(id, 2);
  await chain.service.removeBackup(id, corrected, caller);
  expect(await chain.get(id)).toMatchObject({ stateReason: 'backup_failed', blocking: [{ code: 'backup_failed' }] });
  await chain.service.removeBackup(id, failed, caller);
  expect(await chain.get(id)).toMatchObject({ stateReason: null, blocking: [] });
  expect(await finish(chain, id, 3)).toBe('succeeded');
});

describe('a differential backup in a chain of logs', () => {
  const differential = (provider: ProviderId, number: number) => ({
    ...increment(provider, 'full_log', number),
    type: 'differential' as const,
    source: { type: 'object_storage' as const, bucket: 'acme-backups', keys: [`prod/orders_diff_${number}.bak`] },
  });

  it('is accepted once, before the logs, at Alibaba', async () => {
    const { chain, id } = await atRest('alibaba');
    const { service } = chain;
    await service.addBackup(id, differential('alibaba', 1), caller);
    expect(await problemOf(service.addBackup(id, differential('alibaba', 2), caller))).toMatchObject({
      code: 'invalid_request',
    });
    await chain.add(id, 3);
    expect(await problemOf(service.addBackup(id, differential('alibaba', 4), caller))).toMatchObject({
      code: 'invalid_request',
      detail: 'A differential backup comes before the logs.',
    });
    await chain.until(id, ({ backups }) => backups.every(({ state }) => state === 'restored'));
    expect((await chain.get(id)).backups.map(({ type }) => type)).toEqual(['full', 'differential', 'log']);
    await service.cutOver(id, {}, caller);
    expect((await chain.until(id, isTerminal)).state).toBe('succeeded');
  });

  it.each(['huawei', 'tencent'] as const)('is not supported by %s', async (provider) => {
    const { chain, id } = await atRest(provider);
    await expect(chain.service.addBackup(id, differential(provider, 1), caller)).rejects.toMatchObject({
      code: 'unsupported_by_provider',
      extras: { errors: [{ pointer: '/type' }] },
    });
  });
});

describe('a file that Alibaba lists under another name', () => {
  it.each(['respelt', 'renamed'])('is recognized (%s)', async (word) => {
    const { chain, id } = await atRest('alibaba');
    await chain.add(id, 1, { word });
    await chain.until(id, ({ backups }) => backups[1]?.state === 'restored');
    await chain.add(id, 2);
    await chain.until(id, ({ backups }) => backups[2]?.state === 'restored');
    expect((await chain.get(id)).warnings).toEqual([]);
  });
});

describe('a file that Alibaba does not list', () => {
  async function unlisted(): Promise<{ chain: Chain; id: string }> {
    const { chain, id } = await atRest('alibaba');
    await chain.add(id, 1, { word: 'unlisted' });
    const blocked = await chain.until(id, ({ stateReason }) => stateReason === 'backup_outcome_unknown');
    expect(blocked).toMatchObject({ state: 'restoring', warnings: [{ code: 'backup_not_listed' }] });
    return { chain, id };
  }

  it('counts as restored when an operator confirms it', async () => {
    const { chain, id } = await unlisted();
    const { migrateTaskId = '' } = (await chain.get(id)).providerRefs;
    expect((await problemOf(chain.service.retry(id, { adopt: { migrateTaskId: 'other' } }, caller))).code).toBe(
      'invalid_request',
    );
    await chain.service.retry(id, { adopt: { migrateTaskId } }, caller);
    expect((await chain.get(id)).backups[1]?.state).toBe('restored');
    await chain.service.cutOver(id, {}, caller);
    expect((await chain.until(id, isTerminal)).state).toBe('succeeded');
  });

  it('is sent again as a new attempt when an operator asks for it', async () => {
    const { chain, id } = await unlisted();
    const before = chain.simulation.restores().length;
    await chain.service.retry(id, { assume: 'absent' }, caller);
    const again = await chain.until(id, ({ backups }) => backups[1]?.state === 'restoring');
    expect(again.backups[1]?.attempt).toBe(2);
    expect(chain.simulation.restores()).toHaveLength(before + 1);
  });
});
