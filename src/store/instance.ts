import { type Kysely, sql } from 'kysely';
import type { Migration } from '../domain/migration.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';
import { targetClaim } from './target.ts';

/**
 * Rules between the migrations of one vendor instance. The caller holds the lock of the target, so what is read here stays true
 * until its transaction ends.
 */

/** The id of another active migration that holds what `migration` would hold, or null. */
export async function holderOfTarget(db: Kysely<Tables>, migration: Migration): Promise<string | null> {
  const claim = targetClaim(migration);
  const holder = await db
    .selectFrom('active_targets')
    .select('migration_id')
    .where('account', '=', migration.account)
    .where('instance_id', '=', migration.target.instanceId)
    .where('migration_id', '!=', migration.id)
    .where((where) =>
      where.or([
        ...(claim.names.length > 0 ? [where('key', 'in', claim.names)] : []),
        ...(claim.sources.length > 0
          ? [
              where.and([
                where('key', 'in', claim.sources),
                ...(claim.namesDatabases ? [where('names_databases', '=', 0)] : []),
              ]),
            ]
          : []),
      ]),
    )
    .orderBy('migration_id')
    .limit(1)
    .executeTakeFirst();
  return holder?.migration_id ?? null;
}

/** Whether another migration has the instance for itself. */
export async function instanceOccupied(db: Kysely<Tables>, migration: Migration): Promise<boolean> {
  const occupant = await db
    .selectFrom('migrations')
    .select('id')
    .where('account', '=', migration.account)
    .where('instance_id', '=', migration.target.instanceId)
    .where('occupies_instance', '=', 1)
    .where('id', '!=', migration.id)
    .executeTakeFirst();
  return occupant !== undefined;
}

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
    .where('waits_for_instance', '=', 1)
    .where('id', '!=', leaving)
    .returning('id')
    .execute();
  for (const { id } of woken) session.changed(id, 0);
}
