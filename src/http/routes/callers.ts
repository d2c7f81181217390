import type { FastifyRequest } from 'fastify';
import { hasGrant } from '../../domain/grants.ts';
import { Problem } from '../../domain/problem.ts';
import { entityTag } from '../../domain/representation.ts';
import type { ChangeRequestContext, RequestContext } from '../../engine/interface.ts';
import type { WebhookCaller, WebhookChange } from '../../webhooks/interface.ts';
import type { HttpContext } from '../app-types.ts';
import type { Identity } from '../auth/authenticator.ts';
import { acceptedTags, readTags } from '../request/entity-tag.ts';

/** The caller for the service. */
export function requestContext(request: FastifyRequest): RequestContext {
  const { caller, accounts } = identityOf(request);
  return { caller, accounts, requestId: request.id };
}

/** The names under which records of this caller may stand: today's, and the one of earlier versions where it is nobody else's. */
export function recordNames(request: FastifyRequest): readonly string[] {
  const { caller, formerCaller } = identityOf(request);
  return formerCaller === undefined ? [caller] : [caller, formerCaller];
}

/** Accounts visible in a list; undefined: all. */
export function visibleAccounts(request: FastifyRequest): readonly string[] | undefined {
  const { accounts } = identityOf(request);
  return accounts.includes('*') ? undefined : accounts;
}

/** Throws `forbidden` for a named account without a grant. */
export function requireGrant(request: FastifyRequest, account: string | undefined): void {
  if (account === undefined || hasGrant(identityOf(request), account)) return;
  throw new Problem('forbidden', 'There is no grant for this account.');
}

/**
 * The context of a change with the condition of `If-Match`. Of several tags the present one is chosen; the service compares it
 * once more in the transaction.
 */
export async function changeContext(
  http: HttpContext,
  request: FastifyRequest,
  id: string,
): Promise<ChangeRequestContext> {
  const context = requestContext(request);
  return { ...context, ...(await matchCondition(request, 'migration', () => http.service.get(id, context))) };
}

/** The caller of webhook operations. */
export function webhookCaller(request: FastifyRequest): WebhookCaller {
  const { caller, kind, accounts } = identityOf(request);
  return { caller, kind, accounts };
}

/** The same for a change of a webhook. */
export async function webhookChange(http: HttpContext, request: FastifyRequest, id: string): Promise<WebhookChange> {
  const caller = webhookCaller(request);
  return { ...caller, ...(await matchCondition(request, 'webhook', () => http.webhooks.get(id, caller))) };
}

async function matchCondition(
  request: FastifyRequest,
  thing: 'migration' | 'webhook',
  present: () => Promise<{ readonly id: string; readonly version: number }>,
): Promise<{ readonly ifMatch?: string }> {
  const tags = acceptedTags(readTags('If-Match', request.headers['if-match']));
  if (tags === null) return {};
  if (tags.length === 0)
    throw new Problem(
      'precondition_failed',
      'Weak entity tags never match here. A proxy that compresses answers makes tags weak: send the tag without `W/`.',
    );
  const [only] = tags;
  if (tags.length === 1 && only !== undefined) return { ifMatch: only };
  const current = entityTag(await present()).slice(1, -1);
  if (tags.includes(current)) return { ifMatch: current };
  throw new Problem('precondition_failed', `The ${thing} has changed since that entity tag was given.`);
}

function identityOf(request: FastifyRequest): Identity {
  if (request.identity === null) throw new Error(`${request.route.url} has no identity`);
  return request.identity;
}
