import type { HttpApp } from '../app-types.ts';

const apiPolicy = "default-src 'none'; frame-ancestors 'none'";
const pagePolicy =
  "default-src 'none'; connect-src 'self'; font-src 'self' data:; img-src 'self' data:; script-src 'self'; " +
  "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers that every answer carries. Answers are not stored by caches unless the route says otherwise. */
export function installSecurityHeaders(app: HttpApp): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '');
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('x-frame-options', 'DENY');
    reply.header('cross-origin-resource-policy', 'same-origin');
    reply.header('content-security-policy', isPage(request.routeOptions.url, type) ? pagePolicy : apiPolicy);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return payload;
  });
}

function isPage(route: string | undefined, contentType: string): boolean {
  return route !== undefined && (route === '/' || route.startsWith('/docs')) && contentType.startsWith('text/html');
}
