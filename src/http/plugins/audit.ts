import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog, NewAuditRecord } from '../../domain/audit.ts';
import { isId } from '../../domain/ids.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { HttpApp } from '../app-types.ts';
import { problemMediaType } from '../problem-document.ts';
import { errorForLog, migrationOfPath } from './request-log.ts';

/** Records nothing beyond the log. */
export const noAudit: AuditLog = {
  appendAudit: async () => undefined,
  listAudit: async () => [],
  placeOf: async () => null,
};

const readingMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];
/** Requests without good credentials that are stored, at once and per second after that; all are logged. A flood must not fill the disk. */
const mostStrangers = 100;
const strangersPerSecond = 1;

type Place = { readonly account: string | null; readonly instanceId: string | null };
const nowhere: Place = { account: null, instanceId: null };

/** Every request for a change is logged with `audit: true` and recorded, refusals too, when its answer is certain. */
export function installAudit(app: HttpApp, audit: AuditLog, runtime: Pick<Runtime, 'now'>): void {
  const pending = new Set<Promise<void>>();
  const admitStranger = strangerLimit(runtime);

  app.addHook('preHandler', async (request) => {
    // Afterwards nobody could tell any more what the migration was about.
    if (request.method !== 'DELETE') return;
    const migrationId = migrationIdOf(request);
    const place = migrationId === null ? null : await audit.placeOf(migrationId);
    if (migrationId !== null && place !== null) request.subject = { migrationId, place };
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (readingMethods.includes(request.method)) return payload;
    const work = record(request, newRecord(request, reply, payload));
    pending.add(work);
    void work.finally(() => pending.delete(work));
    return payload;
  });
  app.addHook('onClose', async () => {
    await Promise.all(pending);
  });

  async function record(request: FastifyRequest, found: NewAuditRecord): Promise<void> {
    try {
      const complete = { ...found, ...(await placeOf(request, found)) };
      const { at: _at, requestId: _requestId, ...line } = complete;
      request.log.info({ audit: true, ...line }, 'audit');
      if (complete.caller !== null || admitStranger()) await audit.appendAudit(complete);
    } catch (error) {
      request.log.error({ audit: true, ...found, error: errorForLog(error) }, 'the audit record was not stored');
    }
  }

  async function placeOf(
    request: FastifyRequest,
    { account, instanceId, migrationId }: NewAuditRecord,
  ): Promise<Place> {
    const known = request.subject?.place;
    if (known !== undefined) return known;
    if (migrationId === null || (account !== null && instanceId !== null)) return { account, instanceId };
    return (await audit.placeOf(migrationId)) ?? { account, instanceId };
  }

  function newRecord(request: FastifyRequest, reply: FastifyReply, payload: unknown): NewAuditRecord {
    return {
      at: runtime.now(),
      caller: request.identity?.caller ?? null,
      remoteAddress: request.ip,
      operation: request.routeOptions.schema?.operationId ?? null,
      method: request.method,
      ...targetOf(request),
      migrationId: migrationIdOf(request),
      webhookId: webhookIdOf(request, reply),
      status: reply.statusCode,
      outcome: outcomeOf(reply, payload),
      requestId: request.id,
    };
  }
}

function strangerLimit(runtime: Pick<Runtime, 'now'>): () => boolean {
  let tokens = mostStrangers;
  let filledAt = runtime.now();
  return () => {
    const now = runtime.now();
    tokens = Math.min(mostStrangers, tokens + (Math.max(0, now - filledAt) / 1000) * strangersPerSecond);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** The migration that the request made or names. */
function migrationIdOf(request: FastifyRequest): string | null {
  return request.subject?.migrationId ?? migrationOfPath(request);
}

/** The webhook that the request made or names. */
function webhookIdOf(request: FastifyRequest, reply: FastifyReply): string | null {
  if (!request.routeOptions.url?.startsWith('/webhooks')) return null;
  const { id } = request.params as { readonly id?: unknown };
  const made = String(reply.getHeader('location') ?? '').replace('/webhooks/', '');
  return [id, made].filter((each) => typeof each === 'string').find((each) => isId('whk', each)) ?? null;
}

/** What a submission is about, as far as it is said in well-formed names. Nothing else of a body is recorded. */
function targetOf(request: FastifyRequest): Place {
  const body = request.body as {
    readonly account?: unknown;
    readonly target?: { readonly instanceId?: unknown };
  } | null;
  if (typeof body !== 'object' || body === null || request.routeOptions.url !== '/migrations') return nowhere;
  return { account: nameOf(body.account), instanceId: nameOf(body.target?.instanceId) };
}

function nameOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value) ? value : null;
}

function outcomeOf(reply: FastifyReply, payload: unknown): string {
  if (reply.statusCode < 400) return 'ok';
  const type = String(reply.getHeader('content-type') ?? '');
  if (typeof payload !== 'string' || !type.startsWith(problemMediaType)) return 'internal';
  const { code } = JSON.parse(payload) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'internal';
}
