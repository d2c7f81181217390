import { type Kysely, sql } from 'kysely';
import type { DueWork } from '../domain/due-work.ts';
import type { Instant, Migration } from '../domain/migration.ts';
import type { Claim, ClaimRoom, LeaseRequest } from '../domain/store.ts';
import { readMigration } from './documents.ts';
import type { KeptMigrations } from './kept-migrations.ts';
import { leaseEnd, selectMigrations } from './rows.ts';
import type { Session } from './session.ts';
import { type Statement, type StatementDialect, statement } from './statement.ts';
import type { Tables } from './tables.ts';

/** `Store.claim` inside its transaction. Rows that another transaction has locked are skipped. */
export async function claimDue(
  session: Session,
  kept: KeptMigrations,
  lease: LeaseRequest,
  rooms: readonly ClaimRoom[],
): Promise<readonly Claim[]> {
  const { db, unreadable } = session;
  const values = { owner: lease.owner, now: lease.now, leaseMs: Math.ceil(lease.leaseMs) };
  const claimed = (
    await Promise.all(
      rooms
        .filter(({ limit }) => limit >= 1)
        .map((room) => session.rows(claimOf(room), { ...values, ...valuesOf(room) })),
    )
  ).flat();

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

/** The parameters of a claim: the lease, and those of `valuesOf`. */
type ClaimValues = Pick<LeaseRequest, 'owner' | 'now' | 'leaseMs'> & Readonly<Record<string, string | number>>;

interface ClaimedRow {
  readonly id: string;
  readonly version: number;
  readonly due_at: number | null;
  readonly fence: number;
}

function exceptOf({ account }: ClaimRoom): readonly string[] {
  return typeof account === 'object' ? account.except : [];
}

function valuesOf(room: ClaimRoom): Readonly<Record<string, string | number>> {
  const { account, work, limit } = room;
  return {
    limit: Math.floor(limit),
    ...(typeof account === 'string' && { account }),
    ...(work !== undefined && { work }),
    ...Object.fromEntries(exceptOf(room).map((name, index) => [`except ${index}`, name])),
  };
}

/** Statements by what distinguishes their texts. */
const claims = new Map<string, Statement<ClaimValues, ClaimedRow>>();

/** The statement of one room. A single statement for all rooms would grow with the accounts, and SQLite limits it to 500 parts. */
function claimOf(room: ClaimRoom): Statement<ClaimValues, ClaimedRow> {
  const { account, work } = room;
  const except = exceptOf(room).length;
  const shape = `${typeof account} ${except} ${work !== undefined}`;
  let claim = claims.get(shape);
  if (claim === undefined) {
    claim = statement((db, values: ClaimValues, dialect) =>
      db
        .with('due', () =>
          db
            .selectFrom('migrations')
            .select('id')
            .where('due_at', '<=', values.now)
            .where(notLeased(dialect, values.now))
            .$if(typeof account === 'string', (query) => query.where('account', '=', values.account as string))
            .$if(except > 0, (query) =>
              query.where(
                'account',
                'not in',
                Array.from({ length: except }, (_, index) => values[`except ${index}`] as string),
              ),
            )
            .$if(work !== undefined, (query) => query.where('due_work', '=', values.work as DueWork))
            .orderBy('due_at')
            .orderBy('id')
            .limit(values.limit as number)
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
    claims.set(shape, claim);
  }
  return claim;
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
