import type { FastifyReply } from 'fastify';
import type { Backup, Migration } from '../../domain/migration.ts';
import { entityTag, representBackup } from '../../domain/representation.ts';
import type { StoredAnswer } from '../../domain/store.ts';
import { type MigrationState, terminalStates } from '../../domain/vocabulary.ts';
import type { HttpContext } from '../app-types.ts';
import { notModified, type TagCondition } from '../request/entity-tag.ts';

/** An answer as bytes, so that it can be repeated exactly. */
export type Answer = StoredAnswer;

/** For answers with an entity tag: a proxy that compresses one makes the tag weak, which no `If-Match` takes. */
export const taggedCaching = 'private, no-cache, no-transform';

export const jsonMediaType = 'application/json; charset=utf-8';

/** Seconds after which a look is worth it, by state. */
const lookAgainSeconds: Readonly<Record<MigrationState, number>> = {
  pending: 2,
  restoring: 5,
  awaiting_backup: 5,
  cutting_over: 2,
  cancelling: 2,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
};

/** A chain at rest waits for its caller. */
const restSeconds = 30;

function isAtRest({ state, backups }: Migration): boolean {
  return state === 'awaiting_backup' && !backups.some((backup) => ['queued', 'submitting'].includes(backup.state));
}

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': jsonMediaType, ...headers }, body: JSON.stringify(value) };
}

/** A migration with its entity tag, and `Retry-After` while it is on its way. */
export function migrationAnswer(
  http: HttpContext,
  migration: Migration,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  extent: 'short' | 'whole' = 'short',
): Answer {
  const moving = !terminalStates.includes(migration.state) && status !== 201;
  return jsonAnswer(status, http.represent(migration, extent), {
    etag: entityTag(migration),
    'cache-control': taggedCaching,
    ...(moving && { 'retry-after': String(isAtRest(migration) ? restSeconds : lookAgainSeconds[migration.state]) }),
    ...headers,
  });
}

/** The URL of a migration. `base`: of the request. */
function migrationPath(base: string, migration: Pick<Migration, 'id'>): string {
  return `${base}/migrations/${migration.id}`;
}

export function newMigrationAnswer(http: HttpContext, base: string, migration: Migration, accepted: boolean): Answer {
  return migrationAnswer(http, migration, accepted ? 201 : 202, { location: migrationPath(base, migration) });
}

export function newBackupAnswer(base: string, migration: Migration, backup: Backup): Answer {
  return jsonAnswer(201, representBackup(backup), {
    location: `${migrationPath(base, migration)}/backups/${backup.id}`,
  });
}

/** Sends the answer, or 304 where `If-None-Match` says that the caller has it. */
export function sendUnlessKnown(reply: FastifyReply, answer: Answer, condition: TagCondition | null): FastifyReply {
  const { 'content-type': _type, ...rest } = answer.headers;
  if (!notModified(condition, (rest.etag ?? '').slice(1, -1))) return sendAnswer(reply, answer);
  return reply.code(304).headers(rest).send();
}

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}
