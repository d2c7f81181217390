import { describe, expect, it } from 'vitest';
import { type FailureKind, mayHaveHappened } from '../../src/domain/vendor.ts';
import { type Attempts, decideRetry, earn, fullBudget, spend } from '../../src/transport/retry.ts';

const first: Attempts = { count: 1, refreshed: false, resigned: false };
const decide = (
  effect: 'read' | 'write',
  kind: FailureKind,
  attempts: Partial<Attempts> = {},
  more: { retryAfterMs?: number; tokens?: number; leftMs?: number } = {},
) =>
  decideRetry(
    effect,
    { kind, ...(more.retryAfterMs !== undefined && { retryAfterMs: more.retryAfterMs }) },
    { ...first, ...attempts },
    { tokens: more.tokens ?? fullBudget.tokens },
    more.leftMs ?? Number.POSITIVE_INFINITY,
  );
const kinds: readonly FailureKind[] = [
  'rejected',
  'busy',
  'throttled',
  'unauthenticated',
  'session_expired',
  'clock_skew',
  'not_found',
  'not_sent',
  'replayed',
  'timeout',
  'unavailable',
  'malformed',
];

describe('a changing call that failed', () => {
  it.each(kinds)('with %s is probed exactly when it may have been processed', (kind) => {
    expect(decide('write', kind).do === 'reconcile').toBe(mayHaveHappened(kind));
  });

  it('is resent at once only with a new session or the vendor’s time, once each', () => {
    const again = kinds.filter((kind) => decide('write', kind).do === 'retry');
    expect(again).toEqual(['session_expired', 'clock_skew']);
    expect(decide('write', 'session_expired', { refreshed: true })).toEqual({
      do: 'give_up',
      reason: 'credentials_ended',
    });
    expect(decide('write', 'clock_skew', { resigned: true })).toEqual({ do: 'give_up', reason: 'clock_refused' });
  });
});

describe('a read that failed', () => {
  it('is retried up to three times with growing pauses when a retry may help', () => {
    const again = kinds.filter((kind) => decide('read', kind).do === 'retry');
    expect(again).toEqual(['session_expired', 'clock_skew', 'not_sent', 'replayed', 'timeout', 'unavailable']);
    expect([1, 2, 3].map((count) => decide('read', 'timeout', { count }))).toEqual([
      { do: 'retry', reason: 'transient', waitMs: 800, exactly: false },
      { do: 'retry', reason: 'transient', waitMs: 1600, exactly: false },
      { do: 'give_up', reason: 'tried_enough' },
    ]);
  });

  it('waits exactly as long as the vendor says, and fails when that is too long', () => {
    expect(decide('read', 'unavailable', {}, { retryAfterMs: 3000 })).toMatchObject({ waitMs: 3000, exactly: true });
    expect(decide('read', 'unavailable', {}, { retryAfterMs: 3000, leftMs: 2000 })).toEqual({
      do: 'give_up',
      reason: 'asked_to_wait',
    });
    expect(decide('read', 'unavailable', {}, { retryAfterMs: 60_000 })).toMatchObject({ reason: 'asked_to_wait' });
  });

  it('is not retried when the retry budget is used up, which ten replies refill by one', () => {
    let budget = fullBudget;
    let tries = 0;
    for (; decideRetry('read', { kind: 'timeout' }, first, budget, 10_000).do === 'retry'; tries++)
      budget = spend(budget);
    expect(tries).toBe(10);
    for (let answer = 0; answer < 10; answer++) budget = earn(budget);
    expect(budget.tokens).toBeCloseTo(1);
  });
});
