import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { isId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import {
  type IdempotencyKey,
  type IdempotencyRecord,
  type Resource,
  type StoredAnswer,
  UnreadableRecord,
} from '../domain/store.ts';
import type { Session, SqlDialect } from './session.ts';
import { statement } from './statement.ts';
import type { Tables } from './tables.ts';
import { jsonObject } from './unreadable.ts';

/** A record as it is stored. `process`: which process stored it; absent in records that are older than that. */
type KeyDocument = Omit<IdempotencyRecord, 'heldBy'> & { readonly process?: string };

/** The record of a caller's key, or null. */
export async function findKey(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  caller: string,
  key: string,
): Promise<IdempotencyRecord | null> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select('document')
    .where('digest', '=', keyDigest({ caller, key }))
    .executeTakeFirst();
  return row === undefined ? null : recordOf(db, dialect, { caller, key }, row.document);
}

/** The same in a transaction. */
export async function findKeyIn(session: Session, key: CallersKey): Promise<IdempotencyRecord | null> {
  const [row] = await session.rows(selectKey, { digest: keyDigest(key) });
  return row === undefined ? null : recordOf(session.db, session.dialect, key, row.document);
}

export type CallersKey = Pick<IdempotencyKey, 'caller' | 'key'>;

const selectKey = statement((db, key: { readonly digest: string }) =>
  db.selectFrom('idempotency_keys').select('document').where('digest', '=', key.digest),
);

/** The record of a key in its document. Throws `UnreadableRecord`. */
export async function recordOf(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  key: CallersKey,
  document: string,
): Promise<IdempotencyRecord> {
  const { process, ...record } = readKey(keyDigest(key), document);
  if (process === dialect.process) return { ...record, heldBy: 'this_process' };
  const awaited = record.answer === null && (await dialect.processLives(db, process));
  return { ...record, heldBy: awaited ? 'another_process' : 'nobody' };
}

/**
 * Stores a key that `findKeyIn` has not found, with its answer where that is certain already. Where another transaction stores it at the same time,
 * one of the two fails, and finds it when it is run again.
 */
export function storeKey(
  session: Session,
  key: IdempotencyKey,
  resource: Resource,
  createdAt: number,
  answer: StoredAnswer | null = null,
): void {
  const document = documentOf(session, key, resource, createdAt, answer);
  session.run(insertKey, { digest: keyDigest(key), document, createdAt });
}

function documentOf(
  { dialect }: Session,
  { caller, key, fingerprint }: IdempotencyKey,
  resource: Resource,
  createdAt: number,
  answer: StoredAnswer | null,
): string {
  const record: KeyDocument = { caller, key, fingerprint, resource, answer, createdAt, process: dialect.process };
  return JSON.stringify(record);
}

/** Adds the answer to the key that this process has stored with that migration. The first answer stays. */
export function answerOwnKey(session: Session, key: IdempotencyKey, stored: Migration, answer: StoredAnswer): void {
  const document = (given: StoredAnswer | null) =>
    documentOf(session, key, { type: 'migration', id: stored.id }, stored.createdAt, given);
  session.run(answerUnanswered, { digest: keyDigest(key), unanswered: document(null), answered: document(answer) });
}

const answerUnanswered = statement(
  (db, key: { readonly digest: string; readonly unanswered: string; readonly answered: string }) =>
    db
      .updateTable('idempotency_keys')
      .set({ document: key.answered })
      .where('digest', '=', key.digest)
      .where(sql<boolean>`cast(document as text) = ${key.unanswered}`),
);

const insertKey = statement(
  (db, key: { readonly digest: string; readonly document: string; readonly createdAt: number }) =>
    db.insertInto('idempotency_keys').values({
      digest: key.digest,
      document: key.document,
      created_at: key.createdAt,
    }),
);

/** A key as it is stored, before it is known what is answered. */
export interface UnansweredKey {
  readonly digest: string;
  readonly document: string;
}

/** The row of a key that may be answered by the transaction; null: there is none. */
export async function lockKey(session: Session, key: CallersKey): Promise<UnansweredKey | null> {
  const named = { digest: keyDigest(key) };
  const [row] = await session.rows(selectKeyForUpdate, named);
  return row === undefined ? null : { ...named, ...row };
}

const selectKeyForUpdate = statement((db, key: { readonly digest: string }, dialect) =>
  db
    .selectFrom('idempotency_keys')
    .select('document')
    .where('digest', '=', key.digest)
    .$if(dialect.rowLocks, (query) => query.forUpdate()),
);

/** Adds the answer to a key that has none. The first answer stays. */
export function answerKey(session: Session, key: UnansweredKey | null, answer: StoredAnswer): void {
  if (key === null) return;
  const record = readKey(key.digest, key.document);
  if (record.answer !== null) return;
  session.run(updateKey, { digest: key.digest, document: JSON.stringify({ ...record, answer }) });
}

const updateKey = statement((db, key: UnansweredKey) =>
  db.updateTable('idempotency_keys').set({ document: key.document }).where('digest', '=', key.digest),
);

/** Deletes up to `limit` keys older than `before`. */
export async function expireKeys(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where('digest', 'in', (query) =>
      query
        .selectFrom('idempotency_keys as old')
        .select('old.digest')
        .where('old.created_at', '<', before)
        .orderBy('old.created_at')
        .limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Before there were webhooks, and in processes of that version, a record named the migration, or the webhook, in `migrationId`. */
function readKey(id: string, text: string): KeyDocument {
  const document = jsonObject('idempotency_keys', id, text) as unknown as KeyDocument & {
    readonly migrationId?: string;
  };
  const { migrationId, ...record } = document;
  const named = typeof migrationId === 'string' || typeof record.resource?.id === 'string';
  if (!named || typeof record.fingerprint !== 'string')
    throw new UnreadableRecord('idempotency_keys', id, 'lacks a member');
  if (migrationId === undefined) return record;
  return { ...record, resource: { type: isId('whk', migrationId) ? 'webhook' : 'migration', id: migrationId } };
}

export function keyDigest({ caller, key }: CallersKey): string {
  return hash('sha256', JSON.stringify([caller, key]));
}
