import { type Expression, type Kysely, sql } from 'kysely';
import { recoversAt } from '../domain/call-budget.ts';
import { type SlowDown, shifted, slowDownKey, together } from '../domain/slow-downs.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import type { SlowDownsTable, Tables } from './tables.ts';

/** Schema version 0013: one row per budget that a vendor has slowed down. */
export async function slowDownsTable(db: Kysely<Tables>, id: Expression<string>): Promise<void> {
  await db.schema
    .createTable('slow_downs')
    .addColumn('provider', id, (column) => column.notNull())
    .addColumn('account', id, (column) => column.notNull())
    .addColumn('gate', id, (column) => column.notNull())
    .addColumn('budget', id, (column) => column.notNull())
    .addColumn('speed', 'double precision', (column) => column.notNull())
    .addColumn('slowed_at', 'bigint', (column) => column.notNull())
    .addColumn('paused_until', 'bigint', (column) => column.notNull())
    .addColumn('recovers_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('slow_downs_pkey', ['provider', 'account', 'gate', 'budget'])
    .execute();
}

/** All stored slow-downs. The transaction must hold the lock on the list of processes. */
export async function storedSlowDowns(session: Session): Promise<readonly SlowDown[]> {
  const rows = await session.rows(selectSlowDowns, {});
  return rows.map(({ slowed_at, paused_until, ...row }) => ({
    ...row,
    slowedAt: slowed_at,
    pausedUntil: paused_until,
  }));
}

/** Stores further slow-downs and deletes those that are over at `now`. Returns those in force. Times are of the database's clock. */
export function addSlowDowns(
  session: Session,
  stored: readonly SlowDown[],
  more: readonly SlowDown[],
  now: number,
): readonly SlowDown[] {
  const kept = together([...stored, ...more], now);
  if (stored.some((each) => recoversAt(each) <= now)) session.run(deleteOver, { now });
  const told = new Set(more.map(slowDownKey));
  for (const each of kept) if (told.has(slowDownKey(each))) session.run(putSlowDown, rowOf(each));
  return kept;
}

/** Slow-downs whose times were relative to `now`, with absolute times. */
export function countedFrom(more: readonly SlowDown[], now: number): readonly SlowDown[] {
  return more.map((each) => shifted(each, now));
}

function rowOf(slowDown: SlowDown): SlowDownsTable {
  const { provider, account, gate, budget, speed, slowedAt, pausedUntil } = slowDown;
  const times = { slowed_at: Math.ceil(slowedAt), paused_until: Math.ceil(pausedUntil) };
  return { provider, account, gate, budget, speed, ...times, recovers_at: Math.ceil(recoversAt(slowDown)) };
}

const selectSlowDowns = statement((db) =>
  db.selectFrom('slow_downs').select(['provider', 'account', 'gate', 'budget', 'speed', 'slowed_at', 'paused_until']),
);
const deleteOver = statement((db, given: { readonly now: number }) =>
  db.deleteFrom('slow_downs').where('recovers_at', '<=', given.now),
);
const putSlowDown = statement((db, row: SlowDownsTable) =>
  db
    .insertInto('slow_downs')
    .values({
      provider: row.provider,
      account: row.account,
      gate: row.gate,
      budget: row.budget,
      speed: row.speed,
      slowed_at: row.slowed_at,
      paused_until: row.paused_until,
      recovers_at: row.recovers_at,
    })
    .onConflict((conflict) =>
      conflict.columns(['provider', 'account', 'gate', 'budget']).doUpdateSet({
        speed: sql<number>`excluded.speed`,
        slowed_at: sql<number>`excluded.slowed_at`,
        paused_until: sql<number>`excluded.paused_until`,
        recovers_at: sql<number>`excluded.recovers_at`,
      }),
    ),
);
