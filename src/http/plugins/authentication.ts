import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { Access, HttpApp } from '../app-types.ts';
import {
  type Authenticator,
  hasScope,
  type Identity,
  type PresentedCredential,
  type Scope,
} from '../auth/authenticator.ts';
import { type HttpSettings, rateLimitOf } from '../settings.ts';
import { type FailedCredentials, failedCredentials } from './failed-credentials.ts';

/** Authenticates the caller before the body is read. An address with too many wrong credentials is rejected for a while. */
export function installAuthentication(
  app: HttpApp,
  auth: Authenticator,
  settings: HttpSettings,
  runtime: Pick<Runtime, 'monotonic'>,
): void {
  const failures = failedCredentials(rateLimitOf(settings), runtime);
  app.decorateRequest('refusedBecause', null);
  app.addHook('onRequest', (request, reply, done) => {
    const access = accessTo(request);
    const isPublic = access === 'open' || (access === 'documentation' && settings.publicDocumentation);
    const known = isPublic ? knownCaller(auth, failures, request, reply) : identify(auth, failures, request, reply);
    if (!(known instanceof Promise)) {
      request.identity = known;
      return done();
    }
    known.then((identity) => {
      request.identity = identity;
      done();
    }, done);
  });
}

/** Checks the route's scopes. Install it after the rate limit, so that rejected requests count. */
export function installAuthorization(app: HttpApp): void {
  app.addHook('onRequest', (request, reply, done) => {
    const access = accessTo(request);
    if (typeof access !== 'string') for (const scope of access) requireScope(request, reply, scope);
    else if (access !== 'open' && access !== 'documentation') requireScope(request, reply, access);
    done();
  });
}

/** Checks one scope, such as one that depends on the body. Throws `forbidden` and sets `WWW-Authenticate`. */
export function requireScope({ identity, route }: FastifyRequest, reply: FastifyReply, scope: Scope): void {
  if (identity === null) throw new Error(`${route.url} was let in without an identity`);
  if (hasScope(identity, scope)) return;
  reply.header('www-authenticate', `Bearer realm="godwit", error="insufficient_scope", scope="${scope}"`);
  throw new Problem('forbidden', `This needs the scope \`${scope}\`.`);
}

/** The declared access of a route. Default: `documentation` for pages, `admin` for everything else. */
function accessTo(request: FastifyRequest): Access | readonly Scope[] {
  return request.route.config.access ?? (isPage(request) ? 'documentation' : 'admin');
}

/** Whether the request is for a web page or one of its files. */
export function isPage(request: FastifyRequest): boolean {
  return /^\/(docs|board)(\/|$)/.test(request.route.url ?? '');
}

/** The caller of an open route, which shows more to an authenticated caller; null: no credentials, or invalid ones. */
async function knownCaller(
  auth: Authenticator,
  failures: FailedCredentials,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Identity | null> {
  // A probe without credentials is not a failed authentication.
  if (request.headers.authorization === undefined && request.headers['x-api-key'] === undefined) {
    return auth.schemes.length === 0 ? auth.authenticate(null) : null;
  }
  try {
    return await identify(auth, failures, request, reply);
  } catch {
    reply.removeHeader('www-authenticate');
    return null;
  }
}

/** Returns a promise only if the authenticator has to wait, because most requests use a key and a promise costs time. */
function identify(
  auth: Authenticator,
  failures: FailedCredentials,
  request: FastifyRequest,
  reply: FastifyReply,
): Identity | Promise<Identity> {
  const isOpen = auth.schemes.length === 0;
  const { presented, fault } = isOpen ? { presented: null, fault: null } : presentedCredential(request);
  if (!isOpen) failures.admit(request, presented);
  const reasons: string[] = [];
  const settled = (identity: Identity | null): Identity => {
    if (identity !== null) {
      failures.good(presented);
      return identity;
    }
    failures.failed(request, presented);
    request.refusedBecause = fault ?? (presented === null ? 'no credentials' : reasons.join('; ').slice(0, 500));
    if (fault !== null) throw unauthenticated(reply, fault, '');
    if (presented === null) throw unauthenticated(reply, 'The request has no credentials.', '');
    throw unauthenticated(reply, 'The credentials are not valid, or they have expired.', ', error="invalid_token"');
  };
  if (fault !== null) return settled(null);
  const identity = auth.authenticate(presented, (reason) => reasons.push(reason));
  return identity instanceof Promise ? identity.then(settled) : settled(identity);
}

/** The credential of a request; `fault`: why a sent one is unusable. */
function presentedCredential({ headers }: FastifyRequest): {
  readonly presented: PresentedCredential | null;
  readonly fault: string | null;
} {
  const { authorization, 'x-api-key': apiKey } = headers;
  const scheme = /^[ \t]*([^ \t]+)/.exec(authorization ?? '')?.[1]?.toLowerCase();
  const bearer = /^[ \t]*Bearer[ \t]+([^ \t]+)[ \t]*$/i.exec(authorization ?? '')?.[1];
  const key = typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined;
  // A client that fills in every documented scheme sends the same key twice.
  if (scheme === 'bearer' && apiKey !== undefined && bearer !== apiKey)
    return { presented: null, fault: '`Authorization` and `X-API-Key` carry different keys: send one of them.' };
  if (bearer !== undefined) return { presented: { scheme: 'bearer', value: bearer }, fault: null };
  // Beside an API key, another scheme of `Authorization` is meant for a proxy on the way.
  if (key !== undefined) return { presented: { scheme: 'api_key', value: key }, fault: null };
  if (scheme === undefined || scheme === 'bearer') return { presented: null, fault: null };
  return {
    presented: null,
    fault: 'This scheme of `Authorization` is not supported: send `Authorization: Bearer` or `X-API-Key`.',
  };
}

function unauthenticated(reply: FastifyReply, detail: string, error: string): Problem {
  reply.header('www-authenticate', `Bearer realm="godwit"${error}`);
  return new Problem('unauthenticated', detail);
}
