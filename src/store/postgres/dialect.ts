import { sql } from 'kysely';
import type { SqlDialect } from '../session.ts';

/** Numbers that no other user of the database's advisory locks is likely to use. */
export const advisoryLocks = { space: 0x676f6477, events: 1, webhooks: 2 } as const;

/** Row locks and advisory locks; leases go by the server's clock, so replicas need not agree on the time. */
export const postgresSql: SqlDialect = {
  rowLocks: true,
  leaseClock: () => sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  lockTarget: async (db, account, instanceId) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${account}::text || ' ' || ${instanceId}::text, 0))`.execute(
      db,
    );
  },
  lockTargetOf: async (db, migrationId) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(account || ' ' || instance_id, 0))
      from migrations where id = ${migrationId}`.execute(db);
  },
  lockWebhooks: async (db) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(advisoryLocks.space)}, ${sql.lit(advisoryLocks.webhooks)})`.execute(
      db,
    );
  },
};
