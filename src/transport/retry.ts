import type { Runtime } from '../domain/runtime.ts';
import { type FailureKind, mayHaveHappened, type VendorFailure } from '../domain/vendor.ts';

/** The retry budget of an account: the number of retries that remain. `spend` and `earn` are pure and return the next budget. */
export interface RetryBudget {
  readonly tokens: number;
}

/** Maximum number of retries in a row, and the credit for each successful call. In the long run retries add at most a tenth to the calls. */
const maxTokens = 10;
const earnedPerAnswer = 0.1;
/** The initial retry budget. */
export const fullBudget: RetryBudget = { tokens: maxTokens };
/** The budget after one retry. */
export const spend = ({ tokens }: RetryBudget): RetryBudget => ({ tokens: tokens - 1 });
/** The budget after a successful call. */
export const earn = ({ tokens }: RetryBudget): RetryBudget => ({
  tokens: Math.min(tokens + earnedPerAnswer, maxTokens),
});

/** Maximum number of attempts of a read. A changing call that may have arrived is never sent again here. */
const readTries = 3;
const firstPauseMs = 800;
/**
 * Maximum pause between two attempts of a read, in milliseconds. If the vendor asks for a longer pause, the read fails and its caller
 * decides.
 */
const maxPauseMs = 5000;
const retriedReads: readonly FailureKind[] = ['timeout', 'unavailable', 'not_sent', 'replayed'];

/** The attempts of one call so far. */
export interface Attempts {
  /** Number of attempts, at least 1. */
  readonly count: number;
  /**
   * Whether the credentials or the session were renewed for this call (`refreshed`), and whether it was signed again with the vendor's
   * clock (`resigned`).
   */
  readonly refreshed: boolean;
  readonly resigned: boolean;
}

/**
 * The next step after a failed attempt. `waitMs`: the pause before the retry in milliseconds. If `exactly` is false, it is the upper bound
 * of a random pause.
 */
export type RetryDecision =
  | {
      readonly do: 'retry';
      readonly reason: 'session_expired' | 'clock_skew' | 'transient';
      readonly waitMs: number;
      readonly exactly: boolean;
    }
  /** The vendor may have carried out the call: probe before it is sent again. */
  | { readonly do: 'reconcile'; readonly reason: 'may_have_happened' }
  | {
      readonly do: 'give_up';
      readonly reason: 'credentials_ended' | 'clock_refused' | 'final' | 'tried_enough' | 'no_budget' | 'asked_to_wait';
    };

/**
 * Decides whether a failed call is sent again. `leftMs`: maximum remaining wait of the caller in milliseconds. A changing call is sent
 * again only if the vendor rejected its session or its timestamp, because the vendor has then not processed it. The engine decides about
 * later attempts.
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
  const waitMs = retryAfterMs ?? firstPauseMs * 2 ** (attempts.count - 1);
  if (waitMs > Math.min(maxPauseMs, leftMs)) return { do: 'give_up', reason: 'asked_to_wait' };
  return { do: 'retry', reason: 'transient', waitMs, exactly: retryAfterMs !== undefined };
}

/** Full jitter: a random pause from 0 to `ms` milliseconds. It spreads the retries of calls that failed together. */
export function jittered(ms: number, runtime: Pick<Runtime, 'randomBytes'>): number {
  return (ms * (runtime.randomBytes(1)[0] ?? 0)) / 255;
}
