import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasGrant } from '../../domain/grants.ts';
import { expectSameRequest } from '../../domain/idempotency.ts';
import type { Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import type { IdempotencyKey, IdempotencyRecord } from '../../domain/store.ts';
import type { ChangeRequestContext, Outcome, Replay } from '../../engine/interface.ts';
import type { HttpContext } from '../app-types.ts';
import { problemAnswer } from '../problem-document.ts';
import { headerText } from '../request/header-text.ts';
import { readIdempotencyKey, requestFingerprint } from '../request/idempotency-key.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { recordNames, requestContext } from './callers.ts';

/** A POST with an optional idempotency key. */
export interface OnceOnly {
  /** Status for the audit record that is stored with the change; null: the change alone does not decide it. */
  readonly status: number | null;
  /** Carries out the request. A `Replay` means that the key is stored already. */
  act(change: Pick<ChangeRequestContext, 'idempotency' | 'audit' | 'reply'>): Promise<Answer | Replay>;
  /** The response to an outcome. Pure. */
  answer(outcome: Exclude<Outcome, Problem>): Answer;
  /**
   * The response for a first request that was never answered, because its process ended or its store was lost. It shows the present state.
   * A thrown `Problem` is the response.
   */
  presentAnswer(migration: Migration, record: IdempotencyRecord): Answer;
}

/**
 * Carries out a POST once per idempotency key. Later requests with the key get the first response again, byte for byte. Throws
 * `idempotency_key_reused` for a different request, and `idempotency_in_progress` while the first one is unanswered.
 */
export async function answerOnce(
  http: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  post: OnceOnly,
): Promise<FastifyReply> {
  const key = idempotencyOf(request);
  if (key === null) return sendAnswer(reply, firstAnswer(await post.act(change())));

  const { known, idempotency } = await findRecord(http, request, key);
  if (known !== null) return replay(known, 0);
  const leave = http.inFlight.enter(idempotency);
  try {
    const result = await post.act({ ...change(), idempotency });
    if ('replay' in result) return await replay(result.replay, 1);
    await keep(result);
    return sendAnswer(reply, result);
  } catch (error) {
    if (!(error instanceof Problem)) await http.afterwards.write(request.log, notKept, keepPresent);
    else if (storedSomething(error)) await keep(problemAnswer(error, request.id, request.base));
    throw error;
  } finally {
    leave();
  }

  function change(): Pick<ChangeRequestContext, 'audit' | 'reply'> {
    return {
      audit: http.trail.entryOf(request, post.status),
      reply: {
        compose: (outcome) =>
          outcome instanceof Problem ? problemAnswer(outcome, request.id, request.base) : post.answer(outcome),
        kept() {
          request.answerKept = true;
        },
      },
    };
  }

  /** `own`: how often this request itself is counted as in progress. */
  async function replay(record: IdempotencyRecord, own: 0 | 1): Promise<FastifyReply> {
    const { type, id } = record.resource;
    if (type === 'migration') request.subject = { migrationId: id };
    expectSameRequest(record, idempotency);
    // The caller may have lost the grant since the first request.
    await requirePresentGrant(http, request, record);
    if (record.answer !== null) return sendAnswer(reply.header('idempotency-replayed', 'true'), record.answer);
    if (isAwaited(record, own))
      throw new Problem('idempotency_in_progress', 'The first request with this key has not been answered yet.', {
        retryAfterSeconds: 2,
        members: { migrationId: id },
      });
    const answer = await presentAnswer(record);
    await keep(answer);
    return sendAnswer(reply.header('idempotency-replayed', 'true'), answer);
  }

  /** Whether the process of the first request may still answer it. */
  function isAwaited({ heldBy, createdAt }: IdempotencyRecord, own: 0 | 1): boolean {
    if (heldBy === 'nobody') return false;
    if (heldBy === 'this_process') return http.inFlight.count(idempotency) > own;
    return http.runtime.now() - createdAt < http.settings.idempotencyInProgressMs;
  }

  async function presentAnswer(record: IdempotencyRecord): Promise<Answer> {
    const migration = await http.service.get(record.resource.id, requestContext(request));
    try {
      return post.presentAnswer(migration, record);
    } catch (error) {
      if (storedSomething(error)) return problemAnswer(error, request.id, request.base);
      throw error;
    }
  }

  /**
   * Keeps a response for a migration that was stored although this request fails, so that the next request with the key gets it from any
   * process.
   */
  async function keepPresent(): Promise<void> {
    const record = await http.service.findReplay(idempotency);
    if (record === null || record.answer !== null || record.fingerprint !== idempotency.fingerprint) return;
    await http.service.completeReplay(idempotency, await presentAnswer(record));
  }

  /** The change is stored, so a failing store must not turn the response into an error. */
  async function keep(answer: Answer): Promise<void> {
    if (!request.answerKept)
      await http.afterwards.write(request.log, notKept, () => http.service.completeReplay(idempotency, answer));
  }
}

const notKept = 'the answer to an idempotency key was not kept';

/** The key as it is stored: a record of an earlier version may have the caller's former name. */
export async function keyAsStored(
  http: HttpContext,
  request: FastifyRequest,
  key: IdempotencyKey,
): Promise<IdempotencyKey> {
  return recordNames(request).length === 1 ? key : (await findRecord(http, request, key)).idempotency;
}

/** Finds the record of a key under the present and former names of the caller, and the key with the name that matched. */
async function findRecord(
  http: HttpContext,
  request: FastifyRequest,
  key: IdempotencyKey,
): Promise<{ readonly known: IdempotencyRecord | null; readonly idempotency: IdempotencyKey }> {
  for (const caller of recordNames(request)) {
    const idempotency = { ...key, caller };
    const known = await http.service.findReplay(idempotency);
    if (known !== null) return { known, idempotency };
  }
  return { known: null, idempotency: key };
}

/** Throws `not_found` if the caller may no longer see the resource. For a deleted resource the account in the stored response decides. */
async function requirePresentGrant(
  http: HttpContext,
  request: FastifyRequest,
  { resource, answer }: IdempotencyRecord,
): Promise<void> {
  const context = requestContext(request);
  if (hasGrant(context, '*')) return;
  try {
    await http.service.get(resource.id, context);
  } catch (error) {
    const account = answer === null ? null : accountIn(answer);
    if (account === null || !hasGrant(context, account) || !(error instanceof Problem)) throw error;
  }
}

function accountIn({ body }: Answer): string | null {
  const { account } = JSON.parse(body) as { readonly account?: unknown };
  return typeof account === 'string' ? account : null;
}

/** The idempotency key of a POST, bound to its caller and content; null: none. Throws `invalid_request` for a malformed key. */
export function idempotencyOf(request: FastifyRequest): IdempotencyKey | null {
  const key = readIdempotencyKey(headerText(request.headers['idempotency-key']));
  if (key === null) return null;
  const fingerprint = requestFingerprint(request.method, request.url, request.body);
  return { caller: requestContext(request).caller, key, fingerprint };
}

/**
 * Whether the problem belongs to a migration that this request stored. `target_busy` and `idempotency_in_progress` name another request's
 * migration.
 */
function storedSomething(error: unknown): error is Problem {
  const stored = error instanceof Problem && error.extras.members?.migrationId !== undefined;
  return stored && error.code !== 'target_busy' && error.code !== 'idempotency_in_progress';
}

function firstAnswer(result: Answer | Replay): Answer {
  if ('replay' in result) throw new Error('a replay without an idempotency key');
  return result;
}
