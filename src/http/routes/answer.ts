import type { FastifyReply } from 'fastify';
import type { Backup, Migration } from '../../domain/migration.ts';
import { entityTag, representBackup } from '../../domain/representation.ts';
import type { StoredAnswer } from '../../domain/store.ts';
import { type MigrationState, terminalStates } from '../../domain/vocabulary.ts';
import type { HttpContext } from '../app-types.ts';
import { notModified, type TagCondition } from '../request/entity-tag.ts';

/** A response as text, so that it can be repeated exactly. */
export type Answer = StoredAnswer;

/** Cache control for responses with an entity tag. A proxy that compresses one weakens the tag, and a weak tag never matches `If-Match`. */
export const taggedCaching = 'private, no-cache, no-transform';

export const jsonMediaType = 'application/json; charset=utf-8';

/** `Retry-After` by state, in seconds. */
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

/** `Retry-After` of a chain that waits for its caller, in seconds. */
const restSeconds = 30;

function isAtRest({ state, backups }: Migration): boolean {
  return state === 'awaiting_backup' && !backups.some((backup) => ['queued', 'submitting'].includes(backup.state));
}

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': jsonMediaType, ...headers }, body: JSON.stringify(value) };
}

/** A migration with its entity tag. `Retry-After` is set unless the migration has ended or `status` is 201. */
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

/** The URL of a migration. `base`: prefix of the request's links. */
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

/** Sends the response, or 304 if `If-None-Match` matches its entity tag. */
export function sendUnlessKnown(reply: FastifyReply, answer: Answer, condition: TagCondition | null): FastifyReply {
  const { 'content-type': _type, ...rest } = answer.headers;
  if (!notModified(condition, (rest.etag ?? '').slice(1, -1))) return sendAnswer(reply, answer);
  return reply.code(304).headers(rest).send();
}

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}
