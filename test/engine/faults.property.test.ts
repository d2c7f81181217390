import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newBackup } from '../../src/domain/creation.ts';
import { isTerminal, transitions } from '../../src/domain/lifecycle.ts';
import { addBackup } from '../../src/domain/requests.ts';
import type { Mode } from '../../src/domain/vocabulary.ts';
import type { ProviderId } from '../support/providers.ts';
import { exchangeFaults, incrementKey, requestFor, Simulation } from '../support/simulation.ts';

/**
 * 24 runs of the whole stack in a normal test run; the pure life cycle has 300. GODWIT_PROPERTY_RUNS, which the nightly
 * script sets, raises both.
 */
const runs = Math.ceil(Number(process.env.GODWIT_PROPERTY_RUNS ?? 24) / 6);

const plans: readonly [ProviderId, Mode, number][] = [
  ['alibaba', 'full', 0],
  ['alibaba', 'full_log', 3],
  ['huawei', 'full', 0],
  ['huawei', 'full_log', 3],
  ['tencent', 'full', 0],
  ['tencent', 'full_differential', 2],
];

describe.each(plans)('any schedule of faults and process deaths at %s, mode %s', (provider, mode, increments) => {
  it('ends in the true state with exactly one restore per backup and only legal transitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 3, arbitrary: fc.constant('none' as const) },
            { weight: 2, arbitrary: fc.constantFrom(...exchangeFaults) },
          ),
          { maxLength: 40 },
        ),
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
        async (faults, crashAfterWrites) => {
          const simulation = await Simulation.start({ provider, exchangeFaults: faults, crashAfterWrites });
          const id = await simulation.submit(requestFor(provider, mode));
          for (let number = 1; number <= increments; number++) {
            const final = number === increments;
            const source = {
              type: 'object_storage' as const,
              bucket: 'acme-backups-1250000000',
              keys: [incrementKey(provider, mode, number, final)],
            };
            const backup = newBackup(
              { type: mode === 'full_log' ? 'log' : 'differential', source, final },
              { runtime: simulation.context.runtime, seal: (url) => ({ display: url, sealed: url }) },
            );
            await simulation.change(id, (migration) => addBackup(migration, backup, simulation.now));
          }
          const ended = await simulation.until(id, isTerminal, 2000);
          expect(simulation.errors).toEqual([]);
          expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
          expect(simulation.restores()).toHaveLength(1 + increments);
          expect(ended.backups.every((backup) => backup.state === 'restored')).toBe(true);
          await expectLegalTransitions(simulation, id);
        },
      ),
      { numRuns: runs },
    );
  }, 600_000);
});

async function expectLegalTransitions(simulation: Simulation, id: string): Promise<void> {
  const events = await simulation.store.events({ migrationId: id }, { size: 1000 });
  for (const { type, data } of events) {
    if (type !== 'migration.state_changed') continue;
    expect(transitions[data.from as keyof typeof transitions]).toHaveProperty(String(data.to));
  }
}
