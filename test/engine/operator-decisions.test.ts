import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { adoptionFaults, requestCancel } from '../../src/domain/requests.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

describe('the ids that an operator names for a call of unknown outcome', () => {
  it.each([
    ['alibaba', { migrateTaskId: '1' }, { foo: 'bar' }, ['/adopt/foo', '/adopt/migrateTaskId']],
    ['huawei', { jobId: 'j' }, { 'a/b': 'x' }, ['/adopt/a~1b', '/adopt/jobId']],
    ['tencent', { backupMigrationId: 'm' }, { flowId: '1' }, ['/adopt/flowId', '/adopt/backupMigrationId']],
  ] as const)('at %s must be the ids that the call returns', async (provider, right, wrong, pointers) => {
    const before = provider === 'huawei' ? (['none'] as const) : [];
    const lost = [...before, 'drop_before' as const, ...Array(60).fill('unavailable_before')];
    const simulation = await Simulation.start({ provider, exchangeFaults: lost });
    const id = await simulation.submit(requestFor(provider));
    const migration = await simulation.get(id);
    expect(migration.stateReason).toBe('outcome_unknown');
    const translator = simulation.context.providers.of(provider);
    expect(adoptionFaults(migration, right, translator)).toEqual([]);
    expect(adoptionFaults(migration, wrong, translator).map((fault) => fault.pointer)).toEqual(pointers);
  });
});

it('a restore that the caller ends leaves its backup skipped, not failed', async () => {
  const simulation = await Simulation.start({ provider: 'alibaba' });
  const id = await simulation.submit(requestFor('alibaba'));
  await simulation.change(id, (migration) =>
    requestCancel(migration, simulation.context.providers.of('alibaba').cancelVerdict(migration), simulation.now),
  );
  const ended = await simulation.until(id, isTerminal);
  expect(ended.state).toBe('cancelled');
  expect(ended.backups[0]).toMatchObject({ state: 'skipped', error: null });
});
