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

/** A task that the vendor lists, whoever began it. What its list does not tell is null. */
export interface VendorTask {
  readonly providerRefs: Refs;
  readonly name: string | null;
  /** The vendor's word, verbatim. */
  readonly providerStatus: string;
  /** Our state of what the word means; null: the word alone does not tell. */
  readonly state: MigrationState | null;
  /** The vendor's text, such as the reason of a failure. */
  readonly detail: string | null;
  readonly mode: Mode | null;
  /** Names on the target. */
  readonly databases: readonly string[] | null;
  /** Names of the files as the vendor shows them, links without their query. */
  readonly files: readonly string[] | null;
  readonly createdAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

export interface VendorTaskList {
  readonly tasks: readonly VendorTask[];
  /** Whether the vendor's list was read to its end. */
  readonly complete: boolean;
}

/** What is to be taken over, and what the caller says of it. */
export interface AdoptionOrder {
  /** All of the required names are among them. */
  readonly refs: Refs;
  /** As it was asked for, with no backup of its own; its mode counts only where `mode` says it. */
  readonly draft: Migration;
  /** Null: whatever the vendor says. */
  readonly mode: Mode | null;
  /** Vendor ids that migrations of this gateway own or owned on the instance. */
  readonly taken: ReadonlySet<string>;
}

/** One backup of a task that is taken over. `restoring`: the next observation tells what becomes of it. */
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

/** A task that can be taken over, with its backups in the order of their restore: the first is the full one. */
export interface AdoptableTask {
  readonly mode: Mode;
  readonly providerStatus: string;
  readonly backups: readonly [AdoptableBackup, ...AdoptableBackup[]];
}

/** Why a task cannot be taken over. `differs`: it is another one than the caller says. `untold`: the vendor does not tell enough of it. */
export interface AdoptionRefusal {
  readonly refused: 'differs' | 'untold';
  /** JSON pointer into the request. */
  readonly pointer: string;
  readonly detail: string;
}

/** How a provider shows and tells of what was begun outside Godwit. Pure. */
export interface ForeignTasks {
  /** Our names of the ids that name a task to be taken over. */
  readonly refs: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** The tasks of an instance, the newest first, as far as one bounded reading goes. `now` by the vendor's clock. */
  list(instanceId: string, account: Account, now: Instant): Dialogue<VendorTaskList>;
  /** Reads a task that is to be taken over. `now` by the vendor's clock. */
  read(order: AdoptionOrder, account: Account, now: Instant): Dialogue<AdoptableTask | AdoptionRefusal>;
}

/** Newest first; tasks without a time come last. */
export function newestFirst(tasks: readonly VendorTask[]): readonly VendorTask[] {
  return tasks.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
}

/** A refusal because of the ids themselves. `name`: the id that is at fault. */
export function refusedRef(refused: AdoptionRefusal['refused'], name: string, detail: string): AdoptionRefusal {
  return { refused, pointer: `/adopt/${name}`, detail };
}

/** A chain that rests stands in the way of its own databases only; whatever runs may hold up the whole instance. */
function standsInTheWay({ state, finishedAt, databases }: VendorTask, wanted: ReadonlySet<string>): boolean {
  if (state === 'restoring' || (state === null && finishedAt === null)) return true;
  const same = databases?.some((name) => wanted.has(name.toLowerCase())) ?? false;
  return same && (state === 'awaiting_backup' || state === 'pending');
}

/** What a person should know of tasks that were begun outside Godwit before another restore goes to their instance; null: nothing. */
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
    detail: `On the instance ${target.instanceId} the vendor shows what was begun outside Godwit: ${shown.slice(0, 3).join('; ')}${more}.`,
  };
}
