import { type Kysely, sql } from 'kysely';
import type { Migration } from '../domain/migration.ts';
import type { Session } from './session.ts';
import { type Statement, statement } from './statement.ts';
import type { Tables } from './tables.ts';
import { isTerminal, type TargetClaim, targetClaim } from './target.ts';

/**
 * Rules between the migrations of one vendor instance. The caller holds the lock of the target, so what is read here stays true
 * until its transaction ends.
 */

interface Place {
  readonly id: string;
  readonly account: string;
  readonly instanceId: string;
}

function placeOf({ id, account, target }: Migration): Place {
  return { id, account, instanceId: target.instanceId };
}

/** What may stand in the way of a new migration. */
export interface Obstacles {
  /** The document of its idempotency key, when that is stored already. */
  readonly key: string | null;
  /** The id of another active migration that holds what it would hold; of several the oldest. */
  readonly holder: string | null;
  /** The id of a migration that occupies the instance. */
  readonly occupant: string | null;
}

/** All in one statement. `keyDigest`: null without an idempotency key. */
export async function findObstacles(
  session: Session,
  migration: Migration,
  keyDigest: string | null,
): Promise<Obstacles> {
  const claim = isTerminal(migration) ? noClaim : targetClaim(migration);
  const values = { ...placeOf(migration), keyDigest, ...[...claim.names, ...claim.sources] };
  const [found] = await session.rows(obstaclesTo(claim), values);
  if (found === undefined) throw new Error('a statement that always has a row has none');
  return found;
}

const noClaim: TargetClaim = { namesDatabases: false, names: [], sources: [] };

/** The keys of the claim by their index. */
type ObstacleValues = Place & { readonly keyDigest: string | null; readonly [index: number]: string };

const obstacles = new Map<string, Statement<ObstacleValues, Obstacles>>();

/** The same for all claims with as many keys. */
function obstaclesTo({ names, sources, namesDatabases }: TargetClaim): Statement<ObstacleValues, Obstacles> {
  const shape = `${names.length} ${sources.length}`;
  const known = obstacles.get(shape);
  if (known !== undefined) return known;
  const made = statement((db, values: ObstacleValues) => {
    const keyAt = (_: string, index: number) => values[index] ?? '';
    const claim = {
      namesDatabases,
      names: names.map(keyAt),
      sources: sources.map((_, index) => keyAt(_, names.length + index)),
    };
    return db.selectNoFrom(({ selectFrom }) => [
      selectFrom('idempotency_keys').select('document').where('digest', '=', values.keyDigest).as('key'),
      holderOf(db, values, claim).as('holder'),
      occupantsBeside(db, values).limit(1).as('occupant'),
    ]);
  });
  obstacles.set(shape, made);
  return made;
}

/** The id of another active migration that holds what `migration` would hold, or null: of several the oldest. */
export async function holderOfTarget(db: Kysely<Tables>, migration: Migration): Promise<string | null> {
  const row = await holderOf(db, placeOf(migration), targetClaim(migration)).executeTakeFirst();
  return row?.migration_id ?? null;
}

function holderOf(db: Kysely<Tables>, { id, account, instanceId }: Place, claim: TargetClaim) {
  const { names, sources, namesDatabases } = claim;
  return (
    db
      .selectFrom('active_targets')
      .select('migration_id')
      .where('account', '=', account)
      .where('instance_id', '=', instanceId)
      // An empty list is no SQL, and no key is empty.
      .where('key', 'in', ['', ...names, ...sources])
      // Of two that name databases only the names count.
      .$if(namesDatabases, (query) =>
        query.where(({ or, eb }) => or([eb('names_databases', '=', 0), eb('key', 'in', names)])),
      )
      .where('migration_id', '!=', id)
      .orderBy('migration_id')
      .limit(1)
  );
}

/** Whether another migration occupies the instance. */
export async function instanceOccupied(session: Session, migration: Migration): Promise<boolean> {
  return (await session.rows(selectOccupant, placeOf(migration))).length > 0;
}

const selectOccupant = statement(occupantsBeside);

function occupantsBeside(db: Kysely<Tables>, { id, account, instanceId }: Place) {
  return db
    .selectFrom('migrations')
    .select('id')
    .where('account', '=', account)
    .where('instance_id', '=', instanceId)
    .where(sql.ref('occupies_instance'), '=', sql.lit(1))
    .where('id', '!=', id);
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
    .where(sql.ref('waits_for_instance'), '=', sql.lit(1))
    .where('id', '!=', leaving)
    .returning('id')
    .execute();
  for (const { id } of woken) session.changed(id, 0);
}
