import type { FastifyRequest } from 'fastify';
import { isLocalHost } from '../../domain/address-policy.ts';
import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { HttpSettings } from '../settings.ts';
import { invalidParameter } from '../validation/invalid-request.ts';

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Requires exactly one host per request. Without authentication the host must be this machine or a configured name: otherwise a page of
 * another site could call this gateway through its own name (DNS rebinding). Without authentication, changes from pages of other sites are
 * rejected too.
 */
export function installOriginCheck(
  app: HttpApp,
  auth: Authenticator,
  settings: Pick<HttpSettings, 'allowedHosts' | 'corsOrigins' | 'publicUrl'>,
): void {
  const open = auth.schemes.length === 0;
  const allowed = new Set(settings.allowedHosts);
  if (settings.publicUrl !== null) allowed.add(new URL(settings.publicUrl).hostname);

  /** `Host` of the last accepted request, because most requests have the same. */
  let good: string | undefined;

  app.addHook('onRequest', (request, _reply, done) => {
    const { host: text } = request.raw.headers;
    if (text === undefined || text !== good || countOfHosts(request) > 1) {
      const host = hostOf(request);
      if (open && host !== null && !allowed.has(host) && !isLocalHost(host))
        throw new Problem(
          'forbidden',
          'A gateway without authentication accepts only host names of its own machine; `listen.allowedHosts` adds others.',
        );
      good = text;
    }
    if (!open) return done();
    const { origin = '', 'sec-fetch-site': site } = request.headers;
    if (!safeMethods.includes(request.method) && site === 'cross-site' && !settings.corsOrigins.includes(origin))
      throw new Problem('forbidden', 'A gateway without authentication accepts no changes from pages of other sites.');
    done();
  });
}

function countOfHosts({ raw }: FastifyRequest): number {
  let hosts = 0;
  for (let place = 0; place < raw.rawHeaders.length; place += 2) {
    const name = raw.rawHeaders[place] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts;
}

/** The host without its port, in lower case; null for an HTTP/1.0 request, which may omit it. */
function hostOf(request: FastifyRequest): string | null {
  const { raw } = request;
  const hosts = countOfHosts(request);
  if (hosts > 1) throw invalidParameter('Host', 'is sent more than once');
  if (hosts === 0 && raw.headers.host === undefined) {
    if (raw.httpVersion === '1.0') return null;
    throw invalidParameter('Host', 'is missing');
  }
  const match = /^(\[[0-9A-Fa-f:.%]+\]|[^:/?#@\s[\]]+)(?::\d{0,5})?$/.exec(raw.headers.host ?? '');
  if (match === null) throw invalidParameter('Host', 'is not a host with or without a port');
  return (match[1] ?? '')
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
