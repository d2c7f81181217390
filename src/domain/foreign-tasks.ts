import {
  type Instant,
  type Migration,
  type MigrationError,
  type Refs,
  restoredName,
  type WarningNote,
} from './migration.ts';
import type { Account, Dialogue } from './vendor.ts';
import type { BackupType, MigrationState, Mode } from './vocabulary.ts';

/** A task in the vendor's list, started by Godwit or by others. Members that the list does not show are null. */
export interface VendorTask {
  readonly providerRefs: Refs;
  readonly name: string | null;
  /** The vendor's status, verbatim. */
  readonly providerStatus: string;
  /** The state that the vendor's status means; null: the status alone does not determine it. */
  readonly state: MigrationState | null;
  /** The vendor's text, such as the cause of a failure. */
  readonly detail: string | null;
  readonly mode: Mode | null;
  /** Database names on the target. */
  readonly databases: readonly string[] | null;
  /** File names as the vendor shows them, URLs without their query. */
  readonly files: readonly string[] | null;
  readonly createdAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** The tasks of one instance, newest first. */
export interface VendorTaskList {
  readonly tasks: readonly VendorTask[];
  /** Whether the vendor's list was read to its end. */
  readonly complete: boolean;
}

/** A task to adopt, and what the caller states about it. */
export interface AdoptionOrder {
  /** The vendor ids. All required names are present. */
  readonly refs: Refs;
  /** The migration as requested, with a placeholder as its backup. Its mode counts only if `mode` is set. */
  readonly draft: Migration;
  /** The mode that the caller states; null: the vendor's. */
  readonly mode: Mode | null;
  /** Vendor ids on the instance that belong or belonged to migrations of this gateway. */
  readonly taken: ReadonlySet<string>;
}

/** One backup of a task to adopt. `restoring`: the next observation determines its state. */
export interface AdoptableBackup {
  readonly type: BackupType;
  readonly final: boolean;
  readonly files: readonly string[];
  readonly refs: Refs;
  readonly state: 'restoring' | 'restored' | 'failed';
  readonly error: MigrationError | null;
  readonly providerStatus: string;
  readonly createdAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** A task that can be adopted. Its backups are in the order of their restore, the full one first. */
export interface AdoptableTask {
  readonly mode: Mode;
  readonly providerStatus: string;
  readonly backups: readonly [AdoptableBackup, ...AdoptableBackup[]];
}

/** Why a task cannot be adopted. `differs`: it is not what the caller states. `undetermined`: the vendor does not show enough of it. */
export interface AdoptionRefusal {
  readonly refused: 'differs' | 'undetermined';
  /** JSON pointer into the request. */
  readonly pointer: string;
  readonly detail: string;
}

/** Lists and reads tasks that were started outside Godwit. Pure. */
export interface ForeignTasks {
  /** Names of the vendor ids that identify a task. */
  readonly refs: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** The tasks of an instance, newest first, within one bounded reading. `now`: by the vendor's clock. */
  list(instanceId: string, account: Account, now: Instant): Dialogue<VendorTaskList>;
  /** Reads a task to adopt. `now`: by the vendor's clock. */
  read(order: AdoptionOrder, account: Account, now: Instant): Dialogue<AdoptableTask | AdoptionRefusal>;
}

/** Sorts by creation, newest first; tasks without a time come last. */
export function newestFirst(tasks: readonly VendorTask[]): readonly VendorTask[] {
  return tasks.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
}

/** A refusal that points to a vendor id. `name`: the name of the id. */
export function refusedRef(refused: AdoptionRefusal['refused'], name: string, detail: string): AdoptionRefusal {
  return { refused, pointer: `/adopt/${name}`, detail };
}

/** Whether a task can delay another restore: a resting chain only for its own databases, a running restore for the whole instance. */
function standsInTheWay({ state, finishedAt, databases }: VendorTask, wanted: ReadonlySet<string>): boolean {
  if (state === 'restoring' || (state === null && finishedAt === null)) return true;
  const same = databases?.some((name) => wanted.has(name.toLowerCase())) ?? false;
  return same && (state === 'awaiting_backup' || state === 'pending');
}

/** The warning about tasks that were started outside Godwit and can delay a restore onto the same instance; null: none. */
export function foreignTaskWarning(
  tasks: readonly VendorTask[],
  { target }: Pick<Migration, 'target'>,
): WarningNote | null {
  const wanted = new Set((target.databases ?? []).map((database) => restoredName(database).toLowerCase()));
  const shown = tasks
    .filter((task) => standsInTheWay(task, wanted))
    .map(({ providerRefs, providerStatus, databases }) => {
      const ids = Object.entries(providerRefs).map(([name, id]) => `${name} ${id}`);
      return `${ids.join(', ')} (${providerStatus}${databases === null ? '' : `, ${databases.join(', ')}`})`;
    });
  if (shown.length === 0) return null;
  const more = shown.length > 3 ? `, and ${shown.length - 3} more` : '';
  return {
    code: 'foreign_task_running',
    detail: `The vendor shows tasks on the instance ${target.instanceId} that were started outside Godwit: ${shown.slice(0, 3).join('; ')}${more}.`,
  };
}
