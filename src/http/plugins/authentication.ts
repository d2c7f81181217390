import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../domain/problem.ts';
import type { Access, HttpApp } from '../app-types.ts';
import {
  type Authenticator,
  hasScope,
  type Identity,
  type PresentedCredential,
  type Scope,
} from '../auth/authenticator.ts';
import type { HttpSettings } from '../settings.ts';

/** Knows the caller, before the body is read. */
export function installAuthentication(app: HttpApp, auth: Authenticator, settings: HttpSettings): void {
  app.addHook('onRequest', async (request, reply) => {
    const access = accessTo(request);
    if (access === 'documentation' && settings.publicDocumentation) return;
    if (access === 'open') request.identity = await knownCaller(auth, request, reply);
    else request.identity = await identify(auth, request, reply);
  });
}

/** Checks the scopes of the route. Install it after the rate limit, so that who may do nothing may not do it without end. */
export function installAuthorization(app: HttpApp): void {
  app.addHook('onRequest', async (request, reply) => {
    const access = accessTo(request);
    if (access === 'open' || access === 'documentation') return;
    if (request.identity === null) throw new Error(`${request.routeOptions.url} was let in without an identity`);
    for (const scope of [access].flat()) requireScope(request.identity, scope, reply);
  });
}

/** A route that declares nothing takes `admin`. */
function accessTo(request: FastifyRequest): Access | readonly Scope[] {
  return request.routeOptions.config.access ?? (isExplorer(request) ? 'documentation' : 'admin');
}

/** Swagger UI registers its own routes. */
function isExplorer(request: FastifyRequest): boolean {
  return /^\/docs(\/|$)/.test(request.routeOptions.url ?? '');
}

/** What is open to everybody shows more to a caller who is known. */
async function knownCaller(
  auth: Authenticator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Identity | null> {
  try {
    return await identify(auth, request, reply);
  } catch {
    reply.removeHeader('www-authenticate');
    return null;
  }
}

async function identify(auth: Authenticator, request: FastifyRequest, reply: FastifyReply): Promise<Identity> {
  const presented = presentedCredential(request, auth, reply);
  const identity = await auth.authenticate(presented);
  if (identity !== null) return identity;
  if (presented === null) throw unauthenticated(reply, 'No credentials came with the request.', '');
  throw unauthenticated(reply, 'The credentials are not valid, or they have expired.', ', error="invalid_token"');
}

function presentedCredential(
  request: FastifyRequest,
  auth: Authenticator,
  reply: FastifyReply,
): PresentedCredential | null {
  if (auth.schemes.length === 0) return null;
  const { authorization, 'x-api-key': apiKey } = request.headers;
  const bearer = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
  // Clients that fill in every scheme of the document send the one key twice.
  if (authorization !== undefined && apiKey !== undefined && bearer !== apiKey)
    throw unauthenticated(reply, '`Authorization` and `X-API-Key` carry different keys: send one of them.', '');
  if (bearer !== undefined) return { scheme: 'bearer', value: bearer };
  return typeof apiKey === 'string' && apiKey !== '' ? { scheme: 'api_key', value: apiKey } : null;
}

function unauthenticated(reply: FastifyReply, detail: string, error: string): Problem {
  reply.header('www-authenticate', `Bearer realm="godwit"${error}`);
  return new Problem('unauthenticated', detail);
}

function requireScope(identity: Identity, scope: Scope, reply: FastifyReply): void {
  if (hasScope(identity, scope)) return;
  reply.header('www-authenticate', `Bearer realm="godwit", error="insufficient_scope", scope="${scope}"`);
  throw new Problem('forbidden', `This needs the scope \`${scope}\`.`);
}
