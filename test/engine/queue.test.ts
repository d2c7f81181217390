import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import type { Backup, Migration } from '../../src/domain/migration.ts';
import { type Chain, caller, startChain } from '../support/chain.ts';
import type { ProviderId } from '../support/providers.ts';
import { requestFor } from '../support/simulation.ts';

const all = ['alibaba', 'huawei', 'tencent'] as const;
const statesOf = ({ backups }: Migration) => backups.map(({ state }) => state);
/** The shortest restore of any emulated cloud. Two restores that begin closer together overlap. */
const shortestRestoreMs = 10_000;

function keyOf({ source }: Backup): string {
  return source.type === 'object_storage' ? (source.keys[0] ?? '') : '';
}

/** The backups whose restores began at the cloud, in order. */
function restored({ simulation }: Chain, { backups }: Migration): readonly (Backup | undefined)[] {
  return simulation
    .restores()
    .map(
      ({ subject, taskId }) =>
        backups.find((backup) => subject.includes(keyOf(backup))) ??
        backups.find((backup) => Object.values(backup.providerRefs).includes(taskId)),
    );
}

/** Runs rounds of the worker until the migration ends or needs the caller. */
async function drain({ simulation }: Chain, id: string): Promise<Migration> {
  for (let rounds = 0; rounds < 200; rounds++) {
    const migration = await simulation.get(id);
    if (isTerminal(migration) || migration.stateReason === 'backup_failed') return migration;
    for (let round = 0; round < 20; round++) await simulation.round();
  }
  throw new Error('it does not end');
}

/**
 * A hundred at one vendor in a normal test run, at all vendors in `npm run nightly`. Twenty-four exceed Alibaba's daily
 * limit.
 */
const logsOf = (provider: ProviderId) => (provider === 'huawei' || process.env.GODWIT_PROPERTY_RUNS ? 100 : 24);

describe.each(all)('a queue of many logs at %s', (provider) => {
  const logs = logsOf(provider);

  it('drains one by one and in order, even if the process dies on the way', async () => {
    const crashAfterWrites = Array.from({ length: 12 }, (_, index) => logs + 7 + index * 17);
    const settings = { pollMinMs: 10_000, pollMaxMs: 20_000 };
    const chain = await startChain(provider, 'full_log', { crashAfterWrites, settings });
    const id = await chain.simulation.submit(requestFor(provider, 'full_log'));
    for (let number = 1; number <= logs; number++) await chain.add(id, number, { final: number === logs });
    let ended = await drain(chain, id);
    // Alibaba takes 20 files per database and day. The caller retries the rest the next day.
    for (let day = 0; day < 6 && provider === 'alibaba' && !isTerminal(ended); day++) {
      expect(ended.blocking[0]?.detail).toContain('tomorrow');
      chain.simulation.now += 24 * 3_600_000;
      await chain.service.retry(id, {}, caller);
      ended = await drain(chain, id);
    }
    expect(ended.state, JSON.stringify([ended.error, ended.blocking])).toBe('succeeded');
    expect(statesOf(ended)).toEqual(Array(logs + 1).fill('restored'));
    expect(chain.simulation.crashes).toBeGreaterThan(5);
    expect(chain.simulation.errors).toEqual([]);
    expect(restored(chain, ended).map((backup) => backup?.id)).toEqual(ended.backups.map(({ id: each }) => each));
    const times = chain.simulation.restores().map((entry) => entry.at);
    for (const [index, time] of times.entries())
      if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(shortestRestoreMs);
  });
});
