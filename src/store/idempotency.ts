import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { isId } from '../domain/ids.ts';
import {
  type IdempotencyKey,
  type IdempotencyRecord,
  type Resource,
  type StoredAnswer,
  UnreadableRecord,
} from '../domain/store.ts';
import type { Session, SqlDialect } from './session.ts';
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
    .where('digest', '=', digest(caller, key))
    .executeTakeFirst();
  if (row === undefined) return null;
  const { process, ...record } = readKey(digest(caller, key), row.document);
  if (process === dialect.process) return { ...record, heldBy: 'this_process' };
  const awaited = record.answer === null && (await dialect.processLives(db, process));
  return { ...record, heldBy: awaited ? 'another_process' : 'nobody' };
}

/** Stores a key, with its answer where that is certain already. A record that is there already wins, also one that another transaction is just storing, and is returned. */
export async function claimKey(
  { db, dialect }: Session,
  key: IdempotencyKey,
  resource: Resource,
  createdAt: number,
  answer: StoredAnswer | null = null,
): Promise<IdempotencyRecord | null> {
  const record: KeyDocument = {
    caller: key.caller,
    key: key.key,
    fingerprint: key.fingerprint,
    resource,
    answer,
    createdAt,
    process: dialect.process,
  };
  const inserted = await db
    .insertInto('idempotency_keys')
    .values({ digest: digest(key.caller, key.key), document: JSON.stringify(record), created_at: createdAt })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .returning('digest')
    .executeTakeFirst();
  return inserted === undefined ? findKey(db, dialect, key.caller, key.key) : null;
}

/** Adds the answer to a key that has none. The first answer stays. */
export async function answerKey(
  { db, dialect }: Session,
  caller: string,
  key: string,
  answer: StoredAnswer,
): Promise<void> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select('document')
    .where('digest', '=', digest(caller, key))
    .$if(dialect.rowLocks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) return;
  const record = readKey(digest(caller, key), row.document);
  if (record.answer !== null) return;
  await db
    .updateTable('idempotency_keys')
    .set({ document: JSON.stringify({ ...record, answer }) })
    .where('digest', '=', digest(caller, key))
    .execute();
}

/** Forgets keys older than `before`. */
export async function expireKeys(db: Kysely<Tables>, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', before)
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

function digest(caller: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('hex');
}
