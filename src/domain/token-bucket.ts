import type { Instant } from './migration.ts';

/** How fast a bucket fills and how much it holds. */
export interface BucketRate {
  readonly perSecond: number;
  /** Tokens, at least 1. */
  readonly burst: number;
}

/** A token bucket at a moment. `filledAt` may lie in the future: nothing is given before then. */
export interface TokenBucket {
  readonly tokens: number;
  readonly filledAt: Instant;
}

/** Tolerance for rounding errors of floating-point sums. */
const noise = 1e-6;

export function fullBucket({ burst }: BucketRate, now: Instant): TokenBucket {
  return { tokens: burst, filledAt: now };
}

/** The bucket as it is at `now`. A clock that goes back adds nothing and takes nothing away. */
export function filled(bucket: TokenBucket, { perSecond, burst }: BucketRate, now: Instant): TokenBucket {
  if (now <= bucket.filledAt) return bucket;
  return { tokens: Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond), filledAt: now };
}

/** The bucket without one token, or null when there is none at `now`. */
export function taken(bucket: TokenBucket, rate: BucketRate, now: Instant): TokenBucket | null {
  const present = filled(bucket, rate, now);
  if (present.filledAt > now || present.tokens < 1 - noise) return null;
  return { ...present, tokens: present.tokens - 1 };
}

/** Milliseconds until the bucket has `tokens` tokens, if nobody takes one meanwhile. 0: it has them now. */
export function waitMs(bucket: TokenBucket, rate: BucketRate, now: Instant, tokens = 1): number {
  const present = filled(bucket, rate, now);
  const missing = Math.max(tokens - present.tokens, 0);
  return Math.max(present.filledAt - now, 0) + (missing <= noise ? 0 : (missing / rate.perSecond) * 1000);
}

/** The bucket that is empty until `until`, has one token then, and fills at its rate afterwards. */
export function paused(bucket: TokenBucket, rate: BucketRate, until: Instant, now: Instant): TokenBucket {
  const present = filled(bucket, rate, now);
  return until <= present.filledAt ? present : { tokens: Math.min(present.tokens, 1), filledAt: until };
}
