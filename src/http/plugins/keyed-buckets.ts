import { putNewest } from '../../domain/bounded-map.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { filled, fullBucket, type TokenBucket, taken, waitMs } from '../../domain/token-bucket.ts';
import type { RateLimit } from '../settings.ts';

/** Maximum number of remembered keys; a forgotten key starts with a full bucket. */
const maxBuckets = 10_000;

/** The state of a bucket after a request. */
export interface BucketState {
  /** Whether it had a token. */
  readonly taken: boolean;
  /** Whole tokens left. */
  readonly remaining: number;
  /** Seconds until the next token, at least 1. */
  readonly nextSeconds: number;
}

/** Token buckets, one per key. */
export interface KeyedBuckets {
  /** Takes one token if there is one. */
  take(key: string): BucketState;
  /** Returns what `take` would return, and takes nothing. */
  look(key: string): BucketState;
}

/** Creates buckets of one rate: a burst of `requests`, refilled over the window by the monotonic clock. */
export function keyedBuckets(limit: RateLimit, clock: Pick<Runtime, 'monotonic'>): KeyedBuckets {
  const buckets = new Map<string, TokenBucket>();
  const rate = { burst: limit.requests, perSecond: limit.requests / limit.windowSeconds };

  function stateOf(key: string): {
    readonly after: TokenBucket | null;
    readonly present: TokenBucket;
    readonly state: BucketState;
  } {
    const now = clock.monotonic();
    const before = buckets.get(key) ?? fullBucket(rate, now);
    const after = taken(before, rate, now);
    const present = after ?? filled(before, rate, now);
    const nextSeconds = Math.max(1, Math.ceil(waitMs(present, rate, now) / 1000));
    return { after, present, state: { taken: after !== null, remaining: Math.floor(present.tokens), nextSeconds } };
  }

  return {
    take(key) {
      const { present, state } = stateOf(key);
      putNewest(buckets, key, present, maxBuckets);
      return state;
    },
    look: (key) => stateOf(key).state,
  };
}

/** Creates a value that depends on a limit, and recreates it when the limit changes; null while there is none. */
export function whileLimited<T>(current: () => RateLimit | null, make: (limit: RateLimit) => T): () => T | null {
  let [limit, made]: [RateLimit | null, T | null] = [null, null];
  return () => {
    const present = current();
    if (present !== limit) [limit, made] = [present, present === null ? null : make(present)];
    return made;
  };
}
