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

/** One request for many migrations. Each item is stored, answered and audited separately. */

/** Number of items processed concurrently. */
const atOnce = 8;

/** The result of one item. */
export interface ItemAnswer {
  readonly status: number;
  readonly migration?: unknown;
  readonly problem?: unknown;
  readonly dryRun?: unknown;
}

/** Processes the items, `atOnce` at a time, and keeps their order. */
export function forEach<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  return someAtOnce(items, atOnce, work);
}

/**
 * The context in which one item is stored. `name` identifies the item within the request. With an idempotency key each item has its own
 * key, bound to the whole request, so that a repeated request continues where the first one stopped. No caller can send that key, because it
 * contains a control character.
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
    ...(key !== null && { idempotency: { ...key, key: `${key.key}\u001f${name}` } }),
  };
}

/** The audit record of the item only; the record of the whole request is written with its response. */
function auditOfItem(http: HttpContext, request: FastifyRequest): AuditEntry {
  const before = request.auditEntry;
  const entry = http.trail.entryOf(request, 202);
  request.auditEntry = before;
  return entry;
}

/** The result of one item: the first result for its key, or that of `act`. Errors become problems. */
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
  // Throws if the caller has lost the grant since the first request.
  const migration = await http.service.get(record.resource.id, requestContext(request));
  if (record.answer !== null) return record.answer;
  return { status: 202, headers: {}, body: JSON.stringify(http.represent(migration, 'short')) };
}
