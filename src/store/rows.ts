import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { eventsBetween, type MigrationEvent } from '../domain/event.ts';
import type { Migration } from '../domain/migration.ts';
import {
  aggregateColumns,
  type PartsChange,
  partsChange,
  type StoredMigration,
  sealsIn,
  vendorIdsOf,
} from './documents.ts';
import { eventId } from './event-id.ts';
import { keepFolder } from './feeds.ts';
import type { Session } from './session.ts';
import type { EventRow, EventsTable, Tables } from './tables.ts';
import { isTerminal, targetClaim } from './target.ts';
import { jsonObject } from './unreadable.ts';

/** Rows per insert: far below the number of parameters that either database takes. */
const batchSize = 500;

/** Migrations with their backups and calls in one statement, so what is read is of one moment without a transaction. */
export function selectMigrations(
  db: Kysely<Tables>,
): SelectQueryBuilder<Tables, 'migrations', Omit<StoredMigration, never>> {
  return db
    .selectFrom('migrations')
    .select([
      'id',
      'document',
      'provider',
      'account',
      'region',
      'state',
      'name',
      'instance_id',
      'created_at',
      'due_at',
      'lease_owner',
      'lease_until',
      'fence',
      'version',
      'occupies_instance',
      'waits_for_instance',
      joinedParts('backups').as('backups'),
      joinedParts('calls').as('calls'),
    ]);
}

function joinedParts(table: 'backups' | 'calls') {
  return sql<string | null>`(
    select string_agg(cast(part.document as text), ',' order by part.position)
    from ${sql.table(table)} as part where part.migration_id = migrations.id)`;
}

/** Writes all rows of a new migration, held by the lease. */
export async function insertMigration(
  session: Session,
  migration: Migration,
  lease: { readonly owner: string; readonly now: number; readonly leaseMs: number; readonly token: number },
): Promise<void> {
  const { db, dialect } = session;
  await db
    .insertInto('migrations')
    .values({
      id: migration.id,
      ...aggregateColumns(migration),
      lease_owner: lease.owner,
      lease_until: sql<number>`${dialect.leaseClock(lease.now)} + ${Math.ceil(lease.leaseMs)}`,
      fence: lease.token,
    })
    .execute();
  await writeParts(db, 'backups', migration.id, partsChange([], migration.backups));
  await writeParts(db, 'calls', migration.id, partsChange([], migration.calls));
  await writeLabels(db, null, migration);
  await holdTarget(db, migration);
  await keepFolder(db, null, migration);
}

/** What becomes of the lease with a change; nothing when it stays. */
export interface LeaseChange {
  readonly lease_owner?: null;
  readonly lease_until?: null | RawBuilder<number>;
}

/** Writes the rows in which `after` differs from `before`. */
export async function saveMigration(
  db: Kysely<Tables>,
  before: Migration,
  after: Migration,
  lease: LeaseChange,
): Promise<void> {
  const { vendor_ids, ...columns } = aggregateColumns(after);
  const idsChanged = JSON.stringify(vendorIdsOf(before)) !== vendor_ids;
  await db
    .updateTable('migrations')
    .set({ ...columns, ...(idsChanged && { vendor_ids }), ...lease })
    .where('id', '=', after.id)
    .execute();
  await writeParts(db, 'backups', after.id, partsChange(before.backups, after.backups));
  await writeParts(db, 'calls', after.id, partsChange(before.calls, after.calls));
  await writeLabels(db, before, after);
  await keepFolder(db, before, after);
  if (isTerminal(after) && !isTerminal(before)) await releaseTarget(db, after.id);
  else if (!isTerminal(after) && targetChanged(before, after)) {
    await releaseTarget(db, after.id);
    await holdTarget(db, after);
  }
}

/** Whether the targets that `after` holds have to be checked again. */
export function targetChanged(before: Migration, after: Migration): boolean {
  return isTerminal(before) || JSON.stringify(targetClaim(before)) !== JSON.stringify(targetClaim(after));
}

async function writeParts(
  db: Kysely<Tables>,
  table: 'backups' | 'calls',
  migrationId: string,
  change: PartsChange,
): Promise<void> {
  if (change.shorter)
    await db.deleteFrom(table).where('migration_id', '=', migrationId).where('position', '>=', change.length).execute();
  for (const batch of batches(change.put))
    await db
      .insertInto(table)
      .values(
        batch.map((part) => ({
          migration_id: migrationId,
          ...part,
          ...(table === 'backups' && { seals: sealsIn(part.document) }),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['migration_id', 'position']).doUpdateSet((excluded) => ({
          document: excluded.ref('excluded.document'),
          ...(table === 'backups' && { seals: sql<string | null>`excluded.seals` }),
        })),
      )
      .execute();
}

async function writeLabels(db: Kysely<Tables>, before: Migration | null, after: Migration): Promise<void> {
  if (before !== null) {
    if (JSON.stringify(before.labels) === JSON.stringify(after.labels)) return;
    await db.deleteFrom('labels').where('migration_id', '=', after.id).execute();
  }
  const rows = Object.entries(after.labels).map(([key, value]) => ({ migration_id: after.id, key, value }));
  for (const batch of batches(rows)) await db.insertInto('labels').values(batch).execute();
}

async function holdTarget(db: Kysely<Tables>, migration: Migration): Promise<void> {
  if (isTerminal(migration)) return;
  const claim = targetClaim(migration);
  const rows = [...claim.names, ...claim.sources].map((key) => ({
    migration_id: migration.id,
    account: migration.account,
    instance_id: migration.target.instanceId,
    key,
    names_databases: claim.namesDatabases ? 1 : 0,
  }));
  for (const batch of batches(rows)) await db.insertInto('active_targets').values(batch).execute();
}

async function releaseTarget(db: Kysely<Tables>, migrationId: string): Promise<void> {
  await db.deleteFrom('active_targets').where('migration_id', '=', migrationId).execute();
}

/** The rows of the events that a change is. */
export function eventRows(before: Migration | null, after: Migration): readonly EventRow[] {
  return eventsBetween(before, after).map((event) => ({
    migration_id: event.migrationId,
    account: event.account,
    type: event.type,
    at: event.at,
    data: JSON.stringify(event.data),
  }));
}

/** Appends events where no other transaction can append at the same time: on SQLite. */
export async function insertEvents(db: Kysely<Tables>, rows: readonly EventRow[]): Promise<void> {
  const salt = sql<string>`substr(lower(hex(randomblob(7))), 1, 13)`;
  for (const batch of batches(rows))
    await db
      .insertInto('events')
      .values(batch.map((row) => ({ ...row, salt })))
      .execute();
}

type StoredEvent = Omit<EventsTable, 'position'> & { readonly position: number };

/** An event as it was stored. Throws `UnreadableRecord`. */
export function readEvent(row: StoredEvent): MigrationEvent {
  const data = jsonObject('events', String(row.position), row.data);
  return { ...eventWithoutData(row), data: data as MigrationEvent['data'] };
}

/** What can be told of an event whose data cannot be read: the log goes on behind it. */
export function eventWithoutData(row: StoredEvent): MigrationEvent {
  return {
    id: eventId(row),
    migrationId: row.migration_id,
    account: row.account,
    type: row.type as MigrationEvent['type'],
    at: row.at,
    data: {},
  };
}

/** Rows in portions that one insert takes. */
export function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize);
}
