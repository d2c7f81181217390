import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import type { Migration } from '../../src/domain/migration.ts';
import { distrustStore } from '../../src/engine/restored-store.ts';
import { startChain } from '../support/chain.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

const all = ['alibaba', 'huawei', 'tencent'] as const;

/** Replaces the migration by an older copy, as a restored database does. */
function restore(simulation: Simulation, copy: Migration): Promise<Migration> {
  return simulation.change(copy.id, ({ version }) => ({ ...copy, version }));
}

describe.each(all)('a store that was restored from a copy, at %s', (provider) => {
  it('sends nothing again that was sent after the copy', async () => {
    const simulation = await Simulation.start({ provider });
    simulation.changeFaults = ['throttled'];
    const id = await simulation.submit(requestFor(provider));
    const copy = await simulation.get(id);
    expect(copy.calls.map(({ state }) => state)).toEqual(['deferred']);
    expect(simulation.restores()).toEqual([]);
    await simulation.until(id, ({ state }) => state === 'restoring');

    await restore(simulation, copy);
    expect(await distrustStore(simulation.store)).toBe(1);
    const ended = await simulation.until(id, isTerminal);
    expect(ended.state).toBe('succeeded');
    expect(simulation.restores()).toHaveLength(1);
    expect(Object.values(ended.providerRefs)).toContain(simulation.restores()[0]?.taskId);
  });

  it('sends a call that was never sent, once it has proved absent', async () => {
    const simulation = await Simulation.start({ provider });
    simulation.changeFaults = ['throttled'];
    const id = await simulation.submit(requestFor(provider));
    expect(await distrustStore(simulation.store)).toBe(1);
    expect((await simulation.until(id, isTerminal)).state).toBe('succeeded');
    expect(simulation.restores()).toHaveLength(1);
  });

  it('sends no increment again', async () => {
    const chain = await startChain(provider);
    const { simulation } = chain;
    const id = await chain.create();
    await chain.until(id, ({ state }) => state === 'awaiting_backup');
    await chain.add(id, 1);
    const copy = await chain.get(id);
    expect(copy.backups[1]?.state).toBe('queued');
    await chain.until(id, ({ backups }) => backups[1]?.state === 'restored');
    const before = simulation.restores().length;

    await restore(simulation, copy);
    await distrustStore(simulation.store);
    await chain.until(id, ({ backups }) => backups[1]?.state === 'restored');
    expect(simulation.restores()).toHaveLength(before);
  });
});

it('does not touch ended migrations and idle chains', async () => {
  const simulation = await Simulation.start({ provider: 'alibaba' });
  await simulation.until(await simulation.submit(requestFor('alibaba')), isTerminal);
  expect(await distrustStore(simulation.store)).toBe(0);
});
