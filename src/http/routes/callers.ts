import type { FastifyRequest } from 'fastify';
import { hasGrant } from '../../domain/grants.ts';
import { Problem } from '../../domain/problem.ts';
import { entityTag } from '../../domain/representation.ts';
import type { ChangeRequestContext, RequestContext } from '../../engine/interface.ts';
import type { WebhookCaller, WebhookChange } from '../../webhooks/interface.ts';
import type { HttpContext } from '../app-types.ts';
import type { Identity } from '../auth/authenticator.ts';
import { acceptedTags, readTags } from '../request/entity-tag.ts';

/** The caller for the migration service. Throws `Error` for a route without authentication. */
export function requestContext(request: FastifyRequest): RequestContext {
  const { caller, accounts } = identityOf(request);
  return { caller, accounts, requestId: request.id };
}

/** The names in records of this caller: the present one, and the former one if it belongs to no other caller. */
export function recordNames(request: FastifyRequest): readonly string[] {
  const { caller, formerCaller } = identityOf(request);
  return formerCaller === undefined ? [caller] : [caller, formerCaller];
}

/** Accounts visible in a list; undefined: all. */
export function visibleAccounts(request: FastifyRequest): readonly string[] | undefined {
  const { accounts } = identityOf(request);
  return accounts.includes('*') ? undefined : accounts;
}

/** Throws `forbidden` if the caller names an account without a grant. */
export function requireGrant(request: FastifyRequest, account: string | undefined): void {
  if (account === undefined || hasGrant(identityOf(request), account)) return;
  throw new Problem('forbidden', 'There is no grant for this account.');
}

/**
 * The context of a change with its `If-Match` condition. Of several tags the current one is chosen; the service compares it again in the
 * transaction. Throws `precondition_failed` if no tag matches.
 */
export async function changeContext(
  http: HttpContext,
  request: FastifyRequest,
  id: string,
): Promise<ChangeRequestContext> {
  const context = requestContext(request);
  return { ...context, ...(await matchCondition(request, 'migration', () => http.service.get(id, context))) };
}

/** The caller for the webhook service. */
export function webhookCaller(request: FastifyRequest): WebhookCaller {
  const { caller, kind, accounts } = identityOf(request);
  return { caller, kind, accounts };
}

/** The caller with the `If-Match` condition for a change of a webhook; as `changeContext`. */
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
