import { type ColumnDataType, type Expression, type Kysely, sql } from 'kysely';
import { type MigrationProvider, Migrator } from 'kysely/migration';
import { StoreUnavailable } from '../domain/store.ts';
import { sealsIn } from './documents.ts';
import { listIndexes } from './list-indexes.ts';
import { removedEventsTable } from './removed-events.ts';
import { replicasTable } from './replicas.ts';
import { lockSchema, prepareVersionTables, schemaOf, versionLockTable, versionTable } from './schema-version-tables.ts';
import { slowDownsTable } from './slow-downs.ts';
import type { Tables } from './tables.ts';

/** The column types in which the databases differ. */
export interface ColumnTypes {
  /** Compared bytewise, so that ids sort as in JavaScript. */
  readonly id: Expression<string>;
  /** JSON as text, stored as written. */
  readonly json: ColumnDataType;
}

export const sqliteColumns: ColumnTypes = { id: sql`text`, json: 'text' };
/** `json`, because `jsonb` rejects NUL and lone surrogates, which a vendor's text may contain, and reorders keys. */
export const postgresColumns: ColumnTypes = { id: sql`text collate "C"`, json: 'json' };

/** The schema versions in order. A released version never changes; each change is a new version. */
function schemaVersions(types: ColumnTypes, kind: 'sqlite' | 'postgres'): MigrationProvider {
  return {
    getMigrations: async () => ({
      '0001_initial': { up: (db: Kysely<Tables>) => initial(db, types, kind) },
      '0002_statistics': { up: statistics },
      '0003_audit': { up: (db: Kysely<Tables>) => audit(db, types, kind) },
      '0004_webhooks': { up: (db: Kysely<Tables>) => webhooks(db, types, kind) },
      '0005_removed_vendor_ids': { up: (db: Kysely<Tables>) => removedVendorIds(db, types) },
      '0006_due_work': { up: dueWork },
      '0007_feeds': { up: (db: Kysely<Tables>) => feeds(db, types) },
      '0008_audit_ids': { up: (db: Kysely<Tables>) => auditIds(db, types) },
      '0009_seals': { up: seals },
      '0010_event_salts': { up: eventSalts },
      '0011_list_indexes': { up: listIndexes },
      '0012_replicas': { up: (db: Kysely<Tables>) => replicasTable(db, types.id) },
      '0013_slow_downs': { up: (db: Kysely<Tables>) => slowDownsTable(db, types.id) },
      '0014_removed_events': { up: removedEventsTable },
    }),
  };
}

/**
 * Migrates the schema to the latest version in one transaction. Several processes may call it at once; one migrates while the others wait.
 * Rejects with `StoreUnavailable` if a newer version has written the database.
 */
export async function migrateSchema(
  db: Kysely<Tables>,
  types: ColumnTypes,
  kind: 'sqlite' | 'postgres',
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    if (kind === 'postgres') await lockSchema(transaction);
    const schema = kind === 'postgres' ? await schemaOf(transaction) : null;
    await prepareVersionTables(transaction, schema);
    const { error } = await new Migrator({
      db: transaction,
      provider: schemaVersions(types, kind),
      migrationTableName: versionTable,
      migrationLockTableName: versionLockTable,
      ...(schema === null ? {} : { migrationTableSchema: schema }),
    }).migrateToLatest();
    if (error === undefined) return;
    if (error instanceof Error && error.message.startsWith('corrupted migrations'))
      throw new StoreUnavailable(`the store was written by another version of Godwit: ${error.message}`, {
        cause: error,
      });
    throw error;
  });
}

async function audit(db: Kysely<Tables>, { id, json }: ColumnTypes, kind: 'sqlite' | 'postgres'): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('position', kind === 'sqlite' ? 'integer' : 'bigint', (column) =>
      kind === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('caller', 'text')
    .addColumn('account', 'text')
    .addColumn('migration_id', id)
    .addColumn('data', json, (column) => column.notNull())
    .execute();
  await index(db, 'audit_by_caller', 'audit', ['caller', 'position']).execute();
  await index(db, 'audit_by_migration', 'audit', ['migration_id', 'position']).execute();
}

async function initial(db: Kysely<Tables>, { id, json }: ColumnTypes, kind: 'sqlite' | 'postgres'): Promise<void> {
  await db.schema
    .createTable('migrations')
    .addColumn('id', id, (column) => column.primaryKey())
    .addColumn('document', json, (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('region', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('name', 'text')
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('fence', 'bigint', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('occupies_instance', 'integer', (column) => column.notNull())
    .addColumn('waits_for_instance', 'integer', (column) => column.notNull())
    .addColumn('vendor_ids', json, (column) => column.notNull())
    .execute();
  await index(db, 'migrations_by_due', 'migrations', ['due_at', 'id']).where('due_at', 'is not', null).execute();
  await index(db, 'migrations_by_instance', 'migrations', ['account', 'instance_id']).execute();
  await index(db, 'migrations_by_account', 'migrations', ['account', 'id']).execute();
  await index(db, 'migrations_by_state', 'migrations', ['state', 'id']).execute();
  await index(db, 'migrations_occupying', 'migrations', ['account', 'instance_id'])
    .unique()
    .where(sql.ref('occupies_instance'), '=', sql.lit(1))
    .execute();

  for (const table of ['backups', 'calls'] as const)
    await db.schema
      .createTable(table)
      .addColumn('migration_id', id, (column) => column.notNull().references('migrations.id').onDelete('cascade'))
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('document', json, (column) => column.notNull())
      .addPrimaryKeyConstraint(`${table}_pkey`, ['migration_id', 'position'])
      .execute();

  await db.schema
    .createTable('labels')
    .addColumn('migration_id', id, (column) => column.notNull().references('migrations.id').onDelete('cascade'))
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('labels_pkey', ['migration_id', 'key'])
    .execute();
  await index(db, 'labels_by_value', 'labels', ['key', 'value', 'migration_id']).execute();

  await db.schema
    .createTable('active_targets')
    .addColumn('migration_id', id, (column) => column.notNull().references('migrations.id').onDelete('cascade'))
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('names_databases', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('active_targets_pkey', ['migration_id', 'key'])
    .execute();
  await index(db, 'active_targets_by_key', 'active_targets', ['account', 'instance_id', 'key']).execute();

  await db.schema
    .createTable('events')
    .addColumn('position', kind === 'sqlite' ? 'integer' : 'bigint', (column) =>
      kind === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn('migration_id', id, (column) => column.notNull().references('migrations.id').onDelete('cascade'))
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('data', json, (column) => column.notNull())
    .execute();
  await index(db, 'events_by_migration', 'events', ['migration_id', 'position']).execute();
  await index(db, 'events_by_account', 'events', ['account', 'position']).execute();

  await db.schema
    .createTable('idempotency_keys')
    .addColumn('digest', 'text', (column) => column.primaryKey())
    .addColumn('document', json, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await index(db, 'idempotency_keys_by_age', 'idempotency_keys', ['created_at']).execute();
}

/** Columns for the counts of `Store.statistics`, and an index that contains them all. */
async function statistics(db: Kysely<Tables>): Promise<void> {
  await db.schema.alterTable('migrations').addColumn('state_reason', 'text').execute();
  await db.schema
    .alterTable('migrations')
    .addColumn('unknown_calls', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await index(db, 'migrations_counted', 'migrations', [
    'provider',
    'account',
    'state',
    'state_reason',
    'unknown_calls',
  ]).execute();
}

/** What a due migration needs first, so that claims can be fair. Existing rows count as `send` until they are written again. */
async function dueWork(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .alterTable('migrations')
    .addColumn('due_work', 'text', (column) => column.notNull().defaultTo('send'))
    .execute();
  await index(db, 'migrations_by_due_work', 'migrations', ['account', 'due_work', 'due_at', 'id'])
    .where('due_at', 'is not', null)
    .execute();
}

/** Watched folders and their objects. */
async function feeds(db: Kysely<Tables>, { id, json }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('migrations').addColumn('feed_folder', 'text').execute();
  await db.schema
    .alterTable('migrations')
    .addColumn('feed_watches', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await index(db, 'migrations_by_feed_folder', 'migrations', ['feed_folder'])
    .where('feed_folder', 'is not', null)
    .execute();
  await db.schema
    .createTable('feed_folders')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('region', 'text', (column) => column.notNull())
    .addColumn('bucket', 'text', (column) => column.notNull())
    .addColumn('prefix', 'text', (column) => column.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('scanned_at', 'bigint')
    .execute();
  await index(db, 'feed_folders_by_due', 'feed_folders', ['due_at']).where('due_at', 'is not', null).execute();
  await db.schema
    .createTable('feed_files')
    .addColumn('folder_id', 'text', (column) => column.notNull().references('feed_folders.id').onDelete('cascade'))
    .addColumn('object_key', id, (column) => column.notNull())
    .addColumn('document', json, (column) => column.notNull())
    .addPrimaryKeyConstraint('feed_files_pkey', ['folder_id', 'object_key'])
    .execute();
}

/** Ids of audit records. A record is stored with its change and completed with its response, so it needs an id before its position is known. */
async function auditIds(db: Kysely<Tables>, { id }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('audit').addColumn('id', id).execute();
  await index(db, 'audit_by_id', 'audit', ['id']).unique().execute();
}

/** The random digits of event ids. Existing events keep their ids. */
async function eventSalts(db: Kysely<Tables>): Promise<void> {
  await db.schema.alterTable('events').addColumn('salt', 'text').execute();
}

/** The versions and keys that texts are sealed with, to find them without reading documents. */
async function seals(db: Kysely<Tables>): Promise<void> {
  for (const table of ['backups', 'webhooks'] as const) {
    await db.schema.alterTable(table).addColumn('seals', 'text').execute();
    await index(db, `${table}_by_seals`, table, ['seals']).where('seals', 'is not', null).execute();
  }
  const sealed = sql<boolean>`cast(document as text) like '%"sealed":"%'`;
  const backups = await db.selectFrom('backups').select(['migration_id', 'position']).where(sealed).execute();
  for (const { migration_id, position } of backups) {
    const row = db.selectFrom('backups').where('migration_id', '=', migration_id).where('position', '=', position);
    const { document } = await row.select('document').executeTakeFirstOrThrow();
    await db
      .updateTable('backups')
      .set({ seals: sealsIn(document) })
      .where('migration_id', '=', migration_id)
      .where('position', '=', position)
      .execute();
  }
  for (const { id, document } of await db.selectFrom('webhooks').select(['id', 'document']).execute())
    await db
      .updateTable('webhooks')
      .set({ seals: sealsIn(document) })
      .where('id', '=', id)
      .execute();
}

async function webhooks(db: Kysely<Tables>, { id, json }: ColumnTypes, kind: 'sqlite' | 'postgres'): Promise<void> {
  await db.schema
    .createTable('webhooks')
    .addColumn('id', id, (column) => column.primaryKey())
    .addColumn('document', json, (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('webhook_accounts')
    .addColumn('webhook_id', id, (column) => column.notNull().references('webhooks.id').onDelete('cascade'))
    .addColumn('account', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('webhook_accounts_pkey', ['webhook_id', 'account'])
    .execute();
  await db.schema
    .createTable('deliveries')
    .addColumn('position', kind === 'sqlite' ? 'integer' : 'bigint', (column) =>
      kind === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn('webhook_id', id, (column) => column.notNull().references('webhooks.id').onDelete('cascade'))
    .addColumn('event_position', 'bigint', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('event', json, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('last_attempt_at', 'bigint')
    .addColumn('last_status', 'integer')
    .addColumn('last_error', 'text')
    .addColumn('due_at', 'bigint')
    .addColumn('lease_until', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await index(db, 'deliveries_once', 'deliveries', ['webhook_id', 'event_position']).unique().execute();
  await index(db, 'deliveries_by_webhook', 'deliveries', ['webhook_id', 'position']).execute();
  await index(db, 'deliveries_by_due', 'deliveries', ['due_at', 'position']).where('due_at', 'is not', null).execute();
  await index(db, 'deliveries_by_end', 'deliveries', ['last_attempt_at']).where('due_at', 'is', null).execute();
}

/** Vendor ids are found by instance, under any account name, and are kept after their migration is deleted. */
async function removedVendorIds(db: Kysely<Tables>, { id }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('migrations').addColumn('cloud_endpoint', 'text').execute();
  await index(db, 'migrations_by_instance_id', 'migrations', ['instance_id']).execute();
  await db.schema
    .createTable('removed_vendor_ids')
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('cloud_endpoint', 'text')
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('vendor_id', id, (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .execute();
  await index(db, 'removed_vendor_ids_by_instance', 'removed_vendor_ids', ['instance_id']).execute();
  await index(db, 'removed_vendor_ids_by_age', 'removed_vendor_ids', ['changed_at']).execute();
}

function index(db: Kysely<Tables>, name: string, table: keyof Tables, columns: string[]) {
  return db.schema.createIndex(name).on(table).columns(columns);
}
