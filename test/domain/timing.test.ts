import { describe, expect, it } from 'vitest';
import { askOperatorAfterMs, backOffMs, jitteredMs, spreadBackOffMs } from '../../src/domain/timing.ts';

describe('the time until an operator is asked about a call of unknown outcome', () => {
  it.each([
    [30_000, 15 * 60_000],
    [1000, 30_000],
    [60_000, 15 * 60_000],
    [3_600_000, 3_600_000],
  ])('is, with settleMs %i, %i ms', (settleMs, expected) => {
    expect(askOperatorAfterMs({ settleMs })).toBe(expected);
  });
});

describe('a back-off', () => {
  const settings = {
    pollMinMs: 5000,
    pollMaxMs: 60_000,
    callTimeoutMs: 10_000,
    leaseMs: 30_000,
    settleMs: 30_000,
    resendTries: 5,
    busyMs: 3_600_000,
    stallMs: 21_600_000,
  };

  it.each([0, 1, 3, 6, 40])('after %d failures lies between the shortest interval and the full delay', (failures) => {
    const most = backOffMs(failures, settings);
    const waits = Array.from({ length: 500 }, (_, number) => spreadBackOffMs(failures, settings, `mig_${number}`));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(settings.pollMinMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(most);
    if (failures === 0) return;
    expect(Math.min(...waits)).toBeLessThan(settings.pollMinMs + (most - settings.pollMinMs) * 0.05);
    expect(Math.max(...waits)).toBeGreaterThan(settings.pollMinMs + (most - settings.pollMinMs) * 0.95);
  });

  it('is the same when recomputed and different for the next attempt', () => {
    expect(spreadBackOffMs(3, settings, 'mig_1')).toBe(spreadBackOffMs(3, settings, 'mig_1'));
    expect(spreadBackOffMs(3, settings, 'mig_1')).not.toBe(spreadBackOffMs(4, settings, 'mig_1'));
  });
});

describe('a pause', () => {
  it('lies between its bounds for any random value', () => {
    expect([0, 0.5, 1].map((random) => jitteredMs(1000, 200, random))).toEqual([200, 600, 1000]);
    expect([0, 0.5, 1].map((random) => jitteredMs(100, 200, random))).toEqual([200, 200, 200]);
  });
});
