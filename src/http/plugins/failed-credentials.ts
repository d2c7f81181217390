import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { putNewest } from '../../domain/bounded-map.ts';
import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { PresentedCredential } from '../auth/authenticator.ts';
import { clientAddress, limitedNetwork } from '../request/client-address.ts';
import type { RateLimit } from '../settings.ts';
import { keyedBuckets, whileLimited } from './keyed-buckets.ts';

/** Maximum number of remembered valid credentials. */
const maxRemembered = 10_000;
const rememberedMs = 3_600_000;

/** Limits requests with missing or wrong credentials per address. */
export interface FailedCredentials {
  /**
   * Throws `rate_limited` before any check if the address has sent too many such requests. Recently valid credentials pass, so that a
   * guesser at the same address does not lock out a caller.
   */
  admit(request: FastifyRequest, presented: PresentedCredential | null): void;
  failed(request: FastifyRequest, presented: PresentedCredential | null): void;
  good(presented: PresentedCredential | null): void;
}

/** Counts by address, or by /64 network for IPv6. Without a limit nothing is counted. */
export function failedCredentials(
  current: () => RateLimit | null,
  runtime: Pick<Runtime, 'monotonic'>,
): FailedCredentials {
  const limited = whileLimited(current, (limit) => keyedBuckets(limit, runtime));
  const goodUntil = new Map<string, number>();
  const addressOf = (request: FastifyRequest): string => limitedNetwork(clientAddress(request));

  return {
    admit(request, presented) {
      const buckets = limited();
      if (buckets === null) return;
      const { taken, nextSeconds } = buckets.look(addressOf(request));
      if (taken || (presented !== null && (goodUntil.get(digestOf(presented)) ?? 0) > runtime.monotonic())) return;
      throw new Problem('rate_limited', 'Too many requests with missing or wrong credentials came from this address.', {
        retryAfterSeconds: nextSeconds,
      });
    },
    failed(request, presented) {
      limited()?.take(addressOf(request));
      if (presented !== null) goodUntil.delete(digestOf(presented));
    },
    good(presented) {
      if (presented === null || limited() === null) return;
      putNewest(goodUntil, digestOf(presented), runtime.monotonic() + rememberedMs, maxRemembered);
    },
  };
}

function digestOf({ scheme, value }: PresentedCredential): string {
  return createHash('sha256').update(`${scheme} ${value}`).digest('base64url');
}
