import { describe, expect, it } from 'vitest';
import { newBackup } from '../../src/domain/creation.ts';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { addBackup, requestCutover } from '../../src/domain/requests.ts';
import type { Mode } from '../../src/domain/vocabulary.ts';
import type { ProviderId } from '../support/providers.ts';
import { exchangeFaults, incrementKey, requestFor, Simulation } from '../support/simulation.ts';

async function queue(
  simulation: Simulation,
  id: string,
  provider: ProviderId,
  mode: Mode,
  count: number,
  final: boolean,
): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const isFinal = final && number === count;
    const source = {
      type: 'object_storage' as const,
      bucket: 'acme-backups-1250000000',
      keys: [incrementKey(provider, mode, number, isFinal)],
    };
    const backup = newBackup(
      { type: mode === 'full_log' ? 'log' : 'differential', source, final: isFinal },
      { runtime: simulation.context.runtime, seal: (url) => ({ display: url, sealed: url }) },
    );
    await simulation.change(id, (migration) => addBackup(migration, backup, simulation.now));
  }
}

describe.each(['alibaba', 'huawei', 'tencent'] as const)('a full restore at %s', (provider) => {
  it('goes from pending through restoring to succeeded with one restore', async () => {
    const simulation = await Simulation.start({ provider });
    const id = await simulation.submit(requestFor(provider));
    expect(simulation.errors).toEqual([]);
    expect((await simulation.get(id)).state).toBe('restoring');
    const ended = await simulation.until(id, isTerminal);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(ended.backups[0]?.state).toBe('restored');
    expect(simulation.restores()).toHaveLength(1);
  });

  it.each(exchangeFaults)('survives %s at every exchange of the submission with exactly one restore', async (fault) => {
    for (let position = 0; position < 3; position++) {
      const simulation = await Simulation.start({ provider, exchangeFaults: [...Array(position).fill('none'), fault] });
      const id = await simulation.submit(requestFor(provider));
      const ended = await simulation.until(id, isTerminal);
      expect(simulation.errors).toEqual([]);
      expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
      expect(simulation.restores(), `${fault} at ${position}: ${simulation.exchanges.join(' ')}`).toHaveLength(1);
    }
  });

  it('survives a process death after every write with exactly one restore', async () => {
    for (let write = 1; write <= 8; write++) {
      const simulation = await Simulation.start({ provider, crashAfterWrites: [write] });
      const id = await simulation.submit(requestFor(provider));
      const ended = await simulation.until(id, isTerminal);
      expect(ended.state).toBe('succeeded');
      expect(simulation.restores(), `death after write ${write}`).toHaveLength(1);
    }
  });
});

const chains: [ProviderId, Mode][] = [
  ['alibaba', 'full_log'],
  ['alibaba', 'full_differential'],
  ['huawei', 'full_log'],
  ['tencent', 'full_log'],
  ['tencent', 'full_differential'],
];

describe.each(chains)('a chain at %s, mode %s', (provider, mode) => {
  it('restores five queued increments in order and opens the database after the final one', async () => {
    const simulation = await Simulation.start({ provider });
    const id = await simulation.submit(requestFor(provider, mode));
    await queue(simulation, id, provider, mode, 5, true);
    const ended = await simulation.until(id, isTerminal);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(ended.backups.map((backup) => backup.state)).toEqual(Array(6).fill('restored'));
    expect(simulation.restores()).toHaveLength(6);
  });
});

it('opens an Alibaba chain without a last file', async () => {
  const simulation = await Simulation.start({ provider: 'alibaba' });
  const id = await simulation.submit(requestFor('alibaba', 'full_log'));
  await simulation.until(id, (migration) => migration.state === 'awaiting_backup');
  await simulation.change(id, (migration) => requestCutover(migration, null, simulation.now));
  const ended = await simulation.until(id, isTerminal);
  expect(ended.state).toBe('succeeded');
  expect(simulation.cloud.journal().map((entry) => entry.effect)).toEqual(['restore', 'opened']);
});
