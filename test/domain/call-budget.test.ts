import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Asked,
  available,
  type CallBudget,
  fullBudget,
  nextAt,
  recoversAt,
  restored,
  type Share,
  speedOf,
  spent,
  throttled,
  wholeShare,
} from '../../src/domain/call-budget.ts';
import { type CallLimit, limitOf, limitPerSecond } from '../../src/domain/call-limits.ts';

const wall = Date.UTC(2026, 10, 28);
const asked = (limit: CallLimit, now: number, share: Share | null = wholeShare): Asked => ({
  limit,
  share,
  now,
  wall: wall + now,
});
const shareOf = (rank: number, of: number, since = Number.NEGATIVE_INFINITY): Share => ({ of, rank, since });

/** The times at which calls leave that are requested at these times. */
function leave(
  wanted: readonly number[],
  limit: CallLimit,
  share: Share = wholeShare,
  begin: CallBudget = fullBudget,
): number[] {
  let budget = begin;
  let now = 0;
  return wanted.map((at) => {
    now = Math.max(now, at);
    now = nextAt(budget, asked(limit, now, share));
    budget = spent(budget, { limit, now });
    return now;
  });
}

/** The maximum number of calls in any period of that length. */
function most(times: readonly number[], perMs: number): number {
  const sorted = [...times].sort((one, other) => one - other);
  return Math.max(
    0,
    ...sorted.map((from, index) => sorted.filter((at, other) => other >= index && at < from + perMs).length),
  );
}

const atOnce = (count: number): number[] => Array(count).fill(0);

describe('a call budget', () => {
  it('allows one period’s calls at once and the next ones a little more than a period later', () => {
    expect(leave(atOnce(7), { calls: 3, perMs: 1000 })).toEqual([0, 0, 0, 1100, 1100, 1100, 2200]);
  });

  it('never exceeds its limit in any period, for any sequence of calls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 120 }),
        fc.double({ min: 0.2, max: 30, noNaN: true }),
        (times, rate) => {
          const limit = limitPerSecond(rate);
          const wanted = [...times].sort((one, other) => one - other);
          expect(most(leave(wanted, limit), limit.perMs)).toBeLessThanOrEqual(limit.calls);
        },
      ),
    );
  });

  it('predicts when a call leaves for any number of calls ahead of it', () => {
    const limit = { calls: 3, perMs: 1000 };
    const times = leave(atOnce(10), limit);
    for (const [ahead, at] of times.entries()) expect(nextAt(fullBudget, asked(limit, 0), ahead)).toBeCloseTo(at);
    expect(available(fullBudget, asked(limit, 0))).toBe(3);
  });

  it('counts the calls that may be sent at once as a series of single requests does', () => {
    const counted = (budget: CallBudget, how: Asked): number => {
      let count = 0;
      while (count < how.limit.calls && nextAt(budget, how, count) <= how.now) count++;
      return count;
    };
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(null, 0, 700),
        (gaps, calls, of, pauseMs) => {
          const limit = { calls, perMs: 1000 };
          const share = shareOf(0, of);
          let budget = pauseMs === null ? fullBudget : throttled(fullBudget, pauseMs, 0, 0);
          let now = 0;
          for (const gap of gaps) {
            now = nextAt(budget, asked(limit, now + gap / 20, share));
            budget = spent(budget, { limit, now });
            const how = asked(limit, now, share);
            expect(available(budget, how)).toBe(counted(budget, how));
            expect(available(budget, how, 2)).toBe(Math.min(counted(budget, how), 2));
          }
        },
      ),
    );
  });

  it('does not change when other budgets are derived from it', () => {
    const limit = { calls: 2, perMs: 1000 };
    const one = spent(fullBudget, { limit, now: 0 });
    const two = spent(one, { limit, now: 10 });
    const other = spent(one, { limit, now: 20 });
    const third = spent(restored(two, 0), { limit, now: 30 });
    for (const [budget, ahead, at] of [
      [one, 0, 40],
      [one, 1, 1100],
      [two, 1, 1110],
      [other, 1, 1120],
      [third, 1, 1130],
      [restored(two, 10), 0, 40],
      [fullBudget, 1, 40],
    ] as const)
      expect(nextAt(budget, asked(limit, 40), ahead)).toBe(at);
  });

  it('keeps its limit over many periods', () => {
    const times = leave(atOnce(400), { calls: 3, perMs: 1000 });
    expect(times.at(-1)).toBeCloseTo(133 * 1100);
    expect(most(times, 1000)).toBe(3);
  });

  it('takes back a call that was not made', () => {
    const limit = { calls: 1, perMs: 1000 };
    const used = spent(fullBudget, { limit, now: 5 });
    expect(available(used, asked(limit, 6))).toBe(0);
    expect(available(restored(used, 5), asked(limit, 6))).toBe(1);
    expect(restored(used, 4)).toEqual(used);
  });

  it('halves its speed with each throttled call down to a 64th, pauses as asked, and recovers within a minute', () => {
    let budget = throttled(fullBudget, 5000, 0, 0);
    expect([speedOf(budget, 0), speedOf(budget, 5000), speedOf(budget, 10_000), speedOf(budget, 15_000)]).toEqual([
      0.5,
      0.5,
      Math.SQRT1_2,
      1,
    ]);
    expect(nextAt(budget, asked({ calls: 20, perMs: 1000 }, 0))).toBe(5000);
    expect(available(budget, asked({ calls: 20, perMs: 1000 }, 5000))).toBe(10);
    for (let count = 0; count < 10; count++) budget = throttled(budget, 0, 0, 5000);
    expect(speedOf(budget, 0)).toBe(1 / 64);
    expect(nextAt(budget, asked({ calls: 20, perMs: 1000 }, 0))).toBe(5000);
    expect([recoversAt(budget), speedOf(budget, 65_000)]).toEqual([65_000, 1]);
  });

  it('halves its speed once for calls sent together, and pauses for the longest requested time', () => {
    let budget = throttled(fullBudget, 0, 100, 20);
    for (const leftAt of [20, 50, 99]) budget = throttled(budget, 0, 120, leftAt);
    expect(speedOf(budget, 120)).toBe(0.5);
    budget = throttled(budget, 3000, 130, 60);
    expect([speedOf(budget, 3130), budget.pausedUntil]).toEqual([0.5, 3130]);
    expect(speedOf(throttled(budget, 0, 3200, 3150), 3200)).toBeCloseTo(0.25, 2);
  });

  it('settles below the rate of a vendor that counts throttled calls too, and keeps most of it', () => {
    for (const [limit, takes] of [
      [
        { calls: 5, perMs: 1000 },
        { calls: 1, perMs: 2000 },
      ],
      [
        { calls: 20, perMs: 1000 },
        { calls: 2, perMs: 1000 },
      ],
      [
        { calls: 1, perMs: 1000 },
        { calls: 10, perMs: 60_000 },
      ],
    ] as const) {
      let budget = fullBudget;
      let now = 0;
      const left: number[] = [];
      let accepted = 0;
      while (now < 3_600_000) {
        now = nextAt(budget, asked(limit, now));
        budget = spent(budget, { limit, now });
        if (left.filter((at) => at > now - takes.perMs).length < takes.calls) accepted++;
        else budget = throttled(budget, 0, now + 20, now);
        left.push(now);
        if (left.length > 50) left.shift();
        now += 20;
      }
      const possible = (3_600_000 / takes.perMs) * takes.calls;
      expect(accepted / possible, JSON.stringify({ limit, takes })).toBeGreaterThan(0.4);
    }
  });

  it('slows a limit of one call per period by lengthening the period', () => {
    const limit = { calls: 1, perMs: 1000 };
    const budget = spent(throttled(fullBudget, 0, 0, 0), { limit, now: 0 });
    expect(nextAt(budget, asked(limit, 0))).toBeCloseTo(2200);
  });
});

describe('several processes on one budget', () => {
  it.each([
    [{ calls: 20, perMs: 1000 }, 4],
    [{ calls: 5, perMs: 1000 }, 4],
    [{ calls: 2, perMs: 1000 }, 4],
    [{ calls: 1, perMs: 1000 }, 4],
    [{ calls: 1, perMs: 2000 }, 3],
    [{ calls: 7, perMs: 1000 }, 8],
  ])('keep the limit %o together as %d processes and use most of it', (limit, of) => {
    const times = Array.from({ length: of }, (_, rank) => leave(atOnce(60), limit, shareOf(rank, of))).flat();
    expect(most(times, limit.perMs)).toBeLessThanOrEqual(limit.calls);
    const seconds = Math.max(...times) / limit.perMs;
    expect(times.length / seconds / limit.calls).toBeGreaterThan(0.7);
  });

  it('keep the limit whenever each of them has something to send', () => {
    const time = fc.integer({ min: 0, max: 30_000 });
    fc.assert(
      fc.property(
        fc.array(fc.array(time, { maxLength: 40 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 8 }),
        (wanted, calls) => {
          const limit = { calls, perMs: 1000 };
          const times = wanted.flatMap((each, rank) =>
            leave(
              [...each].sort((one, other) => one - other),
              limit,
              shareOf(rank, wanted.length),
            ),
          );
          expect(most(times, limit.perMs)).toBeLessThanOrEqual(calls);
        },
      ),
    );
  });

  it('wait one period after their shares change, so that old and new shares never add up', () => {
    const limit = { calls: 2, perMs: 1000 };
    expect(nextAt(fullBudget, asked(limit, 0, shareOf(0, 2, 0)))).toBe(1100);
    expect(nextAt(fullBudget, asked(limit, 5000, shareOf(0, 2, 0)))).toBe(5000);
  });

  it('send nothing while their share is unknown', () => {
    const limit = { calls: 2, perMs: 1000 };
    expect(available(fullBudget, asked(limit, 0, null))).toBe(0);
    expect(nextAt(fullBudget, asked(limit, 0, null))).toBeGreaterThan(0);
  });

  it('stay below the limit when one of them was throttled', () => {
    for (const limit of [
      { calls: 2, perMs: 1000 },
      { calls: 1, perMs: 1000 },
    ]) {
      const slow = leave(atOnce(20), limit, shareOf(0, 2), throttled(fullBudget, 0, 0, 0));
      const times = [...slow, ...leave(atOnce(20), limit, shareOf(1, 2))];
      expect(most(times, limit.perMs)).toBeLessThanOrEqual(limit.calls);
      expect(slow[4]).toBeGreaterThan(leave(atOnce(20), limit, shareOf(1, 2))[4] ?? 0);
    }
  });
});

describe('the limit of an operation', () => {
  const limits = { readsPerSecond: 2.5, writesPerSecond: 0.5, operations: { CreateMigrateTask: 8 } };
  const published = { ListInstances: { calls: 10, perMs: 10_000, budget: 'RDS', source: 'a page' } };
  const of = (operation: string, effect: 'read' | 'write') => limitOf(published, { limits }, { operation, effect });

  it('comes from the configuration, else from the vendor’s published limit, else from the account’s limit for its kind', () => {
    expect(of('CreateMigrateTask', 'write')).toEqual({ budget: 'CreateMigrateTask', limit: { calls: 8, perMs: 1000 } });
    expect(of('ListInstances', 'read')).toMatchObject({ budget: 'RDS', limit: { calls: 10, perMs: 10_000 } });
    expect(of('ShowJob', 'read')).toEqual({ budget: 'ShowJob', limit: { calls: 2, perMs: 800 } });
    expect(of('CreateJob', 'write')).toEqual({ budget: 'CreateJob', limit: { calls: 1, perMs: 2000 } });
  });
});
