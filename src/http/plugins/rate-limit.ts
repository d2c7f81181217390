import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { HttpApp } from '../app-types.ts';
import type { RateLimit } from '../settings.ts';

interface Bucket {
  tokens: number;
  filledAt: number;
}

const mostBuckets = 10_000;

/** A token bucket per caller: `requests` at once, refilled over the window. Probes do not count. */
export function installRateLimit(app: HttpApp, limit: RateLimit | null, runtime: Pick<Runtime, 'now'>): void {
  if (limit === null) return;
  const buckets = new Map<string, Bucket>();
  const perMs = limit.requests / (limit.windowSeconds * 1000);

  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.access === 'open') return;
    const bucket = bucketOf(request.identity?.caller ?? `address ${request.ip}`);
    const taken = bucket.tokens >= 1;
    if (taken) bucket.tokens -= 1;
    const remaining = Math.floor(bucket.tokens);
    const nextSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
    reply.header('ratelimit-policy', `"caller";q=${limit.requests};w=${Math.max(1, Math.ceil(limit.windowSeconds))}`);
    reply.header('ratelimit', `"caller";r=${remaining};t=${remaining >= 1 ? 0 : nextSeconds}`);
    if (!taken)
      throw new Problem('rate_limited', `More than ${limit.requests} requests in ${limit.windowSeconds} seconds.`, {
        retryAfterSeconds: nextSeconds,
      });
  });

  function bucketOf(caller: string): Bucket {
    const now = runtime.now();
    const bucket = buckets.get(caller) ?? { tokens: limit?.requests ?? 0, filledAt: now };
    bucket.tokens = Math.min(limit?.requests ?? 0, bucket.tokens + Math.max(0, now - bucket.filledAt) * perMs);
    bucket.filledAt = now;
    // Deleted and set again, so the first of the map is the one unused for longest.
    buckets.delete(caller);
    buckets.set(caller, bucket);
    const oldest = buckets.size > mostBuckets ? buckets.keys().next().value : undefined;
    if (oldest !== undefined) buckets.delete(oldest);
    return bucket;
  }
}
