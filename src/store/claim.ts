import { type Kysely, sql } from 'kysely';
import type { DueWork } from '../domain/due-work.ts';
import type { Instant, Migration } from '../domain/migration.ts';
import type { Claim, ClaimRoom, LeaseRequest } from '../domain/store.ts';
import { readMigration } from './documents.ts';
import type { KeptMigrations } from './kept-migrations.ts';
import { selectMigrations } from './rows.ts';
import type { Session, SqlDialect } from './session.ts';
import type { Tables } from './tables.ts';

/** `Store.claim` inside its transaction. Rows that another transaction has locked are skipped. */
export async function claimDue(
  { db, dialect, unreadable }: Session,
  kept: KeptMigrations,
  lease: LeaseRequest,
  rooms: readonly ClaimRoom[],
): Promise<readonly Claim[]> {
  const [first, ...more] = rooms.filter(({ limit }) => limit >= 1);
  if (first === undefined) return [];
  const due = more.reduce(
    (all, room) => all.unionAll(dueIn(db, dialect, lease.now, room)),
    dueIn(db, dialect, lease.now, first),
  );
  const claimed = await db
    .with('due', () => due)
    .updateTable('migrations')
    .set((row) => ({
      lease_owner: lease.owner,
      lease_until: sql<number>`${dialect.leaseClock(lease.now)} + ${Math.ceil(lease.leaseMs)}`,
      fence: row('fence', '+', 1),
    }))
    .where('id', 'in', (query) => query.selectFrom('due').select('id'))
    .returning(['id', 'version', 'due_at', 'fence'])
    .execute();

  const found = new Map<string, Migration>();
  for (const { id, version, due_at } of claimed) {
    const known = kept.hasLong(id) ? kept.find(id, version) : null;
    if (known !== null) found.set(id, { ...known, dueAt: due_at });
  }
  const others = claimed.map(({ id }) => id).filter((id) => !found.has(id));
  const rows = others.length === 0 ? [] : await selectMigrations(db).where('id', 'in', others).execute();
  // An unreadable row keeps its lease, so that it does not displace others in the next claims.
  for (const migration of unreadable.readable(rows, readMigration)) {
    kept.keep(migration);
    found.set(migration.id, migration);
  }
  return claimed
    .toSorted((one, other) => (one.due_at ?? 0) - (other.due_at ?? 0) || (one.id < other.id ? -1 : 1))
    .flatMap(({ id, fence }) => {
      const migration = found.get(id);
      return migration === undefined ? [] : [{ migration, fence: { owner: lease.owner, token: fence } }];
    });
}

function dueIn(db: Kysely<Tables>, dialect: SqlDialect, now: Instant, { account, work, limit }: ClaimRoom) {
  const rows = db
    .selectFrom('migrations')
    .select('id')
    .where('due_at', '<=', now)
    .where(notLeased(dialect, now))
    .$if(typeof account === 'string', (query) => query.where('account', '=', account as string))
    .$if(typeof account === 'object' && account.except.length > 0, (query) =>
      query.where('account', 'not in', (account as { except: readonly string[] }).except),
    )
    .$if(work !== undefined, (query) => query.where('due_work', '=', work as DueWork))
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .$if(dialect.rowLocks, (query) => query.forUpdate().skipLocked());
  // PostgreSQL locks no rows in a member of a union, but does in a subquery of a member.
  return db.selectFrom(rows.as('room')).select('room.id');
}

/** `Store.nextDue`. */
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

/** SQL condition: a row has no valid lease. */
export function notLeased(dialect: SqlDialect, now: Instant) {
  return sql<boolean>`(lease_until is null or lease_until <= ${dialect.leaseClock(now)})`;
}
