import type { Kysely, Selectable } from 'kysely';
import type { AuditEntry, AuditFilter, AuditRecord, NewAuditRecord } from '../domain/audit.ts';
import type { Migration } from '../domain/migration.ts';
import type { SettledAnswer } from '../domain/store.ts';
import { idOfPosition, positionOfId } from './event-id.ts';
import type { AuditTable, Tables } from './tables.ts';
import { jsonObject, type UnreadableRecords } from './unreadable.ts';

const prefix = 'aud_';

/** Writes a record, over the one of the same id if there is one. There is no statement that removes a record. */
export async function writeAudit(db: Kysely<Tables>, { id, ...record }: NewAuditRecord): Promise<void> {
  const { at, caller, account, migrationId, ...rest } = record;
  const columns = { caller, account, migration_id: migrationId, data: JSON.stringify(rest) };
  await db
    .insertInto('audit')
    .values({ id: id ?? null, at, ...columns })
    .$if(id !== undefined, (query) => query.onConflict((conflict) => conflict.column('id').doUpdateSet(columns)))
    .execute();
}

/** Writes the record of a change of a migration in its transaction. `settled`: the answer, where it is certain already. */
export function writeAuditOf(
  db: Kysely<Tables>,
  entry: AuditEntry | undefined,
  { id, account, target }: Migration,
  settled: SettledAnswer | null,
): Promise<void> {
  if (entry === undefined) return Promise.resolve();
  return writeAudit(db, {
    ...entry,
    account,
    instanceId: target.instanceId,
    migrationId: id,
    ...(settled && { status: settled.answer.status, outcome: settled.outcome }),
  });
}

/** `AuditLog.listAudit`. A text after which no record can stand gives nothing. */
export async function listAudit(
  db: Kysely<Tables>,
  unreadable: UnreadableRecords,
  filter: AuditFilter,
  page: { readonly size: number; readonly after?: string },
): Promise<readonly AuditRecord[]> {
  if (filter.visibleAccounts?.length === 0) return [];
  let query = db.selectFrom('audit').selectAll().orderBy('position', 'desc').limit(page.size);
  if (page.after !== undefined) {
    const position = await placeInLog(db, page.after);
    if (position === null) return [];
    query = query.where('position', '<', position);
  }
  if (filter.caller !== undefined) query = query.where('caller', '=', filter.caller);
  if (filter.migrationId !== undefined) query = query.where('migration_id', '=', filter.migrationId);
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
  if (filter.visibleAccounts !== undefined) query = query.where('account', 'in', filter.visibleAccounts);
  const rows = await query.execute();
  return unreadable.readable(rows, readRecord);
}

/** Where a record stands; null: nowhere. */
async function placeInLog(db: Kysely<Tables>, id: string): Promise<number | null> {
  const row = await db.selectFrom('audit').select('position').where('id', '=', id).executeTakeFirst();
  if (row !== undefined) return row.position;
  const position = positionOfId(prefix, id);
  return position === Number.MAX_SAFE_INTEGER ? null : position;
}

function readRecord({ position, migration_id, data, ...row }: Selectable<AuditTable>): AuditRecord {
  const id = row.id ?? idOfPosition(prefix, position);
  return {
    ...row,
    id,
    migrationId: migration_id,
    // Not known to older records.
    webhookId: null,
    replayed: false,
    count: 1,
    ...jsonObject('audit', id, data),
  } as AuditRecord;
}

/** `AuditLog.placeOf`. */
export async function placeOf(
  db: Kysely<Tables>,
  migrationId: string,
): Promise<{ readonly account: string; readonly instanceId: string } | null> {
  const row = await db
    .selectFrom('migrations')
    .select(['account', 'instance_id as instanceId'])
    .where('id', '=', migrationId)
    .executeTakeFirst();
  return row ?? null;
}
