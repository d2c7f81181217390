import { dueWorkOf } from '../domain/due-work.ts';
import { isTerminal } from '../domain/lifecycle.ts';
import type { Backup, Call, Migration } from '../domain/migration.ts';
import { UnreadableRecord } from '../domain/store.ts';
import { folderIdOf, watchesNow } from './feeds.ts';
import { migrationFault } from './migration-shape.ts';
import type { MigrationsTable, PartsTable } from './tables.ts';
import { json, jsonObject } from './unreadable.ts';

/** The row of a migration with its backups and calls, each as JSON documents separated by commas. */
export interface StoredMigration
  extends Omit<
    MigrationsTable,
    'vendor_ids' | 'state_reason' | 'unknown_calls' | 'cloud_endpoint' | 'feed_folder' | 'feed_watches' | 'due_work'
  > {
  readonly backups: string | null;
  readonly calls: string | null;
}

/** The columns that the aggregate determines: all but id, lease and fencing token. */
export type AggregateColumns = Omit<MigrationsTable, 'id' | 'lease_owner' | 'lease_until' | 'fence'>;

/** The aggregate in a row. `dueAt` and `version` come from their columns. Throws `UnreadableRecord`. */
export function readMigration(row: StoredMigration): Migration {
  const { id } = row;
  const value = {
    ...jsonObject('migrations', id, row.document),
    backups: json('backups', id, `[${row.backups ?? ''}]`),
    calls: json('calls', id, `[${row.calls ?? ''}]`),
    dueAt: row.due_at,
    version: row.version,
  };
  const fault = migrationFault(value, id);
  if (fault !== null) throw new UnreadableRecord('migrations', id, fault);
  return value as unknown as Migration;
}

/** The columns of a migration. `vendor_ids` is kept for terminal migrations too. */
export function aggregateColumns(migration: Migration): AggregateColumns {
  return {
    ...stateColumns(migration),
    document: documentOf(migration),
    vendor_ids: JSON.stringify(vendorIdsOf(migration)),
  };
}

/** The columns in which `after` differs from `before`. `document` is always among them. */
export function changedColumns(before: Migration, after: Migration): Partial<AggregateColumns> {
  const [earlier, later] = [stateColumns(before), stateColumns(after)];
  const changed = Object.entries(later).filter(([name, value]) => earlier[name as keyof StateColumns] !== value);
  const ids = mayHaveOtherIds(before, after) ? JSON.stringify(vendorIdsOf(after)) : null;
  const otherIds = ids !== null && ids !== JSON.stringify(vendorIdsOf(before));
  return { ...Object.fromEntries(changed), document: documentOf(after), ...(otherIds && { vendor_ids: ids }) };
}

type StateColumns = Omit<AggregateColumns, 'document' | 'vendor_ids'>;

function stateColumns(migration: Migration): StateColumns {
  const { dueAt } = migration;
  return {
    provider: migration.provider,
    account: migration.account,
    region: migration.region,
    state: migration.state,
    name: migration.name,
    instance_id: migration.target.instanceId,
    created_at: migration.createdAt,
    due_at: dueAt === null ? null : Math.ceil(dueAt),
    due_work: dueWorkOf(migration),
    version: migration.version,
    occupies_instance: migration.occupiesInstance ? 1 : 0,
    waits_for_instance: waitsForInstance(migration) ? 1 : 0,
    state_reason: migration.stateReason,
    unknown_calls: migration.calls.filter((call) => call.state === 'unknown').length,
    cloud_endpoint: migration.cloud?.endpoint ?? null,
    feed_folder: folderIdOf(migration),
    feed_watches: watchesNow(migration) ? 1 : 0,
  };
}

function documentOf({
  backups: _backups,
  calls: _calls,
  dueAt: _dueAt,
  version: _version,
  ...document
}: Migration): string {
  return JSON.stringify(document);
}

/** Whether the change can add or remove a vendor id. Cheaper than comparing all ids. */
function mayHaveOtherIds(before: Migration, after: Migration): boolean {
  const same = <Part extends Backup | Call>(one: readonly Part[], other: readonly Part[]): boolean =>
    one.length === other.length &&
    one.every((part, index) => part === other[index] || refsOf(part) === refsOf(other[index]));
  return !(
    before.providerRefs === after.providerRefs &&
    same(before.backups, after.backups) &&
    same(before.calls, after.calls)
  );
}

function refsOf(part: Backup | Call | undefined): unknown {
  if (part === undefined) return undefined;
  return 'refs' in part ? part.refs : part.providerRefs;
}

/** Whether the migration waits until another one no longer occupies the instance. */
export function waitsForInstance(migration: Migration): boolean {
  return migration.stateReason === 'queued_behind_target' && !isTerminal(migration);
}

/** All vendor ids of a migration, without duplicates. */
export function vendorIdsOf(migration: Migration): readonly string[] {
  const refs = [migration.providerRefs, ...[...migration.backups].map((backup) => backup.providerRefs)];
  for (const call of migration.calls) refs.push(call.refs);
  return [...new Set(refs.flatMap((each) => Object.values(each)))];
}

/** Changes of the rows of a list. `put`: rows to write. `length`: rows from this position on are deleted if the list is `shorter`. */
export interface PartsChange {
  readonly put: readonly Pick<PartsTable, 'position' | 'document'>[];
  readonly length: number;
  readonly shorter: boolean;
}

/** The rows in which two lists differ. Identical objects are equal without comparing their documents. */
export function partsChange(before: readonly (Backup | Call)[], after: readonly (Backup | Call)[]): PartsChange {
  const put = after.flatMap((part, position) => {
    const earlier = before[position];
    if (earlier === part) return [];
    const document = JSON.stringify(part);
    return earlier !== undefined && JSON.stringify(earlier) === document ? [] : [{ position, document }];
  });
  return { put, length: after.length, shorter: after.length < before.length };
}

/** The versions and keys that a document's texts are sealed with, sorted and without duplicates; null: none is sealed. */
export function sealsIn(document: string): string | null {
  // Most documents have no sealed text, and searching a fixed text is much faster than a pattern.
  if (!document.includes('"sealed')) return null;
  const found = [...document.matchAll(/"sealed(?:Secret)?":"(v\d+\.[\w-]+)\./g)].map(([, seal = '']) => seal);
  return found.length === 0 ? null : [...new Set(found)].sort().join(' ');
}
