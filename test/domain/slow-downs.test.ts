import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recoversAt, type Slowness, slower, speedOf } from '../../src/domain/call-budget.ts';
import { type SlowDown, shifted, together } from '../../src/domain/slow-downs.ts';

const slowness: fc.Arbitrary<Slowness> = fc
  .record({
    speed: fc.constantFrom(0.125, 0.25, 0.3, 0.5, 0.9),
    slowedAt: fc.integer({ min: -60_000, max: 60_000 }),
    pauseMs: fc.constantFrom(0, 0, 5000, 120_000),
  })
  .map(({ speed, slowedAt, pauseMs }) => ({ speed, slowedAt: slowedAt + pauseMs, pausedUntil: slowedAt + pauseMs }));

describe('the merged knowledge of two processes about one budget', () => {
  it('is independent of the order and the number of merges', () => {
    fc.assert(
      fc.property(slowness, slowness, slowness, (one, two, three) => {
        const all = slower(slower(one, two), three);
        expect(recoversAt(slower(slower(three, one), two))).toBe(recoversAt(all));
        expect(slower(slower(two, three), one).pausedUntil).toBe(all.pausedUntil);
        expect(slower(all, two)).toEqual(all);
      }),
    );
  });

  it('never allows more speed than either process after its pause, and ends with the later one', () => {
    fc.assert(
      fc.property(slowness, slowness, fc.integer({ min: 0, max: 300_000 }), (one, two, afterMs) => {
        const both = slower(one, two);
        const now = both.pausedUntil + afterMs;
        expect(speedOf(both, now)).toBeLessThanOrEqual(Math.min(speedOf(one, now), speedOf(two, now)) + 1e-9);
        expect(recoversAt(both)).toBeGreaterThanOrEqual(Math.max(recoversAt(one), recoversAt(two)) - 1e-9);
      }),
    );
  });
});

describe('stored slow-downs', () => {
  const one: SlowDown = {
    provider: 'alibaba',
    account: 'ali',
    gate: 'write',
    budget: 'cn-hangzhou|CreateMigrateTask',
    speed: 0.5,
    slowedAt: 1000,
    pausedUntil: 1000,
  };

  it('contain one entry per budget and no expired one', () => {
    const read = { ...one, gate: 'read' };
    const all = [one, { ...one, speed: 0.25, slowedAt: 900, pausedUntil: 900 }, read, { ...one, account: 'other' }];
    expect(together(all, 0)).toEqual([{ ...one, speed: 0.25, slowedAt: 900 }, read, { ...one, account: 'other' }]);
    expect(together(all, 11_000)).toEqual([{ ...one, speed: 0.25, slowedAt: 900 }]);
    expect(together(all, 20_900)).toEqual([]);
  });

  it('are the same on another clock', () => {
    expect(shifted(shifted(one, 5000), -5000)).toEqual(one);
  });
});
