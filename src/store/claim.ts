import { type Kysely, sql } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import type { Claim, LeaseRequest } from '../domain/store.ts';
import { readMigration } from './documents.ts';
import { selectMigrations } from './rows.ts';
import type { Session, SqlDialect } from './session.ts';
import type { Tables } from './tables.ts';

/** `Store.claim` inside its transaction: the longest due first. Rows that another claimer has in hand are passed over. */
export async function claimDue(
  { db, dialect }: Session,
  lease: LeaseRequest,
  limit: number,
): Promise<readonly Claim[]> {
  if (limit < 1) return [];
  const claimed = await db
    .with('due', (query) =>
      query
        .selectFrom('migrations')
        .select('id')
        .where('due_at', '<=', lease.now)
        .where(notLeased(dialect, lease.now))
        .orderBy('due_at')
        .orderBy('id')
        .limit(limit)
        .$if(dialect.rowLocks, (rows) => rows.forUpdate().skipLocked()),
    )
    .updateTable('migrations')
    .set((row) => ({
      lease_owner: lease.owner,
      lease_until: sql<number>`${dialect.leaseClock(lease.now)} + ${Math.ceil(lease.leaseMs)}`,
      fence: row('fence', '+', 1),
    }))
    .where('id', 'in', (query) => query.selectFrom('due').select('id'))
    .returning('id')
    .execute();
  if (claimed.length === 0) return [];

  const rows = await selectMigrations(db)
    .where(
      'id',
      'in',
      claimed.map((row) => row.id),
    )
    .orderBy('due_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    migration: readMigration(row),
    fence: { owner: lease.owner, token: row.fence },
  }));
}

/** The earliest `dueAt` among migrations that nobody holds. */
export async function earliestDue(db: Kysely<Tables>, dialect: SqlDialect, now: Instant): Promise<Instant | null> {
  const row = await db
    .selectFrom('migrations')
    .select('due_at')
    .where('due_at', 'is not', null)
    .where(notLeased(dialect, now))
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at ?? null;
}

/** Whether nobody holds a row, by the clock that leases go by. */
export function notLeased(dialect: SqlDialect, now: Instant) {
  return sql<boolean>`(lease_until is null or lease_until <= ${dialect.leaseClock(now)})`;
}
