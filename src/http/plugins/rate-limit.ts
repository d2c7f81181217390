import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { filled, fullBucket, type TokenBucket, taken, waitMs } from '../../domain/token-bucket.ts';
import type { HttpApp } from '../app-types.ts';
import type { RateLimit } from '../settings.ts';

const mostBuckets = 10_000;

/** A token bucket per caller: `requests` at once, refilled over the window. Probes do not count. */
export function installRateLimit(app: HttpApp, limit: RateLimit | null, runtime: Pick<Runtime, 'now'>): void {
  if (limit === null) return;
  const buckets = new Map<string, TokenBucket>();
  const rate = { burst: limit.requests, perSecond: limit.requests / limit.windowSeconds };

  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.access === 'open') return;
    const caller = request.identity?.caller ?? `address ${request.ip}`;
    const now = runtime.now();
    const before = buckets.get(caller) ?? fullBucket(rate, now);
    const after = taken(before, rate, now);
    const present = after ?? filled(before, rate, now);
    keep(caller, present);
    const remaining = Math.floor(present.tokens);
    const nextSeconds = Math.max(1, Math.ceil(waitMs(present, rate, now) / 1000));
    reply.header('ratelimit-policy', `"caller";q=${limit.requests};w=${Math.max(1, Math.ceil(limit.windowSeconds))}`);
    reply.header('ratelimit', `"caller";r=${remaining};t=${remaining >= 1 ? 0 : nextSeconds}`);
    if (after === null)
      throw new Problem('rate_limited', `More than ${limit.requests} requests in ${limit.windowSeconds} seconds.`, {
        retryAfterSeconds: nextSeconds,
      });
  });

  function keep(caller: string, bucket: TokenBucket): void {
    // Deleted and set again, so the first of the map is the one unused for longest.
    buckets.delete(caller);
    buckets.set(caller, bucket);
    const oldest = buckets.size > mostBuckets ? buckets.keys().next().value : undefined;
    if (oldest !== undefined) buckets.delete(oldest);
  }
}
