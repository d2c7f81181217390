import type { CreateJob, Job, RestoredName } from './job.ts';

/** Databases in the restoring state. They accept log backups up to the last one. */
export interface Chain {
  /** The databases that the chain's jobs select: `*` for all in the file, otherwise the names. */
  readonly selection: string;
  readonly databases: readonly RestoredName[];
}

/** The databases of an instance. Names are compared case-insensitively. */
export interface Holdings {
  /** Whether each database is online, by its restored name. */
  readonly databases: ReadonlyMap<string, boolean>;
  readonly chains: readonly Chain[];
}

/**
 * Derives the databases of an instance from the successful jobs, oldest first. Deleted jobs count, because a deletion removes the record
 * and not the database.
 */
export function holdingsOf(jobs: readonly Job[], projectId: string, instanceId: string, now: number): Holdings {
  const databases = new Map<string, boolean>();
  let chains: readonly Chain[] = [];
  for (const { projectId: owner, request, outcome } of jobs) {
    if (owner !== projectId || request.target_db_info.target_instance_id !== instanceId) continue;
    if (outcome.status !== 'SUCCESS' || outcome.endsAt === null || now < outcome.endsAt) continue;
    const last = request.options.is_last_backup;
    if (request.options.recovery_mode === 'full') {
      for (const { target } of outcome.databases) {
        const old = [...databases.keys()].find((name) => sameName(name, target));
        if (old !== undefined) databases.delete(old);
        databases.set(target, last);
      }
      chains = chains.filter((chain) => !overlap(chain.databases, outcome.databases));
      if (!last) chains = [...chains, { selection: selectionOf(request), databases: outcome.databases }];
    } else if (last) {
      for (const { target } of outcome.databases) databases.set(target, true);
      chains = chains.filter((chain) => !overlap(chain.databases, outcome.databases));
    }
  }
  return { databases, chains };
}

/**
 * The chain that a log backup continues: of the chains with the same selection, the one whose database names the file name suggests,
 * otherwise the newest. Undefined if no chain is open.
 */
export function chainFor(request: CreateJob, chains: readonly Chain[]): Chain | undefined {
  const open = chains.filter((chain) => chain.selection === selectionOf(request));
  const suggested = sourceNames(request);
  return (
    open.findLast((chain) => chain.databases.some(({ source }) => suggested.some((name) => sameName(name, source)))) ??
    open.at(-1)
  );
}

/** The database names in the backup of a request. The sandbox does not read files here, so file names stand for their contents. */
export function sourceNames(request: CreateJob): readonly string[] {
  const named = namedDatabases(request);
  if (named.length > 0) return named;
  if (request.backup_info.file_source === 'RDS') return rdsBackupDatabases;
  return [...new Set(request.backup_info.files.map(({ name }) => databaseInFile(name)))];
}

/** The databases of every RDS backup. */
export const rdsBackupDatabases: readonly string[] = ['sales', 'hr'];

/** The names that select databases. For OBS files with `is_default_restore`, the list is a placeholder. */
export function namedDatabases(request: CreateJob): readonly string[] {
  const { is_default_restore: all, db_names: names = [] } = request.options;
  const counts = request.backup_info.file_source === 'RDS' ? all !== true : all === false;
  return counts ? names.filter((name) => name !== '') : [];
}

/** The database in a file name: the part before a technical word, such as `orders` in `orders_log_01.bak`. */
function databaseInFile(fileName: string): string {
  const base = fileName.replace(/\.[^.]*$/, '');
  const head = base.replace(
    /[_.-]+((full|t?log|diff|differential|incre?|tail|base|last|final)\d*|\d+)([_.-].*)?$/i,
    '',
  );
  return head === '' ? base : head;
}

function selectionOf(request: CreateJob): string {
  const names = namedDatabases(request);
  return names.length === 0 ? '*' : JSON.stringify([...names].sort());
}

function overlap(a: readonly RestoredName[], b: readonly RestoredName[]): boolean {
  return a.some((one) => b.some((other) => sameName(one.target, other.target)));
}

/** Whether two database names are equal. Case does not matter. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
