import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Problem } from '../../domain/problem.ts';

/** Age in milliseconds from which keys are refreshed while the old ones stay in use. */
const freshMs = 600_000;
/** Maximum age of keys while the issuer is unreachable, in milliseconds; also how long a withdrawn key may remain accepted. */
const maxMs = 12 * 3_600_000;
/** Minimum interval between fetches because of an unknown key id, in milliseconds. */
const cooldownMs = 30_000;
/** Time during which a failed fetch is not repeated, in milliseconds. */
const failureMs = 5000;
const timeoutMs = 5000;
const maxBytes = 1_048_576;

/** Fetches a key set; rejects on failure. */
export type ReadKeySet = () => Promise<JSONWebKeySet>;

/**
 * The keys of an issuer. One fetch serves all waiting requests. Fetched keys are refreshed in the background and remain valid for hours
 * while the issuer is down. A failed fetch is remembered, so that a hanging issuer delays one request instead of each. `monotonicNow`:
 * milliseconds of a monotonic clock. Throws `overloaded` if there are no keys and none can be fetched.
 */
export function issuerKeys(read: ReadKeySet, monotonicNow: () => number): JWTVerifyGetKey {
  let keys: { readonly find: JWTVerifyGetKey; readonly readAt: number } | null = null;
  let flight: Promise<void> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;

  function refresh(): Promise<void> {
    flight ??= read()
      .then((set) => {
        keys = { find: createLocalJWKSet(set), readAt: monotonicNow() };
      })
      .catch((error: unknown) => {
        failedAt = monotonicNow();
        throw error;
      })
      .finally(() => {
        flight = null;
      });
    return flight;
  }

  async function refreshOrRefuse(): Promise<void> {
    try {
      if (flight === null && monotonicNow() - failedAt < failureMs) throw new Error('the last read has just failed');
      await refresh();
    } catch (cause) {
      throw keysUnavailable(cause);
    }
  }

  return async (header, token) => {
    const age = keys === null ? Number.POSITIVE_INFINITY : monotonicNow() - keys.readAt;
    if (age >= maxMs) await refreshOrRefuse();
    else if (age >= freshMs && monotonicNow() - failedAt >= cooldownMs) refresh().catch(() => undefined);
    if (keys === null) throw keysUnavailable(null);
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || monotonicNow() - keys.readAt < cooldownMs) throw error;
      await refreshOrRefuse();
      return keys.find(header, token);
    }
  };
}

function keysUnavailable(cause: unknown): Problem {
  const problem = new Problem('overloaded', 'The keys of the token’s issuer cannot be fetched now.', {
    retryAfterSeconds: 5,
  });
  problem.cause = cause;
  return problem;
}

/** Fetches a key set over HTTP without redirects, bounded in time and size. `fetchThrough`: fetch with the outbound settings. */
export function readKeySet(jwksUri: string, fetchThrough: typeof fetch = fetch): ReadKeySet {
  return async () => {
    const answer = await fetchThrough(jwksUri, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json, application/jwk-set+json' },
    });
    if (answer.status !== 200) throw new Error(`the key set was answered with ${answer.status}`);
    const set: unknown = JSON.parse(await boundedText(answer));
    if (typeof set !== 'object' || set === null || !Array.isArray((set as JSONWebKeySet).keys))
      throw new Error('the answer is not a key set');
    return set as JSONWebKeySet;
  };
}

async function boundedText(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error('the key set is too large');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
