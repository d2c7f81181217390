import type { ProblemCode } from './errors.ts';

/** How often, and how long, one call is tried. */
export interface RetryLimits {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** No attempt begins later than so many milliseconds after the first. */
  readonly retryMs: number;
}

/** One attempt and what came of it. */
export interface Attempted {
  readonly method: string;
  /** Whether an idempotency key went with it. */
  readonly hasKey: boolean;
  /** From 1. */
  readonly number: number;
  /** Since the first attempt began, in milliseconds. */
  readonly elapsedMs: number;
  /** Null: no answer came. */
  readonly answer: {
    readonly status: number;
    /** Null: it is no problem document, as from a proxy. */
    readonly code: ProblemCode | null;
    /** What `Retry-After` asks for; null: nothing. */
    readonly retryAfterMs: number | null;
    /** It is what is stored under the key, or with a migration: the same request gets the same answer again. */
    readonly settled: boolean;
  } | null;
}

/** First pause without a `Retry-After`, in milliseconds; each later one is twice as long, up to the longest. */
const firstPauseMs = 250;
const longestPauseMs = 8000;

/**
 * After how many milliseconds the request is sent again; null: never. A request that may change something is sent again only with an
 * idempotency key, because no answer, a proxy's answer and `store_outcome_unknown` all leave open whether it arrived. `random` is from 0, below 1.
 */
export function retryPause(attempted: Attempted, limits: RetryLimits, random: number): number | null {
  const { method, hasKey, number, elapsedMs, answer } = attempted;
  if (!hasKey && method !== 'GET' && method !== 'HEAD') return null;
  if (number >= limits.attempts || (answer !== null && !isWorthRepeating(answer))) return null;
  const pause = answer?.retryAfterMs ?? backoffMs(number, random);
  return elapsedMs + pause > limits.retryMs ? null : pause;
}

/** Growing pauses with jitter over their second half. `number`: of the attempt that failed, from 1. */
export function backoffMs(number: number, random: number): number {
  const longest = Math.min(firstPauseMs * 2 ** (number - 1), longestPauseMs);
  return longest * (0.5 + random / 2);
}

function isWorthRepeating({ status, code, settled }: NonNullable<Attempted['answer']>): boolean {
  if (settled) return false;
  if (code === null) return [429, 502, 503, 504].includes(status);
  return status === 429 || status === 503 || code === 'idempotency_in_progress';
}

/** `Retry-After` in milliseconds: seconds or an HTTP date; null: there is none that can be read. `now` in milliseconds since 1970. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
