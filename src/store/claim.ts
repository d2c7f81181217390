import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { DueWork } from '../domain/due-work.ts';
import type { Instant, Migration } from '../domain/migration.ts';
import type { Claim, ClaimRoom, LeaseRequest } from '../domain/store.ts';
import { readMigration } from './documents.ts';
import type { KeptMigrations } from './kept-migrations.ts';
import { leaseEnd, selectMigrations } from './rows.ts';
import type { Session } from './session.ts';
import { raw, type Statement, type StatementDialect, statement } from './statement.ts';
import type { Tables } from './tables.ts';

/** `Store.claim` inside its transaction. Rows that another transaction has locked are skipped. */
export async function claimDue(
  session: Session,
  kept: KeptMigrations,
  lease: LeaseRequest,
  rooms: number | readonly ClaimRoom[],
): Promise<readonly Claim[]> {
  const { db, unreadable } = session;
  const values = { owner: lease.owner, now: lease.now, leaseMs: Math.ceil(lease.leaseMs) };
  const claimed =
    typeof rooms === 'number'
      ? await session.rows(claimAny, { ...values, limit: rooms })
      : await claimRooms(session, values, rooms);

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

/** Claims from the kinds that are due. A room without one runs no statement, however many accounts there are. */
async function claimRooms(
  session: Session,
  values: Omit<ClaimValues, 'limit'>,
  rooms: readonly ClaimRoom[],
): Promise<readonly ClaimedRow[]> {
  const due = rooms.length === 0 ? [] : await session.rows(dueKinds, { now: values.now });
  const longestFirst = due.toSorted((one, other) => one.due_at - other.due_at);
  const byName = Map.groupBy(longestFirst, nameOf);
  const kindsOf = (room: ClaimRoom): readonly Kind[] => {
    if (room.work !== undefined) return byName.get(nameOf(room)) ?? [];
    const except = new Set(room.account.except);
    return longestFirst.filter(({ account }) => !except.has(account));
  };
  const claimRoom = async (room: ClaimRoom): Promise<readonly ClaimedRow[]> => {
    const claimed: ClaimedRow[] = [];
    for (const { account, work } of kindsOf(room)) {
      const limit = Math.floor(room.limit - claimed.length);
      if (limit >= 1) claimed.push(...(await session.rows(claimOfKind, { ...values, account, work, limit })));
    }
    return claimed;
  };
  return (await Promise.all(rooms.map(claimRoom))).flat();
}

const nameOf = ({ account, work }: Kind): string => `${account}|${work}`;

/** The parameters of a claim. */
interface ClaimValues extends Pick<LeaseRequest, 'owner' | 'now' | 'leaseMs'> {
  readonly limit: number;
}

/** Migrations that are claimed together. */
interface Kind {
  readonly account: string;
  readonly work: DueWork;
}

interface ClaimedRow {
  readonly id: string;
  readonly version: number;
  readonly due_at: number | null;
  readonly fence: number;
}

/**
 * The kinds with a due migration, leased or not. Each step seeks the next kind in `migrations_by_due_work`, so the cost depends on the number of
 * kinds alone; a condition such as `account not in (…)` would read all due rows.
 */
const dueKinds = statement<{ readonly now: Instant }, Kind & { readonly due_at: Instant }>((db, values) =>
  raw(
    db,
    sql`with recursive kinds(account, work, due_at) as (
      select '', '', cast(0 as bigint)
      union all
      select later.account, later.due_work, later.due_at from kinds, migrations as later where later.id = coalesce(
        (select id from migrations as same where due_at is not null and same.account = kinds.account and due_work > kinds.work
          order by due_work, due_at, id limit 1),
        (select id from migrations as other where due_at is not null and other.account > kinds.account
          order by other.account, due_work, due_at, id limit 1)))
      select account, work, due_at from kinds where work <> '' and due_at <= ${values.now}`,
  ),
);

const claimOfKind = claimOf<ClaimValues & Kind>((query, { account, work }) =>
  query.where('account', '=', account).where('due_work', '=', work),
);
const claimAny = claimOf<ClaimValues>((query) => query);

function claimOf<Values extends ClaimValues>(
  only: (query: SelectQueryBuilder<Tables, 'migrations', { id: string }>, values: Values) => typeof query,
): Statement<Values, ClaimedRow> {
  return statement((db, values: Values, dialect) =>
    db
      .with('due', () =>
        only(
          db
            .selectFrom('migrations')
            .select('id')
            .where('due_at', '<=', values.now)
            .where(notLeased(dialect, values.now)),
          values,
        )
          .orderBy('due_at')
          .orderBy('id')
          .limit(values.limit)
          .$if(dialect.rowLocks, (query) => query.forUpdate().skipLocked()),
      )
      .updateTable('migrations')
      .set((row) => ({
        lease_owner: values.owner,
        lease_until: leaseEnd(dialect, values),
        fence: row('fence', '+', 1),
      }))
      .where('id', 'in', (query) => query.selectFrom('due').select('id'))
      .returning(['id', 'version', 'due_at', 'fence']),
  );
}

/** `Store.nextDue`. */
export async function earliestDue(
  db: Kysely<Tables>,
  dialect: StatementDialect,
  now: Instant,
): Promise<Instant | null> {
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
export function notLeased(dialect: StatementDialect, now: Instant) {
  return sql<boolean>`(lease_until is null or lease_until <= ${dialect.leaseClock(now)})`;
}
