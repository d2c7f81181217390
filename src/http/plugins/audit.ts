import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditEntry, AuditLog, NewAuditRecord } from '../../domain/audit.ts';
import { isId, newId } from '../../domain/ids.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { HttpApp } from '../app-types.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { errorForLog } from '../error-for-log.ts';
import { problemMediaType } from '../problem-document.ts';
import type { Afterwards } from '../request/afterwards.ts';
import { clientAddress } from '../request/client-address.ts';
import { boundedRefusals } from './refusals.ts';
import { migrationOfPath } from './request-log.ts';

/** Records nothing beyond the log. */
export const noAudit: AuditLog = {
  appendAudit: async () => undefined,
  listAudit: async () => [],
  placeOf: async () => null,
};

const readingMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

type Place = { readonly account: string | null; readonly instanceId: string | null };
const nowhere: Place = { account: null, instanceId: null };

/**
 * Creates the audit trail. Rejections of unknown or throttled callers are recorded at a bounded rate, so that a flood cannot fill the disk.
 * All are logged.
 */
export function createAuditTrail(
  audit: AuditLog,
  runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep' | 'randomBytes'>,
  afterwards: Afterwards,
  logger: FastifyBaseLogger,
): AuditTrail {
  const pending = new Set<Promise<void>>();
  const refusals = boundedRefusals(runtime, (record) => track(store(record, logger)));

  function track(work: Promise<void>): void {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  }

  /** Repeatable, because the record has an id. */
  function store(record: NewAuditRecord, log: FastifyBaseLogger): Promise<void> {
    const named = { id: newId('aud', runtime), ...record };
    return afterwards.write(log, 'the audit record was not stored', () => audit.appendAudit(named));
  }

  async function record(request: FastifyRequest, found: NewAuditRecord, kept: boolean): Promise<void> {
    let complete = found;
    try {
      complete = { ...found, ...(await placeFor(request, found)) };
    } catch (error) {
      request.log.error({ audit: true, ...found, error: errorForLog(error) }, 'the audit record is not complete');
    }
    await write(complete, request.log, kept);
  }

  /** `kept`: the record is already stored; only the log line is missing. */
  async function write(record: NewAuditRecord, log: FastifyBaseLogger, kept = false): Promise<void> {
    const { id: _id, at: _at, requestId: _requestId, ...line } = record;
    log.info({ audit: true, ...line }, 'audit');
    if (kept) return;
    const flooding = record.caller === null || record.outcome === 'rate_limited';
    if (!flooding || refusals.admit(record)) await store(record, log);
  }

  async function placeFor(
    request: FastifyRequest,
    { account, instanceId, migrationId }: NewAuditRecord,
  ): Promise<Place> {
    const known = request.subject?.place;
    if (known !== undefined) return known;
    if (migrationId === null || (account !== null && instanceId !== null)) return { account, instanceId };
    return (await audit.placeOf(migrationId)) ?? { account, instanceId };
  }

  return {
    asked(request, reply, payload) {
      if (readingMethods.includes(request.method)) return;
      const { id, at = runtime.now() } = request.auditEntry ?? {};
      const answered = { status: reply.statusCode, outcome: outcomeOf(reply, payload) };
      const replayed = reply.getHeader('idempotency-replayed') === 'true';
      const found = { at, ...recordOf(request, webhookIdOf(request, reply)), ...answered, replayed };
      track(record(request, { ...found, ...(id !== undefined && { id }) }, request.answerKept));
    },
    entryOf(request, status) {
      const answered = { status, outcome: status === null ? 'stored' : 'ok', replayed: false };
      const entry = { id: newId('aud', runtime), at: runtime.now(), ...recordOf(request, null), ...answered };
      request.auditEntry = entry;
      return entry;
    },
    refusedUnrouted({ method, remoteAddress, requestId, status, outcome }) {
      const log = logger.child({ requestId });
      log.info({ method: method ?? 'unknown', route: 'unknown', status, durationMs: 0, caller: null }, 'request');
      if (method === null || readingMethods.includes(method)) return;
      const nobody = { caller: null, operation: null, ...nowhere, migrationId: null, webhookId: null };
      const asked = { method, remoteAddress, requestId, status, outcome, replayed: false, count: 1 };
      track(write({ at: runtime.now(), ...nobody, ...asked }, log));
    },
    placeOf: (migrationId) => audit.placeOf(migrationId),
    async close() {
      refusals.close();
      await Promise.all(pending);
      await afterwards.close();
    },
  };
}

/** Logs every request for a change with `audit: true` and records it, including rejected ones, once its response is certain. */
export function installAudit(app: HttpApp, trail: AuditTrail): void {
  app.addHook('preHandler', (request, _reply, done) => {
    // The place of a migration is unknown after its deletion.
    const migrationId = request.method === 'DELETE' ? migrationIdOf(request) : null;
    if (migrationId === null) return done();
    trail.placeOf(migrationId).then((place) => {
      if (place !== null) request.subject = { migrationId, place };
      done();
    }, done);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    trail.asked(request, reply, payload);
    done(null, payload);
  });
  app.addHook('onClose', () => trail.close());
}

type Answered = 'status' | 'outcome' | 'replayed';

function recordOf(request: FastifyRequest, webhookId: string | null): Omit<AuditEntry, 'id' | 'at' | Answered> {
  return {
    caller: request.identity?.caller ?? null,
    remoteAddress: clientAddress(request),
    operation: request.route.schema?.operationId ?? null,
    method: request.method,
    ...placeNamedBy(request),
    migrationId: migrationIdOf(request),
    webhookId,
    requestId: request.id,
    count: 1,
  };
}

/** The migration that the request created or names. */
function migrationIdOf(request: FastifyRequest): string | null {
  return request.subject?.migrationId ?? migrationOfPath(request);
}

/** The webhook that the request created or names. */
function webhookIdOf(request: FastifyRequest, reply: FastifyReply): string | null {
  if (!request.route.url?.startsWith('/webhooks')) return null;
  const { id } = request.params as { readonly id?: unknown };
  const made = String(reply.getHeader('location') ?? '').replace(/^.*\/webhooks\//, '');
  return [id, made].filter((each) => typeof each === 'string').find((each) => isId('whk', each)) ?? null;
}

/** The well-formed names in a submission or webhook request. Nothing else of a body is recorded. */
function placeNamedBy({ body: given, route, webhookAccounts }: FastifyRequest): Place {
  // A webhook of several accounts belongs to no single account.
  if (webhookAccounts !== null)
    return { account: webhookAccounts.length === 1 ? (webhookAccounts[0] ?? null) : null, instanceId: null };
  const body = given as { readonly account?: unknown; readonly target?: { readonly instanceId?: unknown } } | null;
  const submits = ['/migrations', '/migrations/dry-run'].includes(route.url ?? '');
  if (typeof body !== 'object' || body === null || !submits) return nowhere;
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
