import type { Runtime } from '../domain/runtime.ts';
import { type FailureKind, mayHaveHappened, type VendorFailure } from '../domain/vendor.ts';

/** The remaining budget of retries. Pure: `spend` and `earn` return the next one. */
export interface RetryBudget {
  readonly tokens: number;
}

/** Maximum number of retries in a row, and the amount that an answered call returns: a failing vendor gets at most a tenth more calls. */
const maxTokens = 10;
const earnedPerAnswer = 0.1;
export const fullBudget: RetryBudget = { tokens: maxTokens };
export const spend = ({ tokens }: RetryBudget): RetryBudget => ({ tokens: tokens - 1 });
export const earn = ({ tokens }: RetryBudget): RetryBudget => ({
  tokens: Math.min(tokens + earnedPerAnswer, maxTokens),
});

/** Maximum number of tries of a read; a changing call is never sent again once it may have arrived. */
const readTries = 3;
const firstPauseMs = 400;
/** The longest pause between two tries of a read; a vendor that asks for a longer one is asked again by whoever wanted the answer. */
const maxPauseMs = 5000;
const retriedReads: readonly FailureKind[] = ['timeout', 'unavailable', 'not_sent', 'replayed'];

/** What has been tried for this call. */
export interface Attempts {
  /** Attempts so far, at least 1. */
  readonly count: number;
  /** Whether credentials or session were renewed for it, and whether it was signed again with the vendor's clock. */
  readonly refreshed: boolean;
  readonly resigned: boolean;
}

/** What to do after a failed attempt. `waitMs`: the longest pause before it; where `exactly` is false, any shorter one will do. */
export type RetryDecision =
  | {
      readonly do: 'retry';
      readonly reason: 'session_expired' | 'clock_skew' | 'transient';
      readonly waitMs: number;
      readonly exactly: boolean;
    }
  /** It may have been carried out: look before it is sent again. */
  | { readonly do: 'reconcile'; readonly reason: 'may_have_happened' }
  | {
      readonly do: 'give_up';
      readonly reason: 'credentials_ended' | 'clock_refused' | 'final' | 'tried_enough' | 'no_budget' | 'asked_to_wait';
    };

/**
 * Whether a call that failed is sent again. `leftMs`: how long the caller can wait at most. A changing call is sent again at once only when the
 * vendor refused its session or its time, and so did not look at it; what else may be tried later is for the engine to say.
 */
export function decideRetry(
  effect: 'read' | 'write',
  failure: Pick<VendorFailure, 'kind' | 'retryAfterMs'>,
  attempts: Attempts,
  budget: RetryBudget,
  leftMs: number,
): RetryDecision {
  const { kind, retryAfterMs } = failure;
  if (kind === 'session_expired')
    return attempts.refreshed
      ? { do: 'give_up', reason: 'credentials_ended' }
      : { do: 'retry', reason: 'session_expired', waitMs: 0, exactly: true };
  if (kind === 'clock_skew')
    return attempts.resigned
      ? { do: 'give_up', reason: 'clock_refused' }
      : { do: 'retry', reason: 'clock_skew', waitMs: 0, exactly: true };
  if (effect === 'write')
    return mayHaveHappened(kind)
      ? { do: 'reconcile', reason: 'may_have_happened' }
      : { do: 'give_up', reason: 'final' };
  if (!retriedReads.includes(kind)) return { do: 'give_up', reason: 'final' };
  if (attempts.count >= readTries) return { do: 'give_up', reason: 'tried_enough' };
  if (budget.tokens < 1) return { do: 'give_up', reason: 'no_budget' };
  const waitMs = retryAfterMs ?? firstPauseMs * 2 ** attempts.count;
  if (waitMs > Math.min(maxPauseMs, leftMs)) return { do: 'give_up', reason: 'asked_to_wait' };
  return { do: 'retry', reason: 'transient', waitMs, exactly: retryAfterMs !== undefined };
}

/** Full jitter, so that calls that failed together are not retried together. */
export function jittered(ms: number, runtime: Pick<Runtime, 'randomBytes'>): number {
  return (ms * (runtime.randomBytes(1)[0] ?? 0)) / 255;
}
