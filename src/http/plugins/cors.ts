import type { HttpApp } from '../app-types.ts';

/** Request headers that a page may send, and response headers that it may read, besides those that are always allowed. */
const sent = [
  'authorization',
  'x-api-key',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'prefer',
  'last-event-id',
  'x-request-id',
  'traceparent',
];
const read = [
  'etag',
  'location',
  'link',
  'retry-after',
  'deprecation',
  'sunset',
  'preference-applied',
  'idempotency-replayed',
  'ratelimit',
  'ratelimit-policy',
  'www-authenticate',
  'x-request-id',
];
/** Time for which a browser caches a preflight response, in seconds. */
const maxAge = 600;

/**
 * Allows pages of the configured origins to call the API with their own credentials (CORS); cookies are never accepted. Install it before
 * everything that rejects requests, because a page must be able to read why.
 */
export function installCors(app: HttpApp, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'origin');
    const { origin, 'access-control-request-method': wanted } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': read.join(', ') });
    if (request.method !== 'OPTIONS' || wanted === undefined) return;
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE',
        'access-control-allow-headers': sent.join(', '),
        'access-control-max-age': String(maxAge),
      })
      .send();
  });
}
