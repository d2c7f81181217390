import type { onSendHookHandler } from 'fastify';
import type { HttpApp } from '../app-types.ts';

/** The announcement of an operation's removal; docs/versioning.md defines the minimum time until it. */
export interface Deprecation {
  /** The time of the announcement, RFC 3339. */
  readonly since: string;
  /** The time from which the operation may be removed, RFC 3339. */
  readonly sunset: string;
  /** Path of the page of this gateway that names the reason and the successor, such as `/docs/guide/versioning`. */
  readonly page: string;
}

/** The deprecated operations by `operationId`. */
export const deprecations: Readonly<Record<string, Deprecation>> = {};

/**
 * Marks deprecated operations in the OpenAPI document. Adds `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link` to their responses.
 * Install it before the document and before the first route.
 */
export function installDeprecations(app: HttpApp, deprecated: Readonly<Record<string, Deprecation>>): void {
  app.addHook('onRoute', (route) => {
    const deprecation = deprecated[route.schema?.operationId ?? ''];
    if (deprecation === undefined) return;
    route.schema = { ...route.schema, deprecated: true };
    route.onSend = [...[route.onSend ?? []].flat(), announce(deprecation)];
  });
}

function announce({ since, sunset, page }: Deprecation): onSendHookHandler {
  const headers = { deprecation: `@${Date.parse(since) / 1000}`, sunset: new Date(sunset).toUTCString() };
  return async (request, reply, payload) => {
    const others = [reply.getHeader('link') ?? []].flat();
    const link = [...others, `<${request.base}${page}>; rel="deprecation"; type="text/html"`].join(', ');
    reply.headers({ ...headers, link });
    return payload;
  };
}
