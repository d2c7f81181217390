import { createHash } from 'node:crypto';
import { type Kysely, PostgresAdapter, PostgresDialect, sql } from 'kysely';
import type { SqlDialect } from '../session.ts';
import { statement } from '../statement.ts';
import type { Tables } from '../tables.ts';

/** Kysely on a pool. Its session lock on schema changes is omitted; `lockSchema` locks within the transaction, which works with poolers. */
export class PooledPostgresDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new TransactionLockAdapter();
  }
}

/** Omits the session lock, which would remain after a failed change. */
class TransactionLockAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** Keys of advisory locks that other users of the database are unlikely to use. */
export const advisoryLocks = { space: 0x676f6477, events: 1, webhooks: 2, replicas: 3, processes: 0x676f6478 } as const;

/** The key of the advisory lock, in the space `processes`, that a process holds while it listens. */
export function processLock(process: string): number {
  return createHash('sha256').update(process).digest().readUInt32BE() & 0x7fff_ffff;
}

const lockTarget = statement((db, { account, instanceId }: { account: string; instanceId: string }) =>
  db.selectNoFrom(
    sql`pg_advisory_xact_lock(hashtextextended(${account}::text || ' ' || ${instanceId}::text, 0))`.as('taken'),
  ),
);
const lockTargetOf = statement((db, { migrationId }: { migrationId: string }) =>
  db
    .selectFrom('migrations')
    .select(sql`pg_advisory_xact_lock(hashtextextended(account || ' ' || instance_id, 0))`.as('taken'))
    .where('id', '=', migrationId),
);
const lockWebhooks = statement((db) =>
  db.selectNoFrom(
    sql`pg_advisory_xact_lock(${sql.lit(advisoryLocks.space)}, ${sql.lit(advisoryLocks.webhooks)})`.as('taken'),
  ),
);
const lockReplicas = statement((db) =>
  db.selectNoFrom(
    sql`pg_advisory_xact_lock(${sql.lit(advisoryLocks.space)}, ${sql.lit(advisoryLocks.replicas)})`.as('taken'),
  ),
);

/** Row locks and advisory locks. Leases use the server's clock, so replicas need not agree on the time. */
export const postgresSql = (process: string): SqlDialect => ({
  rowLocks: true,
  withoutIndex: (column) => column,
  process,
  processLives,
  leaseClock: () => sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  lockTarget: (session, account, instanceId) => session.run(lockTarget, { account, instanceId }),
  lockTargetOf: (session, migrationId) => session.run(lockTargetOf, { migrationId }),
  lockWebhooks: (session) => session.run(lockWebhooks, {}),
  lockReplicas: (session) => session.run(lockReplicas, {}),
});

/** Whether a process is listening, which shows that it runs. While it reconnects, it counts as gone. Undefined: assumed to run. */
async function processLives(db: Kysely<Tables>, process: string | undefined): Promise<boolean> {
  if (process === undefined) return true;
  const { rows } = await sql`
    select 1 from pg_locks
    where locktype = 'advisory' and granted and classid = ${sql.lit(advisoryLocks.processes)} and objid = ${processLock(process)}
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length > 0;
}
