import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { isTerminal } from '../domain/lifecycle.ts';
import type { Migration } from '../domain/migration.ts';
import {
  type AggregateColumns,
  aggregateColumns,
  changedColumns,
  type PartsChange,
  partsChange,
  type StoredMigration,
  sealsIn,
} from './documents.ts';
import { keepFolder } from './feeds.ts';
import type { Session } from './session.ts';
import { type Statement, type StatementDialect, statement, statementOfRows } from './statement.ts';
import type { ActiveTargetsTable, LabelsTable, Tables } from './tables.ts';
import { mayClaimOther, targetClaim } from './target.ts';

/** Maximum rows per insert: far below the parameter limits of both databases. */
const batchSize = 500;

/** Selects migrations with their backups and calls in one statement, which gives a consistent state without a transaction. */
export function selectMigrations(
  db: Kysely<Tables>,
): SelectQueryBuilder<Tables, 'migrations', Omit<StoredMigration, never>> {
  return db
    .selectFrom('migrations')
    .select([
      'id',
      'document',
      'provider',
      'account',
      'region',
      'state',
      'name',
      'instance_id',
      'created_at',
      'due_at',
      'lease_owner',
      'lease_until',
      'fence',
      'version',
      'occupies_instance',
      'waits_for_instance',
      joinedParts('backups').as('backups'),
      joinedParts('calls').as('calls'),
    ]);
}

function joinedParts(table: 'backups' | 'calls') {
  return sql<string | null>`(
    select string_agg(cast(part.document as text), ',' order by part.position)
    from ${sql.table(table)} as part where part.migration_id = migrations.id)`;
}

/** Writes all rows of a new migration, with its lease. */
export async function insertMigration(
  session: Session,
  migration: Migration,
  lease: { readonly owner: string; readonly now: number; readonly leaseMs: number; readonly token: number },
): Promise<void> {
  session.run(insertRow, {
    id: migration.id,
    ...aggregateColumns(migration),
    owner: lease.owner,
    token: lease.token,
    now: lease.now,
    leaseMs: Math.ceil(lease.leaseMs),
  });
  writeParts(session, 'backups', migration.id, partsChange([], migration.backups));
  writeParts(session, 'calls', migration.id, partsChange([], migration.calls));
  writeLabels(session, null, migration);
  holdTarget(session, migration);
  await keepFolder(session.db, null, migration);
}

interface LeaseValues {
  readonly owner: string;
  readonly token: number;
  readonly now: number;
  readonly leaseMs: number;
}

const insertRow = statement((db, row: AggregateColumns & LeaseValues & { readonly id: string }, dialect) =>
  db.insertInto('migrations').values({
    ...(valuesOf(row, aggregateColumnNames) as AggregateColumns),
    id: row.id,
    lease_owner: row.owner,
    lease_until: leaseEnd(dialect, row),
    fence: row.token,
  }),
);

/** The values of these columns, as parameters. */
function valuesOf(
  row: Partial<AggregateColumns>,
  columns: readonly (keyof AggregateColumns)[],
): Partial<AggregateColumns> {
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}

const aggregateColumnNames: readonly (keyof AggregateColumns)[] = [
  'document',
  'provider',
  'account',
  'region',
  'state',
  'name',
  'instance_id',
  'created_at',
  'due_at',
  'due_work',
  'version',
  'occupies_instance',
  'waits_for_instance',
  'state_reason',
  'unknown_calls',
  'vendor_ids',
  'cloud_endpoint',
  'feed_folder',
  'feed_watches',
];

/** SQL expression: the end of a lease that begins now, by the clock of leases. */
export function leaseEnd(dialect: StatementDialect, { now, leaseMs }: Pick<LeaseValues, 'now' | 'leaseMs'>) {
  return sql<number>`${dialect.leaseClock(now)} + cast(${leaseMs} as bigint)`;
}

/** The change of a lease: it stays, is released, or is renewed. */
export type LeaseChange = 'stays' | 'given_back' | { readonly renew: Pick<LeaseValues, 'now' | 'leaseMs'> };

/** Writes the rows in which `after` differs from `before`, and the change of the lease. */
export async function saveMigration(
  session: Session,
  before: Migration,
  after: Migration,
  lease: LeaseChange,
): Promise<void> {
  const columns = changedColumns(before, after);
  const [change, end] = typeof lease === 'object' ? (['renew', lease.renew] as const) : ([lease, noRenewal] as const);
  session.run(savingOf(Object.keys(columns) as (keyof AggregateColumns)[], change), {
    ...columns,
    ...end,
    id: after.id,
  });
  writeParts(session, 'backups', after.id, partsChange(before.backups, after.backups));
  writeParts(session, 'calls', after.id, partsChange(before.calls, after.calls));
  writeLabels(session, before, after);
  await keepFolder(session.db, before, after);
  if (isTerminal(after) && !isTerminal(before)) session.run(releaseTarget, { id: after.id });
  else if (!isTerminal(after) && targetChanged(before, after)) {
    session.run(releaseTarget, { id: after.id });
    holdTarget(session, after);
  }
}

type SavedRow = Partial<AggregateColumns> & Pick<LeaseValues, 'now' | 'leaseMs'> & { readonly id: string };

const noRenewal = { now: 0, leaseMs: 0 };

const savings = new Map<string, Statement<SavedRow, unknown>>();

/** The statement that sets these columns. It sets only changed ones, because SQLite updates every index of a column that is set. */
function savingOf(
  columns: readonly (keyof AggregateColumns)[],
  lease: 'stays' | 'given_back' | 'renew',
): Statement<SavedRow, unknown> {
  const shape = `${lease} ${columns.join()}`;
  let saving = savings.get(shape);
  if (saving === undefined) {
    saving = statement((db, row: SavedRow, dialect) =>
      db
        .updateTable('migrations')
        .set({
          ...valuesOf(row, columns),
          ...(lease === 'given_back' && { lease_owner: null, lease_until: null }),
          ...(lease === 'renew' && { lease_until: leaseEnd(dialect, row) }),
        })
        .where('id', '=', row.id),
    );
    savings.set(shape, saving);
  }
  return saving;
}

/** Releases or renews the lease, without any other change. */
export function keepLease(session: Session, id: string, lease: LeaseChange): void {
  if (lease === 'given_back') session.run(giveBack, { id });
  else if (lease !== 'stays') session.run(renew, { id, ...lease.renew });
}

const giveBack = statement((db, { id }: { readonly id: string }) =>
  db.updateTable('migrations').set({ lease_owner: null, lease_until: null }).where('id', '=', id),
);
const renew = statement((db, row: { readonly id: string } & Pick<LeaseValues, 'now' | 'leaseMs'>, dialect) =>
  db
    .updateTable('migrations')
    .set({ lease_until: leaseEnd(dialect, row) })
    .where('id', '=', row.id),
);

/** Whether the targets of `after` must be checked and stored again. */
export function targetChanged(before: Migration, after: Migration): boolean {
  if (isTerminal(before)) return true;
  return mayClaimOther(before, after) && JSON.stringify(targetClaim(before)) !== JSON.stringify(targetClaim(after));
}

function writeParts(session: Session, table: 'backups' | 'calls', migrationId: string, change: PartsChange): void {
  if (change.shorter)
    session.run(table === 'backups' ? removeBackups : removeCalls, { migrationId, length: change.length });
  if (table === 'calls')
    putCalls(
      session,
      change.put.map((part) => ({ ...part, migrationId })),
    );
  else
    putBackups(
      session,
      change.put.map((part) => ({ ...part, migrationId, seals: sealsIn(part.document) })),
    );
}

interface PartValues {
  readonly migrationId: string;
  readonly position: number;
  readonly document: string;
}

const putBackups = statementOfRows((db, parts: readonly (PartValues & { readonly seals: string | null })[]) =>
  db
    .insertInto('backups')
    .values(
      parts.map((part) => ({
        migration_id: part.migrationId,
        position: part.position,
        document: part.document,
        seals: part.seals,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['migration_id', 'position']).doUpdateSet((excluded) => ({
        document: excluded.ref('excluded.document'),
        seals: excluded.ref('excluded.seals'),
      })),
    ),
);
const putCalls = statementOfRows((db, parts: readonly PartValues[]) =>
  db
    .insertInto('calls')
    .values(parts.map((part) => ({ migration_id: part.migrationId, position: part.position, document: part.document })))
    .onConflict((conflict) =>
      conflict
        .columns(['migration_id', 'position'])
        .doUpdateSet((excluded) => ({ document: excluded.ref('excluded.document') })),
    ),
);
interface Shortened {
  readonly migrationId: string;
  readonly length: number;
}

const removeBackups = statement((db, { migrationId, length }: Shortened) =>
  db.deleteFrom('backups').where('migration_id', '=', migrationId).where('position', '>=', length),
);
const removeCalls = statement((db, { migrationId, length }: Shortened) =>
  db.deleteFrom('calls').where('migration_id', '=', migrationId).where('position', '>=', length),
);

function writeLabels(session: Session, before: Migration | null, after: Migration): void {
  if (before !== null) {
    if (before.labels === after.labels || JSON.stringify(before.labels) === JSON.stringify(after.labels)) return;
    session.run(removeLabels, { migrationId: after.id });
  }
  insertLabels(
    session,
    Object.entries(after.labels).map(([key, value]) => ({ migration_id: after.id, key, value })),
  );
}

const removeLabels = statement((db, { migrationId }: { readonly migrationId: string }) =>
  db.deleteFrom('labels').where('migration_id', '=', migrationId),
);
const insertLabels = statementOfRows((db, labels: readonly LabelsTable[]) =>
  db.insertInto('labels').values(labels.map(({ migration_id, key, value }) => ({ migration_id, key, value }))),
);

function holdTarget(session: Session, migration: Migration): void {
  if (isTerminal(migration)) return;
  const claim = targetClaim(migration);
  const held = {
    migration_id: migration.id,
    account: migration.account,
    instance_id: migration.target.instanceId,
    names_databases: claim.namesDatabases ? 1 : 0,
  };
  insertTargets(
    session,
    [...claim.names, ...claim.sources].map((key) => ({ ...held, key })),
  );
}

const insertTargets = statementOfRows((db, targets: readonly ActiveTargetsTable[]) =>
  db.insertInto('active_targets').values(
    targets.map(({ migration_id, account, instance_id, key, names_databases }) => ({
      migration_id,
      account,
      instance_id,
      key,
      names_databases,
    })),
  ),
);
const releaseTarget = statement((db, { id }: { readonly id: string }) =>
  db.deleteFrom('active_targets').where('migration_id', '=', id),
);

/** Splits rows into portions that fit into one insert. */
export function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize);
}
