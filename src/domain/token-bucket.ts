import type { Instant } from './migration.ts';

/** The rate and size of a bucket. */
export interface BucketRate {
  readonly perSecond: number;
  /** Size in tokens, at least 1. */
  readonly burst: number;
}

/** The state of a token bucket. `filledAt`: milliseconds when `tokens` was counted; in the future, no token is available until then. */
export interface TokenBucket {
  readonly tokens: number;
  readonly filledAt: Instant;
}

/** Tolerance for rounding errors of floating-point sums. */
const noise = 1e-6;

/** A full bucket. */
export function fullBucket({ burst }: BucketRate, now: Instant): TokenBucket {
  return { tokens: burst, filledAt: now };
}

/** The bucket refilled up to `now`. A time before `filledAt` changes nothing. */
export function filled(bucket: TokenBucket, { perSecond, burst }: BucketRate, now: Instant): TokenBucket {
  if (now <= bucket.filledAt) return bucket;
  return { tokens: Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond), filledAt: now };
}

/** The bucket without one token; null: no token is available at `now`. */
export function taken(bucket: TokenBucket, rate: BucketRate, now: Instant): TokenBucket | null {
  const present = filled(bucket, rate, now);
  if (present.filledAt > now || present.tokens < 1 - noise) return null;
  return { ...present, tokens: present.tokens - 1 };
}

/** Milliseconds until the bucket has `tokens` tokens, if none is taken meanwhile; 0: it has them now. */
export function waitMs(bucket: TokenBucket, rate: BucketRate, now: Instant, tokens = 1): number {
  const present = filled(bucket, rate, now);
  const missing = Math.max(tokens - present.tokens, 0);
  return Math.max(present.filledAt - now, 0) + (missing <= noise ? 0 : (missing / rate.perSecond) * 1000);
}

/** The bucket without tokens until `until`, with at most one token then, refilling at its rate afterwards. */
export function paused(bucket: TokenBucket, rate: BucketRate, until: Instant, now: Instant): TokenBucket {
  const present = filled(bucket, rate, now);
  return until <= present.filledAt ? present : { tokens: Math.min(present.tokens, 1), filledAt: until };
}
