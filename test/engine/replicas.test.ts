import { describe, expect, it } from 'vitest';
import { wholeShare } from '../../src/domain/call-budget.ts';
import { beating, type ReplicaRow, replicaTimes as times } from '../../src/domain/replicas.ts';
import { createReplicas, type ReplicasOptions } from '../../src/engine/replicas.ts';
import { VirtualTime } from '../support/virtual-time.ts';

/** A table of processes that can be cut off. */
function table(time: VirtualTime) {
  let rows: readonly ReplicaRow[] = [];
  const place = { reachable: true, others: true as boolean | null };
  const store: ReplicasOptions['store'] = {
    hearsOthers: () => place.others,
    async beat(id) {
      if (!place.reachable) throw new Error('cut off');
      const now = time.now();
      const own = beating(id, rows, now, times);
      rows = [...rows.filter((row) => row.id !== id && row.leavesAt > now), own];
      return { rows, now };
    },
    async part(id) {
      rows = rows.filter((row) => row.id !== id);
    },
  };
  return { store, place };
}

function processOn(time: VirtualTime, store: ReplicasOptions['store'], id: string) {
  const warnings: string[] = [];
  const ignored = () => undefined;
  const log = {
    info: ignored,
    error: ignored,
    warn: (_fields: object, message: string) => void warnings.push(message),
  };
  return { ...createReplicas({ store, runtime: time, id, log }), warnings };
}

describe('the share of a process', () => {
  it('is everything without a store request when no other process can exist', () => {
    const time = new VirtualTime();
    const { store, place } = table(time);
    place.others = null;
    expect(processOn(time, store, 'one').share()).toEqual(wholeShare);
  });

  it('is unknown until the store answers, everything for a single process, and a part when another counts', async () => {
    const time = new VirtualTime();
    const { store } = table(time);
    const [one, two] = [processOn(time, store, 'one'), processOn(time, store, 'two')];
    expect(one.share()).toBeNull();
    await time.until(one.start());
    expect(one.share()).toMatchObject({ of: 1, rank: 0, since: Number.NEGATIVE_INFINITY });
    await time.until(two.start());
    await time.pass(times.joinMs - 100);
    expect([one.share()?.of, two.share()]).toEqual([1, null]);
    await time.pass(times.beatMs + 200);
    expect([one.share(), two.share()]).toMatchObject([
      { of: 2, rank: 0 },
      { of: 2, rank: 1 },
    ]);
    await time.until(two.stop());
    await time.pass(times.beatMs + 100);
    expect(one.share()).toMatchObject({ of: 1, rank: 0 });
    await time.until(one.stop());
  });

  it('is nothing once the store is silent for longer than a list is valid, which is reported once', async () => {
    const time = new VirtualTime();
    const { store, place } = table(time);
    const one = processOn(time, store, 'one');
    await time.until(one.start());
    place.reachable = false;
    await time.pass(times.viewMs - 100);
    expect(one.share()).not.toBeNull();
    await time.pass(times.beatMs + 200);
    expect(one.share()).toBeNull();
    await time.pass(10_000);
    expect(one.warnings).toHaveLength(1);
    place.reachable = true;
    await time.pass(times.leaveMs + times.joinMs + times.beatMs);
    expect(one.share()).toMatchObject({ of: 1 });
    await time.until(one.stop());
  });
});
