import type { Kysely, Selectable } from 'kysely';
import type { AuditFilter, AuditRecord, NewAuditRecord } from '../domain/audit.ts';
import { idOfPosition, positionOfId } from './event-id.ts';
import type { AuditTable, Tables } from './tables.ts';
import { jsonObject, type UnreadableRecords } from './unreadable.ts';

const prefix = 'aud_';

/** `AuditLog.appendAudit`. There is no statement that changes or removes a record. */
export async function appendAudit(db: Kysely<Tables>, record: NewAuditRecord): Promise<void> {
  const { at, caller, account, migrationId, ...rest } = record;
  const row = { at, caller, account, migration_id: migrationId, data: JSON.stringify(rest) };
  await db.insertInto('audit').values(row).execute();
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
    const position = positionOfId(prefix, page.after);
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

function readRecord({ position, migration_id, data, ...row }: Selectable<AuditTable>): AuditRecord {
  const id = idOfPosition(prefix, position);
  return {
    id,
    ...row,
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
