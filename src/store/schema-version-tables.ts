import { type Kysely, sql } from 'kysely';
import { StoreUnavailable } from '../domain/store.ts';
import type { Tables } from './tables.ts';

/** Which schema versions have been reached. Names of Godwit's own: those that Kysely gives may be another application's. */
export const versionTable = 'godwit_schema_versions';
export const versionLockTable = 'godwit_schema_lock';

/** From each name that Kysely gives, by which earlier versions of Godwit went, to its own. */
const renamed = [
  ['kysely_migration', versionTable],
  ['kysely_migration_lock', versionLockTable],
] as const;

/** What no other application's table `migrations` is likely to have. */
const ownColumn = 'waits_for_instance';

/** The number of Kysely's own lock on schema changes, which earlier versions of Godwit take. */
const kyselyLock = '3853314791062309107';

/** Lets one process at a time change the schema of a PostgreSQL database, until the transaction ends. It may wait for long. */
export async function lockSchema(db: Kysely<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(kyselyLock)}::bigint)`.execute(db);
}

/** The schema of a PostgreSQL database that Godwit's tables are in, or else are made in. Rejects with `StoreUnavailable` when there is none. */
export async function schemaOf(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`
    select coalesce(
      (select relnamespace::regnamespace::name from pg_class join pg_attribute on attrelid = pg_class.oid
        where pg_class.oid = to_regclass('migrations') and attname = ${ownColumn}),
      current_schema()
    )::text as name`.execute(db);
  const name = rows[0]?.name ?? null;
  if (name === null)
    throw new StoreUnavailable('no schema of its search_path exists, or its user may use none of them');
  return name;
}

/**
 * Sees to the tables of schema versions: those of an earlier version of Godwit get their present names, and another application's stay as
 * they are. `schema`: null on SQLite. Belongs into the transaction that changes the schema.
 */
export async function prepareVersionTables(db: Kysely<Tables>, schema: string | null): Promise<void> {
  const named = (schema === null ? db : db.withSchema(schema)).schema;
  const exists = async (table: string) => (await columnsOf(db, schema, table)).length > 0;
  if (!(await exists(versionTable)) && (await columnsOf(db, schema, 'migrations')).includes(ownColumn))
    for (const [from, to] of renamed) if (await exists(from)) await named.alterTable(from).renameTo(to).execute();
  // Not left to Kysely, whose look at a failure would be one more failure in the same transaction, and the one that is told.
  if (!(await exists(versionTable)))
    await named
      .createTable(versionTable)
      .addColumn('name', 'varchar(255)', (column) => column.notNull().primaryKey())
      .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
      .execute();
  if (!(await exists(versionLockTable)))
    await named
      .createTable(versionLockTable)
      .addColumn('id', 'varchar(255)', (column) => column.notNull().primaryKey())
      .addColumn('is_locked', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
}

async function columnsOf(db: Kysely<Tables>, schema: string | null, table: string): Promise<readonly string[]> {
  const { rows } = await (schema === null
    ? sql<{ name: string }>`select name from pragma_table_info(${table})`
    : sql<{ name: string }>`select attname::text as name from pg_attribute
        where attrelid = to_regclass(format('%I.%I', ${schema}::text, ${table}::text)) and attnum > 0`
  ).execute(db);
  return rows.map(({ name }) => name);
}
