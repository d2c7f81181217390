import { type Expression, type Kysely, sql } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import { beating, parting, type ReplicaList, type ReplicaRow, type ReplicaTimes } from '../domain/replicas.ts';
import type { SlowDown } from '../domain/slow-downs.ts';
import type { Session } from './session.ts';
import { addSlowDowns, countedFrom, storedSlowDowns } from './slow-downs.ts';
import { statement } from './statement.ts';
import type { ReplicasTable, Tables } from './tables.ts';

/** Schema version 0012: one row per running process. */
export async function replicasTable(db: Kysely<Tables>, id: Expression<string>): Promise<void> {
  await db.schema
    .createTable('replicas')
    .addColumn('id', id, (column) => column.primaryKey())
    .addColumn('joins_at', 'bigint', (column) => column.notNull())
    .addColumn('leaves_at', 'bigint', (column) => column.notNull())
    .execute();
}

/** `Store.beat` inside its transaction. */
export async function beat(
  session: Session,
  id: string,
  appNow: Instant,
  times: ReplicaTimes,
  slowDowns: readonly SlowDown[],
): Promise<ReplicaList> {
  const [{ rows, now }, stored] = await Promise.all([readAlone(session, appNow), storedSlowDowns(session)]);
  const own = beating(id, rows, now, times);
  session.run(deleteLeft, { now });
  session.run(putReplica, rowOf(own));
  return {
    rows: [...rows.filter((row) => row.id !== id && row.leavesAt > now), own],
    slowDowns: addSlowDowns(session, stored, countedFrom(slowDowns, now), now),
    now,
  };
}

/** `Store.part` inside its transaction. */
export async function part(session: Session, id: string, appNow: Instant, times: ReplicaTimes): Promise<void> {
  const { rows, now } = await readAlone(session, appNow);
  const own = parting(id, rows, now, times);
  if (own === null) session.run(deleteReplica, { id });
  else session.run(putReplica, rowOf(own));
}

/** All rows and the database's clock. Locked until the transaction ends. */
async function readAlone(session: Session, appNow: Instant): Promise<Omit<ReplicaList, 'slowDowns'>> {
  session.dialect.lockReplicas(session);
  const [clock, found] = await Promise.all([session.rows(selectClock, { appNow }), session.rows(selectReplicas, {})]);
  const rows = found.map((row) => ({ id: row.id, joinsAt: row.joins_at, leavesAt: row.leaves_at }));
  return { rows, now: Number(clock[0]?.now) };
}

function rowOf({ id, joinsAt, leavesAt }: ReplicaRow): ReplicasTable {
  return { id, joins_at: Math.round(joinsAt), leaves_at: Math.round(leavesAt) };
}

const selectClock = statement((db, given: { readonly appNow: Instant }, dialect) =>
  db.selectNoFrom(dialect.leaseClock(given.appNow).as('now')),
);
const selectReplicas = statement((db) => db.selectFrom('replicas').select(['id', 'joins_at', 'leaves_at']));
const deleteLeft = statement((db, given: { readonly now: number }) =>
  db.deleteFrom('replicas').where('leaves_at', '<=', given.now),
);
const deleteReplica = statement((db, given: { readonly id: string }) =>
  db.deleteFrom('replicas').where('id', '=', given.id),
);
const putReplica = statement((db, row: ReplicasTable) =>
  db
    .insertInto('replicas')
    .values({ id: row.id, joins_at: row.joins_at, leaves_at: row.leaves_at })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        joins_at: sql<number>`excluded.joins_at`,
        leaves_at: sql<number>`excluded.leaves_at`,
      }),
    ),
);
