import { describe, expect, it } from 'vitest';
import { askOperatorAfterMs } from '../../src/domain/timing.ts';

describe('how long a call of unknown outcome is looked for before an operator is asked', () => {
  it.each([
    [30_000, 15 * 60_000],
    [1000, 30_000],
    [60_000, 15 * 60_000],
    [3_600_000, 3_600_000],
  ])('settleMs %i: %i ms', (settleMs, expected) => {
    expect(askOperatorAfterMs({ settleMs })).toBe(expected);
  });
});
