import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filled, fullBucket, paused, type TokenBucket, taken, waitMs } from '../../src/domain/token-bucket.ts';

const rate = { perSecond: 5, burst: 5 };

function takenAt(times: readonly number[], start: TokenBucket = fullBucket(rate, 0)): readonly number[] {
  let bucket = start;
  return times.filter((now) => {
    const after = taken(bucket, rate, now);
    bucket = after ?? bucket;
    return after !== null;
  });
}

describe('a token bucket', () => {
  it('gives its burst at once and then its rate', () => {
    const times = Array.from({ length: 2000 }, (_, index) => index);
    const given = takenAt(times);
    expect(given.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(given.slice(5)).toEqual([200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800]);
  });

  it('never gives more than its burst plus the refill', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 400 }), (unsorted) => {
        const given = takenAt([...unsorted].sort((one, other) => one - other));
        for (const [index, from] of given.entries())
          for (const to of given.slice(index))
            expect(given.filter((at) => at >= from && at <= to).length).toBeLessThanOrEqual(
              rate.burst + ((to - from) / 1000) * rate.perSecond + 0.01,
            );
      }),
    );
  });

  it('predicts the wait and gives a token exactly then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 5000 }), (takes, now) => {
        let bucket = fullBucket(rate, 0);
        for (let count = 0; count < takes; count++) bucket = taken(bucket, rate, 0) ?? bucket;
        const wait = waitMs(bucket, rate, now);
        expect(taken(bucket, rate, now + wait)).not.toBeNull();
        if (wait > 1) expect(taken(bucket, rate, now + wait - 1)).toBeNull();
      }),
    );
  });

  it('gives nothing during a pause, one token at its end and then its rate', () => {
    const bucket = paused(fullBucket(rate, 0), rate, 3000, 0);
    const times = Array.from({ length: 4000 }, (_, index) => index);
    expect(takenAt(times, bucket)).toEqual([3000, 3200, 3400, 3600, 3800]);
    expect(waitMs(bucket, rate, 1000)).toBe(2000);
  });

  it('does not shorten a pause when a second one ends sooner', () => {
    const bucket = paused(paused(fullBucket(rate, 0), rate, 3000, 0), rate, 1000, 0);
    expect(waitMs(bucket, rate, 0)).toBe(3000);
  });

  it('does not change when the clock goes back', () => {
    const bucket = filled({ tokens: 2, filledAt: 10_000 }, rate, 5000);
    expect(bucket).toEqual({ tokens: 2, filledAt: 10_000 });
  });
});
