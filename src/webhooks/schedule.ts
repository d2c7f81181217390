import type { Instant } from '../domain/migration.ts';
import type { AttemptOutcome } from '../domain/webhook.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Pauses after failed attempts, in milliseconds. After the last one, about two days later, the delivery is `failed`. */
const pauses = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
  24 * hour,
];
/** Maximum `Retry-After` that Godwit accepts from a receiver, in milliseconds. */
export const maxWishMs = 6 * hour;

/** The result of an attempt: a response, or the reason why there is none. */
export type AttemptResult =
  | { readonly status: number; readonly retryAfterMs: number | null }
  | { readonly status: null; readonly error: string; readonly timedOut?: boolean };

/**
 * The outcome of an attempt. 2xx: `delivered`. 410: `failed`, and the dispatcher disables the webhook. Anything else is retried after the
 * scheduled pause, or after `Retry-After` if that is longer. `attempts`: number of earlier attempts. `random`: 0 to 1, so that attempts that
 * failed together are not repeated together.
 */
export function outcomeOf(result: AttemptResult, attempts: number, at: Instant, random: number): AttemptOutcome {
  const { status } = result;
  if (status !== null && status >= 200 && status < 300)
    return { state: 'delivered', at, status, error: null, dueAt: null };
  const error = result.status === null ? result.error : `the receiver answered ${result.status}`;
  const pause = pauses[attempts];
  if (status === 410 || pause === undefined) return { state: 'failed', at, status, error, dueAt: null };
  const wish = result.status === null ? 0 : Math.min(result.retryAfterMs ?? 0, maxWishMs);
  return { state: 'pending', at, status, error, dueAt: Math.ceil(at + Math.max(pause * (0.5 + random), wish)) };
}
