import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

type Columns = readonly (readonly [table: keyof Tables, name: string, columns: readonly string[], where?: string])[];

/** For each list filter an index with the rows in list order, so that a page costs the same at every position. */
const added: Columns = [
  ['migrations', 'migrations_by_provider', ['provider', 'id']],
  ['migrations', 'migrations_by_region', ['region', 'id']],
  ['migrations', 'migrations_by_account_and_state', ['account', 'state', 'id']],
  ['migrations', 'migrations_by_name', ['name', 'id'], 'name is not null'],
  ['migrations', 'migrations_of_instance', ['instance_id', 'id']],
  ['migrations', 'migrations_waiting', ['account', 'instance_id'], 'waits_for_instance = 1'],
  ['audit', 'audit_by_time', ['at', 'position']],
  ['audit', 'audit_of_caller', ['caller', 'at', 'position'], 'caller is not null'],
  ['audit', 'audit_of_migration', ['migration_id', 'at', 'position'], 'migration_id is not null'],
  ['audit', 'audit_of_account', ['account', 'at', 'position'], 'account is not null'],
  ['deliveries', 'deliveries_by_state', ['webhook_id', 'state', 'position']],
  ['deliveries', 'deliveries_due_by_webhook', ['webhook_id', 'due_at', 'position'], 'due_at is not null'],
  ['deliveries', 'deliveries_leased', ['lease_until'], 'lease_until is not null'],
];

/** Earlier indexes that the new ones replace. */
const dropped = ['migrations_by_instance', 'migrations_by_instance_id', 'audit_by_caller', 'audit_by_migration'];

/** Schema version 0011. */
export async function listIndexes(db: Kysely<Tables>): Promise<void> {
  for (const [table, name, columns, where] of added) {
    const index = db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns]);
    await (where === undefined ? index : index.where(sql.raw<boolean>(where))).execute();
  }
  for (const name of dropped) await db.schema.dropIndex(name).execute();
}
