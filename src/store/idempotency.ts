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

/** A record in its stored form. `process`: the process that stored it; absent in older records. */
type KeyDocument = Omit<IdempotencyRecord, 'heldBy'> & { readonly process?: string };

/** `Store.findIdempotencyKey`. */
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

/** The record of a key, read inside a transaction; null: unknown key. */
export async function findKeyIn(session: Session, key: CallersKey): Promise<IdempotencyRecord | null> {
  const [row] = await session.rows(selectKey, { digest: keyDigest(key) });
  return row === undefined ? null : recordOf(session.db, session.dialect, key, row.document);
}

/** A key and its caller, which together are unique. */
export type CallersKey = Pick<IdempotencyKey, 'caller' | 'key'>;

const selectKey = statement((db, key: { readonly digest: string }) =>
  db.selectFrom('idempotency_keys').select('document').where('digest', '=', key.digest),
);

/** The record in a key's document. Throws `UnreadableRecord`. */
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
 * Stores a key that `findKeyIn` has not found, with the response if it is already known. If two transactions store the same key at the same
 * time, one fails, is repeated, and finds the key.
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

/** Adds the response to a key that this process has stored with this migration. An earlier response stays. */
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

/** The row of a key. */
export interface UnansweredKey {
  readonly digest: string;
  readonly document: string;
}

/** The row of a key, locked so that the transaction can add the response; null: unknown key. */
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

/** Adds the response to a key without one. An earlier response stays. */
export function answerKey(session: Session, key: UnansweredKey | null, answer: StoredAnswer): void {
  if (key === null) return;
  const record = readKey(key.digest, key.document);
  if (record.answer !== null) return;
  session.run(updateKey, { digest: key.digest, document: JSON.stringify({ ...record, answer }) });
}

const updateKey = statement((db, key: UnansweredKey) =>
  db.updateTable('idempotency_keys').set({ document: key.document }).where('digest', '=', key.digest),
);

/** `Store.expireIdempotencyKeys`. */
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

/** Reads a document. Older versions store the id of the migration or webhook in `migrationId`. Throws `UnreadableRecord`. */
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

/** The primary key of a row: a digest of fixed length. */
export function keyDigest({ caller, key }: CallersKey): string {
  return hash('sha256', JSON.stringify([caller, key]));
}
