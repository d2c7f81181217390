import type { HttpApp } from '../app-types.ts';

const apiPolicy = "default-src 'none'; frame-ancestors 'none'";
/** Swagger UI sets styles on elements; scripts come only from our own files. */
const explorerPolicy =
  "default-src 'none'; connect-src 'self'; font-src 'self' data:; img-src 'self' data:; script-src 'self'; " +
  "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** All styles of the board and the guide are in files. */
const pagePolicy = explorerPolicy.replace(" 'unsafe-inline'", '');

const always: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
};

/** Headers of a response that no hook has processed. */
export const bareSecurityHeaders: Readonly<Record<string, string>> = {
  ...always,
  'content-security-policy': apiPolicy,
  'cache-control': 'no-store',
};

/** Adds headers to every response. Caches store responses only if the route allows it. */
export function installSecurityHeaders(app: HttpApp): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const type = String(reply.getHeader('content-type') ?? '');
    reply.headers(always);
    reply.header('content-security-policy', type.startsWith('text/html') ? policyOf(request.route.url) : apiPolicy);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}

function policyOf(route: string | undefined): string {
  if (route?.startsWith('/board') || route?.startsWith('/docs/guide')) return pagePolicy;
  return route?.startsWith('/docs') ? explorerPolicy : apiPolicy;
}
