import { type Kysely, sql } from 'kysely';
import { StoreUnavailable } from '../domain/store.ts';
import type { Tables } from './tables.ts';

/** The tables of Kysely's migrator, under names of Godwit: the default names may belong to another application. */
export const versionTable = 'godwit_schema_versions';
export const versionLockTable = 'godwit_schema_lock';

/** Default names of Kysely, which earlier versions of Godwit used, and the present ones. */
const renamed = [
  ['kysely_migration', versionTable],
  ['kysely_migration_lock', versionLockTable],
] as const;

/** A column that the table `migrations` of another application is unlikely to have. */
const ownColumn = 'waits_for_instance';

/** The key of Kysely's own lock on schema changes, which earlier versions of Godwit use. */
const kyselyLock = '3853314791062309107';

/** Locks the schema of a PostgreSQL database until the transaction ends. It may wait for long. */
export async function lockSchema(db: Kysely<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(kyselyLock)}::bigint)`.execute(db);
}

/** The PostgreSQL schema that has Godwit's tables, or in which to create them. Rejects with `StoreUnavailable` if there is none. */
export async function schemaOf(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`
    select coalesce(
      (select relnamespace::regnamespace::name from pg_class join pg_attribute on attrelid = pg_class.oid
        where pg_class.oid = to_regclass('migrations') and attname = ${ownColumn}),
      current_schema()
    )::text as name`.execute(db);
  const name = rows[0]?.name ?? null;
  if (name === null) throw new StoreUnavailable('no schema in the search_path exists and is open to Godwit’s user');
  return name;
}

/**
 * Creates the tables of schema versions, or renames those of an earlier version of Godwit. Tables of another application stay unchanged.
 * `schema`: null on SQLite. Call it inside the transaction that changes the schema.
 */
export async function prepareVersionTables(db: Kysely<Tables>, schema: string | null): Promise<void> {
  const named = (schema === null ? db : db.withSchema(schema)).schema;
  const exists = async (table: string) => (await columnsOf(db, schema, table)).length > 0;
  if (!(await exists(versionTable)) && (await columnsOf(db, schema, 'migrations')).includes(ownColumn))
    for (const [from, to] of renamed) if (await exists(from)) await named.alterTable(from).renameTo(to).execute();
  // Kysely would check for the table after a failure. That check would fail too, in the same transaction, and hide the first failure.
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

/** The columns of a table; empty: there is no such table. */
async function columnsOf(db: Kysely<Tables>, schema: string | null, table: string): Promise<readonly string[]> {
  const { rows } = await (schema === null
    ? sql<{ name: string }>`select name from pragma_table_info(${table})`
    : sql<{ name: string }>`select attname::text as name from pg_attribute
        where attrelid = to_regclass(format('%I.%I', ${schema}::text, ${table}::text)) and attnum > 0`
  ).execute(db);
  return rows.map(({ name }) => name);
}
