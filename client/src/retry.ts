import type { ProblemCode } from './errors.ts';

/** The bounds of one call's attempts. */
export interface RetryLimits {
  /** Maximum attempts, including the first. */
  readonly attempts: number;
  /** Maximum time between the start of the first and the last attempt, in milliseconds. */
  readonly retryMs: number;
}

/** A failed attempt and its response. */
export interface Attempted {
  readonly method: string;
  /** Whether the request had an idempotency key. */
  readonly hasKey: boolean;
  /** From 1. */
  readonly number: number;
  /** Time since the start of the first attempt, in milliseconds. */
  readonly elapsedMs: number;
  /** The response; null: there was none. */
  readonly answer: {
    readonly status: number;
    /** The problem code; null: the body is no problem document, such as a proxy's. */
    readonly code: ProblemCode | null;
    /** The wait of `Retry-After` in milliseconds; null: absent or invalid. */
    readonly retryAfterMs: number | null;
    /** Whether the response is stored for the key or with a migration, so that a repetition gets the same response. */
    readonly settled: boolean;
  } | null;
}

/** First and longest pause without a `Retry-After`, in milliseconds. Each pause is twice the previous one. */
const firstPauseMs = 250;
const maxPauseMs = 8000;

/**
 * The pause before the next attempt, in milliseconds; null: no further attempt. A request for a change is repeated only with an idempotency
 * key, because it may have arrived although there was no response, a proxy's response or `store_outcome_unknown`. `random`: from 0, below
 * 1.
 */
export function retryPause(attempted: Attempted, limits: RetryLimits, random: number): number | null {
  const { method, hasKey, number, elapsedMs, answer } = attempted;
  if (!hasKey && method !== 'GET' && method !== 'HEAD') return null;
  if (number >= limits.attempts || (answer !== null && !isWorthRepeating(answer))) return null;
  const pause = answer?.retryAfterMs ?? backoffMs(number, random);
  return elapsedMs + pause > limits.retryMs ? null : pause;
}

/** A growing pause in milliseconds, with jitter over its second half. `number`: the failed attempt, from 1. `random`: from 0, below 1. */
export function backoffMs(number: number, random: number): number {
  const longest = Math.min(firstPauseMs * 2 ** (number - 1), maxPauseMs);
  return longest * (0.5 + random / 2);
}

function isWorthRepeating({ status, code, settled }: NonNullable<Attempted['answer']>): boolean {
  if (settled) return false;
  if (code === null) return [429, 502, 503, 504].includes(status);
  return status === 429 || status === 503 || code === 'idempotency_in_progress';
}

/** `Retry-After` in milliseconds, from seconds or an HTTP date; null: absent or invalid. `now`: milliseconds since 1970. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
