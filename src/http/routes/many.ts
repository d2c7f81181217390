import type { FastifyRequest } from 'fastify';
import type { AuditEntry } from '../../domain/audit.ts';
import { expectSameRequest } from '../../domain/idempotency.ts';
import { someAtOnce } from '../../domain/some-at-once.ts';
import type { IdempotencyKey, IdempotencyRecord } from '../../domain/store.ts';
import type { ChangeRequestContext, Outcome, Replay } from '../../engine/interface.ts';
import type { HttpContext } from '../app-types.ts';
import { errorForLog } from '../error-for-log.ts';
import { internalProblem, problemAnswer, problemOf } from '../problem-document.ts';
import type { Answer } from './answer.ts';
import { idempotencyOf } from './answer-once.ts';
import { requestContext } from './callers.ts';

/** One request about many migrations: each is stored, answered and audited for itself. */

/** Number of items processed concurrently. */
const atOnce = 8;

/** The result of one item. */
export interface ItemAnswer {
  readonly status: number;
  readonly migration?: unknown;
  readonly problem?: unknown;
  readonly dryRun?: unknown;
}

/** Processes the items, a few at a time, and keeps their order. */
export function forEach<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  return someAtOnce(items, atOnce, work);
}

/**
 * What each of many needs to be stored for itself. `name`: what tells it from the others of the request: with an idempotency key each has a key of its own,
 * bound to the whole request, so that a repeated request goes on where the first one stopped.
 */
export function itemContext(
  http: HttpContext,
  request: FastifyRequest,
  name: string,
  answer: (outcome: Exclude<Outcome, Error>) => Answer,
): ChangeRequestContext {
  const key = idempotencyOf(request);
  return {
    ...requestContext(request),
    audit: auditOfItem(http, request),
    reply: {
      compose: (outcome) =>
        outcome instanceof Error ? problemAnswer(outcome, request.id, request.base) : answer(outcome),
      kept: () => undefined,
    },
    ...(key !== null && { idempotency: { ...key, key: `${key.key}#${name}` } }),
  };
}

/** Record of the item only: the record of the whole request is written with its answer. */
function auditOfItem(http: HttpContext, request: FastifyRequest): AuditEntry {
  const before = request.auditEntry;
  const entry = http.trail.entryOf(request, 202);
  request.auditEntry = before;
  return entry;
}

/** The answer to one of many: what it came to, or what was answered before to its key, or the problem. */
export async function itemAnswer(
  http: HttpContext,
  request: FastifyRequest,
  idempotency: IdempotencyKey | undefined,
  act: () => Promise<Answer | Replay>,
): Promise<ItemAnswer> {
  try {
    const known = idempotency === undefined ? null : await http.service.findReplay(idempotency);
    const result = known === null ? await act() : { replay: known };
    return shown('replay' in result ? await replayed(http, request, result.replay, idempotency) : result);
  } catch (error) {
    const told = problemOf(error, idempotency !== undefined);
    if (told === null) request.log.error({ error: errorForLog(error) }, 'one of many failed');
    return shown(problemAnswer(told ?? internalProblem(), request.id, request.base));
  }
}

function shown({ status, body }: Answer): ItemAnswer {
  const document: unknown = JSON.parse(body);
  return status < 400 ? { status, migration: document } : { status, problem: document };
}

async function replayed(
  http: HttpContext,
  request: FastifyRequest,
  record: IdempotencyRecord,
  idempotency: IdempotencyKey | undefined,
): Promise<Answer> {
  if (idempotency !== undefined) expectSameRequest(record, idempotency);
  // What was allowed then may not be now.
  const migration = await http.service.get(record.resource.id, requestContext(request));
  if (record.answer !== null) return record.answer;
  return { status: 202, headers: {}, body: JSON.stringify(http.represent(migration, 'short')) };
}
