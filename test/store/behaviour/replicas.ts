import { expect, it } from 'vitest';
import { replicaTimes } from '../../../src/domain/replicas.ts';
import type { SlowDown } from '../../../src/domain/slow-downs.ts';
import { noon } from '../../support/samples.ts';
import type { Site } from './setup.ts';

export function replicaBehaviour(site: Site): void {
  const ids = (list: { readonly rows: readonly { readonly id: string }[] }) => list.rows.map(({ id }) => id).sort();

  it('see each other until they announce their exit', async () => {
    const store = await site.open();
    const other = await site.replica();
    expect(ids(await store.beat('one', noon, replicaTimes, []))).toEqual(['one']);
    expect(ids(await other.beat('two', noon, replicaTimes, []))).toEqual(['one', 'two']);
    const { rows, now } = await store.beat('one', noon, replicaTimes, []);
    expect(rows.find(({ id }) => id === 'one')).toMatchObject({ leavesAt: now + replicaTimes.leaveMs });
    expect((rows.find(({ id }) => id === 'two')?.joinsAt ?? 0) - now).toBeGreaterThan(replicaTimes.viewMs - 1000);
    await other.part('two', noon, replicaTimes);
    const left = (await store.beat('one', noon, replicaTimes, [])).rows.find(({ id }) => id === 'two');
    expect(left?.leavesAt).toBeLessThanOrEqual(now + replicaTimes.viewMs + 2000);
    await store.part('one', noon, replicaTimes);
  });

  it('start at once when no other process is there, also after the last has left', async () => {
    const store = await site.open();
    for (const id of ['first', 'second']) {
      const { rows, now } = await store.beat(id, noon, replicaTimes, []);
      expect(rows).toEqual([{ id, joinsAt: now, leavesAt: now + replicaTimes.leaveMs }]);
      await store.part(id, noon, replicaTimes);
    }
  });

  it('share the vendors’ slow-downs while they last, whichever process leaves', async () => {
    const store = await site.open();
    const other = await site.replica();
    const slow = (account: string, pausedUntil: number, speed = 0.5): SlowDown => ({
      provider: 'alibaba',
      account,
      gate: 'write',
      budget: 'cn-hangzhou|CreateMigrateTask',
      speed,
      slowedAt: pausedUntil,
      pausedUntil,
    });
    expect(
      (await store.beat('one', noon, replicaTimes, [slow('ali', 90_000.5), slow('over', -40_000)])).slowDowns,
    ).toEqual([expect.objectContaining({ account: 'ali', speed: 0.5 })]);
    const heard = await other.beat('two', noon, replicaTimes, []);
    expect(heard.slowDowns).toEqual([expect.objectContaining(slow('ali', expect.any(Number) as unknown as number))]);
    expect(Math.abs((heard.slowDowns[0]?.pausedUntil ?? 0) - heard.now - 90_000)).toBeLessThan(5000);
    await store.part('one', noon, replicaTimes);
    const slower = await other.beat('two', noon, replicaTimes, [slow('ali', 10_000, 0.125), slow('ali', 95_000, 0.25)]);
    expect(slower.slowDowns).toMatchObject([{ account: 'ali', speed: 0.25 }]);
    expect((await store.beat('three', noon, replicaTimes, [])).slowDowns).toEqual(slower.slowDowns);
    for (const id of ['two', 'three']) await store.part(id, noon, replicaTimes);
  });
}
