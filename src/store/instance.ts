import { type Kysely, sql } from 'kysely';
import type { Migration } from '../domain/migration.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import type { Tables } from './tables.ts';
import { targetClaim } from './target.ts';

/**
 * Rules between the migrations of one vendor instance. The caller holds the lock of the target, so what is read here stays true
 * until its transaction ends.
 */

/** The id of another active migration that holds what `migration` would hold, or null: of several the oldest. */
export async function holderOfTarget(session: Session, migration: Migration): Promise<string | null> {
  const holders = await Promise.all(heldKeys(migration).map((held) => session.rows(selectHolder, held)));
  return oldest(holders.flat());
}

/** The same outside of a transaction, for information only. */
export async function presentHolder(db: Kysely<Tables>, migration: Migration): Promise<string | null> {
  const holders = await Promise.all(heldKeys(migration).map((held) => holdersOf(db, held).execute()));
  return oldest(holders.flat());
}

function oldest(holders: readonly { readonly migration_id: string }[]): string | null {
  return holders.map((holder) => holder.migration_id).sort()[0] ?? null;
}

interface HeldKey {
  readonly id: string;
  readonly account: string;
  readonly instanceId: string;
  readonly key: string;
  /** 0 where it counts only if the other side names no databases, else 1. */
  readonly most: number;
}

function heldKeys(migration: Migration): readonly HeldKey[] {
  const { names, sources, namesDatabases } = targetClaim(migration);
  const { id, account, target } = migration;
  const place = { id, account, instanceId: target.instanceId };
  return [
    ...names.map((key) => ({ ...place, key, most: 1 })),
    ...sources.map((key) => ({ ...place, key, most: namesDatabases ? 0 : 1 })),
  ];
}

function holdersOf(db: Kysely<Tables>, held: HeldKey) {
  return db
    .selectFrom('active_targets')
    .select('migration_id')
    .where('account', '=', held.account)
    .where('instance_id', '=', held.instanceId)
    .where('key', '=', held.key)
    .where('migration_id', '!=', held.id)
    .where('names_databases', '<=', held.most)
    .orderBy('migration_id')
    .limit(1);
}

const selectHolder = statement(holdersOf);

/** Whether another migration occupies the instance. */
export async function instanceOccupied(session: Session, migration: Migration): Promise<boolean> {
  const { id, account, target } = migration;
  const occupants = await session.rows(selectOccupant, { id, account, instanceId: target.instanceId });
  return occupants.length > 0;
}

const selectOccupant = statement(
  (db, migration: { readonly id: string; readonly account: string; readonly instanceId: string }) =>
    db
      .selectFrom('migrations')
      .select('id')
      .where('account', '=', migration.account)
      .where('instance_id', '=', migration.instanceId)
      .where(sql.ref('occupies_instance'), '=', sql.lit(1))
      .where('id', '!=', migration.id),
);

/** Makes the migrations that wait for an instance due, the oldest first. `leaving` is the one that no longer occupies it. */
export async function wakeWaiting(
  session: Session,
  account: string,
  instanceId: string,
  leaving: string,
): Promise<void> {
  const woken = await session.db
    .updateTable('migrations')
    // Its creation lies in the past on whatever clock claims it, and puts the oldest first.
    .set({ due_at: sql<number>`created_at` })
    .where('account', '=', account)
    .where('instance_id', '=', instanceId)
    .where(sql.ref('waits_for_instance'), '=', sql.lit(1))
    .where('id', '!=', leaving)
    .returning('id')
    .execute();
  for (const { id } of woken) session.changed(id, 0);
}
