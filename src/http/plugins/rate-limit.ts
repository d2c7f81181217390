import type { FastifyRequest } from 'fastify';
import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { HttpApp } from '../app-types.ts';
import { clientAddress, limitedNetwork } from '../request/client-address.ts';
import type { RateLimit } from '../settings.ts';
import { isPage } from './authentication.ts';
import { keyedBuckets, whileLimited } from './keyed-buckets.ts';

/** A token bucket per caller: a burst of `requests`, refilled over the window. Probes and pages do not count. Throws `rate_limited`. */
export function installRateLimit(
  app: HttpApp,
  current: () => RateLimit | null,
  runtime: Pick<Runtime, 'monotonic'>,
): void {
  const limited = whileLimited(current, (limit) => ({ limit, buckets: keyedBuckets(limit, runtime) }));

  app.addHook('onRequest', (request, reply, done) => {
    const present = limited();
    if (present === null || request.route.config.access === 'open' || isPage(request)) return done();
    const { limit, buckets } = present;
    const { taken, remaining, nextSeconds } = buckets.take(countedAs(request));
    reply.header('ratelimit-policy', `"caller";q=${limit.requests};w=${Math.max(1, Math.ceil(limit.windowSeconds))}`);
    reply.header('ratelimit', `"caller";r=${remaining};t=${remaining >= 1 ? 0 : nextSeconds}`);
    if (!taken)
      throw new Problem('rate_limited', `More than ${limit.requests} requests in ${limit.windowSeconds} seconds.`, {
        retryAfterSeconds: nextSeconds,
      });
    done();
  });
}

/** The key of the request's bucket: the caller, or the address of an anonymous caller, because all those share one name. */
function countedAs(request: FastifyRequest): string {
  const { identity } = request;
  if (identity !== null && identity.kind !== 'anonymous') return `caller ${identity.caller}`;
  return `address ${limitedNetwork(clientAddress(request))}`;
}
