import type { Kysely, Selectable } from 'kysely';
import type { AuditEntry, AuditFilter, AuditRecord, NewAuditRecord } from '../domain/audit.ts';
import type { Migration } from '../domain/migration.ts';
import type { SettledAnswer } from '../domain/store.ts';
import { idOfPosition, positionOfId } from './event-id.ts';
import { mergedRanges } from './ranges.ts';
import type { Session, SqlDialect } from './session.ts';
import { statement } from './statement.ts';
import type { AuditTable, Tables } from './tables.ts';
import { jsonObject, type UnreadableRecords } from './unreadable.ts';

const prefix = 'aud_';

/** Adds a record, or replaces the data of the one with the same id. No statement deletes a record. */
export function writeAudit(session: Session, { id, ...record }: NewAuditRecord): void {
  const { at, caller, account, migrationId, ...rest } = record;
  session.run(putRecord, { id: id ?? null, at, caller, account, migrationId, data: JSON.stringify(rest) });
}

interface RecordValues {
  readonly id: string | null;
  readonly at: number;
  readonly caller: string | null;
  readonly account: string | null;
  readonly migrationId: string | null;
  readonly data: string;
}

const putRecord = statement((db, record: RecordValues) =>
  db
    .insertInto('audit')
    .values({
      id: record.id,
      at: record.at,
      caller: record.caller,
      account: record.account,
      migration_id: record.migrationId,
      data: record.data,
    })
    .onConflict((conflict) =>
      // Caller, account and migration were stored with the first version and stay.
      conflict.column('id').doUpdateSet((excluded) => ({ data: excluded.ref('excluded.data') })),
    ),
);

/** Adds the record of a change of a migration, in its transaction. `settled`: the response, if it is already known. */
export function writeAuditOf(
  session: Session,
  entry: AuditEntry | undefined,
  { id, account, target }: Migration,
  settled: SettledAnswer | null,
): void {
  if (entry === undefined) return;
  writeAudit(session, {
    ...entry,
    account,
    instanceId: target.instanceId,
    migrationId: id,
    ...(settled && { status: settled.answer.status, outcome: settled.outcome }),
  });
}

/**
 * `AuditLog.listAudit`: ordered by time of the request and, within a millisecond, by order of writing, so that `since` is one range of an
 * index. An unknown id in `after` gives an empty page.
 */
export async function listAudit(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  unreadable: UnreadableRecords,
  filter: AuditFilter,
  page: { readonly size: number; readonly after?: string },
): Promise<readonly AuditRecord[]> {
  const { caller, migrationId, since, visibleAccounts } = filter;
  const after = page.after === undefined ? null : await placeInLog(db, page.after);
  if (page.after !== undefined && after === null) return [];
  const range = () => {
    let query = db.selectFrom('audit').selectAll();
    if (after !== null)
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('at', 'position'), '<', tuple(after.at, after.position)),
      );
    if (since !== undefined) query = query.where('at', '>=', since);
    // A migration has fewer records than a caller, so its index is used.
    if (migrationId !== undefined) query = query.where('migration_id', '=', migrationId);
    if (caller !== undefined)
      query = query.where(({ eb, ref }) =>
        eb(migrationId === undefined ? ref('caller') : dialect.withoutIndex(ref('caller')), '=', caller),
      );
    return query;
  };
  const narrow = migrationId !== undefined || caller !== undefined;
  const accounts = visibleAccounts && [...new Set(visibleAccounts)];
  const ranges =
    accounts === undefined
      ? [range()]
      : narrow
        ? [range().where(({ eb, ref }) => eb(dialect.withoutIndex(ref('account')), 'in', accounts))]
        : accounts.map((account) => range().where('account', '=', account));
  const rows = await mergedRanges<Selectable<AuditTable>>(
    accounts?.length === 0 ? [] : ranges,
    { by: ['at', 'position'], direction: 'desc', size: page.size },
    (query) => query.execute(),
  );
  return unreadable.readable(rows, readRecord);
}

interface AuditPlace {
  readonly at: number;
  readonly position: number;
}

/** The place of a record in the order of lists; null: unknown id. */
async function placeInLog(db: Kysely<Tables>, id: string): Promise<AuditPlace | null> {
  const records = db.selectFrom('audit').select(['at', 'position']);
  const named = await records.where('id', '=', id).executeTakeFirst();
  if (named !== undefined) return named;
  const position = positionOfId(prefix, id);
  if (position === null) return null;
  return (await records.where('position', '=', position).where('id', 'is', null).executeTakeFirst()) ?? null;
}

function readRecord({ position, migration_id, data, ...row }: Selectable<AuditTable>): AuditRecord {
  const id = row.id ?? idOfPosition(prefix, position);
  return {
    ...row,
    id,
    migrationId: migration_id,
    // Defaults for older records, which lack these members.
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
