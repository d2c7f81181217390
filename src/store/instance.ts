import { type Kysely, sql } from 'kysely';
import { isTerminal } from '../domain/lifecycle.ts';
import type { Migration } from '../domain/migration.ts';
import type { Session } from './session.ts';
import { type Statement, statement } from './statement.ts';
import type { Tables } from './tables.ts';
import { type TargetClaim, targetClaim } from './target.ts';

/** Rules between the migrations on one instance. The transaction holds the lock of the target, so results stay valid until it ends. */

interface Place {
  readonly id: string;
  readonly account: string;
  readonly instanceId: string;
}

function placeOf({ id, account, target }: Migration): Place {
  return { id, account, instanceId: target.instanceId };
}

/** Obstacles to a new migration. */
export interface Obstacles {
  /** The document of its idempotency key, if that is already stored. */
  readonly key: string | null;
  /** Id of another active migration with the same target; the oldest if there are several. */
  readonly holder: string | null;
  /** Id of another migration that occupies the instance. */
  readonly occupant: string | null;
}

interface Wanted extends Place {
  /** Digest of its idempotency key; null: it has none. */
  readonly keyDigest: string | null;
}

/** Maximum number of claimed keys in a cached statement. Queries with more keys are not cached, to limit the number of statements. */
const maxKeptKeys = 8;

/** Finds all obstacles with one statement. */
export async function findObstacles(
  session: Session,
  migration: Migration,
  keyDigest: string | null,
): Promise<Obstacles> {
  const claim = isTerminal(migration) ? noClaim : targetClaim(migration);
  const keys = [...claim.names, ...claim.sources];
  const wanted = { ...placeOf(migration), keyDigest };
  if (keys.length > maxKeptKeys) return obstaclesTo(session.db, wanted, claim).executeTakeFirstOrThrow();
  const [found] = await session.rows(statementFor(claim), { ...wanted, ...keys });
  if (found === undefined) throw new Error('a statement that always has a row has none');
  return found;
}

const noClaim: TargetClaim = { namesDatabases: false, names: [], sources: [] };

function obstaclesTo(db: Kysely<Tables>, wanted: Wanted, claim: TargetClaim) {
  return db.selectNoFrom(({ selectFrom }) => [
    selectFrom('idempotency_keys').select('document').where('digest', '=', wanted.keyDigest).as('key'),
    holderOf(db, wanted, claim).as('holder'),
    occupantsBeside(db, wanted).limit(1).as('occupant'),
  ]);
}

/** The parameters, with the claimed keys by their index. */
type WantedKeys = Wanted & { readonly [index: number]: string };

const kept = new Map<string, Statement<WantedKeys, Obstacles>>();

/** The statement for claims with these numbers of names and sources. */
function statementFor({ names, sources, namesDatabases }: TargetClaim): Statement<WantedKeys, Obstacles> {
  const shape = `${names.length} ${sources.length}`;
  const known = kept.get(shape);
  if (known !== undefined) return known;
  const made = statement((db, wanted: WantedKeys) => {
    const keys = [...names, ...sources].map((_, index) => wanted[index] ?? '');
    const claim = { namesDatabases, names: keys.slice(0, names.length), sources: keys.slice(names.length) };
    return obstaclesTo(db, wanted, claim);
  });
  kept.set(shape, made);
  return made;
}

/** `Store.targetHolder`: the oldest one if there are several. */
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
      // SQL allows no empty list, and no key is the empty text.
      .where('key', 'in', ['', ...names, ...sources])
      // If both migrations name databases, only the names count, not the sources.
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

/** Makes the migrations that wait for an instance due, the oldest first. `leaving`: the one that no longer occupies it. */
export async function wakeWaiting(
  session: Session,
  account: string,
  instanceId: string,
  leaving: string,
): Promise<void> {
  const woken = await session.db
    .updateTable('migrations')
    // The time of creation is in the past by every clock, and the oldest comes first.
    .set({ due_at: sql<number>`created_at` })
    .where('account', '=', account)
    .where('instance_id', '=', instanceId)
    .where(sql.ref('waits_for_instance'), '=', sql.lit(1))
    .where('id', '!=', leaving)
    .returning('id')
    .execute();
  for (const { id } of woken) session.changed(id, 0);
}
