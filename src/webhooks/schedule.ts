import type { Instant } from '../domain/migration.ts';
import type { AttemptOutcome } from '../domain/webhook.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long after a failed attempt the next one follows; after the last of them a delivery is given up, after a good two days. */
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
/** The longest `Retry-After` of a receiver that is granted, in milliseconds. */
export const maxWishMs = 6 * hour;

/** What an attempt brought: an answer, or none and why. */
export type AttemptResult =
  | { readonly status: number; readonly retryAfterMs: number | null }
  | { readonly status: null; readonly error: string; readonly timedOut?: boolean };

/**
 * What follows from an attempt. `attempts`: those that had ended before. `random`: 0 to 1; receivers that failed together are not called together again. 2xx is
 * receipt; 410 says that nobody listens there any more; everything else is tried again.
 */
export function outcomeOf(result: AttemptResult, attempts: number, at: Instant, random: number): AttemptOutcome {
  const { status } = result;
  if (status !== null && status >= 200 && status < 300)
    return { state: 'delivered', at, status, error: null, dueAt: null };
  const error = result.status === null ? result.error : `the receiver answered ${result.status}`;
  const pause = pauses[attempts];
  if (status === 410 || pause === undefined) return { state: 'failed', at, status, error, dueAt: null };
  const wish = result.status === null ? 0 : Math.min(result.retryAfterMs ?? 0, maxWishMs);
  return { state: 'pending', at, status, error, dueAt: Math.ceil(at + Math.max(pause * (0.9 + random / 5), wish)) };
}
