import { describe, expect, it } from 'vitest';
import { wholeShare } from '../../src/domain/call-budget.ts';
import { beating, type ReplicaRow, replicaTimes as times } from '../../src/domain/replicas.ts';
import { type SharedSlowDowns, type SlowDown, shifted, together } from '../../src/domain/slow-downs.ts';
import { createReplicas, type ReplicasOptions } from '../../src/engine/replicas.ts';
import { VirtualTime } from '../support/virtual-time.ts';

/** The database's clock minus the clock of the processes, in milliseconds. */
const databaseAheadMs = 86_400_000;
const nothingSlow: SharedSlowDowns = { unpublished: () => [], published: () => undefined, received: () => undefined };

/** A table of processes that can become unreachable. */
function table(time: VirtualTime) {
  let rows: readonly ReplicaRow[] = [];
  let slowDowns: readonly SlowDown[] = [];
  const place = { reachable: true, others: true as boolean | null, travelMs: 0 };
  const store: ReplicasOptions['store'] = {
    receivesNotifications: () => place.others,
    async beat(id, _now, _times, more) {
      if (!place.reachable) throw new Error('cut off');
      const now = time.now() + databaseAheadMs;
      await time.sleep(place.travelMs);
      slowDowns = together([...slowDowns, ...more.map((each) => shifted(each, now))], now);
      const own = beating(id, rows, now, times);
      rows = [...rows.filter((row) => row.id !== id && row.leavesAt > now), own];
      return { rows, slowDowns, now };
    },
    async part(id) {
      rows = rows.filter((row) => row.id !== id);
    },
  };
  return { store, place };
}

function processOn(time: VirtualTime, store: ReplicasOptions['store'], id: string, slowDowns = nothingSlow) {
  const warnings: string[] = [];
  const ignored = () => undefined;
  const log = {
    info: ignored,
    error: ignored,
    warn: (_fields: object, message: string) => void warnings.push(message),
  };
  return { ...createReplicas({ store, runtime: time, id, log, slowDowns: () => slowDowns }), warnings };
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

/** The slow-downs that the client of one process reports and receives. */
function talk() {
  let unpublished: readonly SlowDown[] = [];
  let received: readonly SlowDown[] = [];
  const slowDowns: SharedSlowDowns = {
    unpublished: () => unpublished,
    published: (those) => {
      unpublished = unpublished.filter((each) => !those.includes(each));
    },
    received: (all) => {
      received = all;
    },
  };
  return {
    slowDowns,
    received: () => received,
    unpublished: () => unpublished,
    say: (each: SlowDown) => {
      unpublished = [...unpublished, each];
    },
  };
}

describe('a slow-down of one process', () => {
  it('reaches the other processes soon, on their own clock, and neither ends early nor shifts over time', async () => {
    const time = new VirtualTime();
    const { store, place } = table(time);
    const [teller, listener] = [talk(), talk()];
    const one = processOn(time, store, 'one', teller.slowDowns);
    const two = processOn(time, store, 'two', listener.slowDowns);
    await time.until(Promise.all([one.start(), two.start()]));
    place.travelMs = 300;
    const slowDown = {
      provider: 'alibaba',
      account: 'ali',
      gate: 'write',
      budget: 'cn-hangzhou|CreateMigrateTask',
      speed: 0.5,
      slowedAt: time.monotonic() + 20_000,
      pausedUntil: time.monotonic() + 20_000,
    };
    teller.say(slowDown);
    one.publishSoon();
    await time.pass(times.publishMs + times.beatMs + 3 * place.travelMs);
    expect(listener.received()).toMatchObject([{ account: 'ali', speed: 0.5 }]);
    for (let second = 0; second < 15; second++) {
      await time.pass(1000);
      const [received] = listener.received();
      expect(received?.pausedUntil).toBeGreaterThanOrEqual(slowDown.pausedUntil);
      expect(received?.pausedUntil).toBeLessThanOrEqual(slowDown.pausedUntil + place.travelMs);
    }
    await time.pass(45_000);
    expect(listener.received()).toEqual([]);
    await time.until(Promise.all([one.stop(), two.stop()]));
  });

  it('is shared when the store is back', async () => {
    const time = new VirtualTime();
    const { store, place } = table(time);
    const [teller, listener] = [talk(), talk()];
    const one = processOn(time, store, 'one', teller.slowDowns);
    await time.until(one.start());
    place.reachable = false;
    const now = time.monotonic();
    teller.say({
      provider: 'huawei',
      account: 'hw',
      gate: 'read',
      budget: 'r|o',
      speed: 0.25,
      slowedAt: now,
      pausedUntil: now,
    });
    one.publishSoon();
    await time.pass(5000);
    expect(teller.unpublished()).toHaveLength(1);
    place.reachable = true;
    await time.pass(2 * times.beatMs);
    expect(teller.unpublished()).toEqual([]);
    const two = processOn(time, store, 'two', listener.slowDowns);
    await time.until(two.start());
    expect(listener.received()).toMatchObject([{ account: 'hw', speed: 0.25 }]);
    await time.until(Promise.all([one.stop(), two.stop()]));
  });
});
