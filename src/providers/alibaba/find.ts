import type { Instant, Migration } from '../../domain/migration.ts';
import type { Finding, ProbeInput } from '../../domain/provider.ts';
import type { Dialogue } from '../../domain/vendor.ts';
import { isRefusal } from './errors.ts';
import {
  acceptedSubmissions,
  chainHandle,
  destinationName,
  earlierFilesOfSameName,
  fileNamesOf,
} from './migration-task.ts';
import {
  describeFiles,
  describeTask,
  inOrder,
  listedPeriodMs,
  listTasks,
  ownFile,
  rowsNamed,
  type Task,
  type TaskFile,
} from './reads.ts';
import { taskMeaning } from './status.ts';

/** Tolerance for clock skew in milliseconds. The vendor may date a new task up to this long before the call was sent. */
const clockMarginMs = 60_000;
/** Time before the call at which the list of tasks begins, in milliseconds. */
const listMarginMs = 600_000;

const no: Finding = { found: 'no' };
const yes = (migrateTaskId: string): Finding => ({ found: 'yes', refs: { migrateTaskId } });
const unclear = (detail: string): Finding => ({ found: 'unclear', detail });

/** Whether an object with this creation time can be the effect of a call that was sent at `sentAt`. True if the creation time is unknown. */
function youngEnough(createdAt: Instant | null, sentAt: Instant): boolean {
  return createdAt === null || createdAt >= sentAt - clockMarginMs;
}

/** Runs a dialogue. Returns null if the vendor permanently rejects its reads. */
function* unlessRefused<T>(dialogue: Dialogue<T>): Dialogue<T | null> {
  try {
    return yield* dialogue;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** The task ids from accepted calls of this migration. A call in doubt cannot have created one of them. */
function ownTaskIds(migration: Migration): ReadonlySet<string> {
  const refs = [
    migration.providerRefs,
    ...migration.calls.map((call) => call.refs),
    ...migration.backups.map((backup) => backup.providerRefs),
  ];
  return new Set(refs.flatMap(({ migrateTaskId }) => (migrateTaskId === undefined ? [] : [migrateTaskId])));
}

/** Whether the vendor lists other files than ours for a task. False if it lists no names. */
function* holdsOtherFile(instanceId: string, taskId: string, names: readonly string[]): Dialogue<boolean> {
  if (names.length === 0) return false;
  const files = (yield* unlessRefused(describeFiles(instanceId, taskId))) ?? [];
  const named = files.filter(({ name }) => name !== null);
  return named.length > 0 && rowsNamed(named, names).length === 0;
}

/**
 * Finds the task that the first file created. It restores the same database, is young enough, belongs to no migration, and does not list
 * another file.
 */
function* findTask(input: ProbeInput): Dialogue<Finding> {
  const { migration, backup, sentAt, now, taken } = input;
  const { instanceId } = migration.target;
  const from = sentAt - listMarginMs;
  if (now - from > listedPeriodMs) {
    return unclear('The vendor lists the tasks of one week only, and the call is older. Check the instance.');
  }
  const list = yield* unlessRefused(listTasks(instanceId, from, now));
  if (list === null) {
    return unclear('The vendor lists no migration tasks of this instance. Check the instance.');
  }
  const database = destinationName(migration).toLowerCase();
  const known = ownTaskIds(migration);
  const candidates: (Task & { readonly id: string })[] = [];
  for (const task of list.tasks) {
    const { id } = task;
    if (id === null || taken.has(id) || known.has(id)) continue;
    if (task.database?.toLowerCase() !== database || !youngEnough(task.createdAt, sentAt)) continue;
    if (yield* holdsOtherFile(instanceId, id, backup === null ? [] : fileNamesOf(backup))) continue;
    candidates.push({ ...task, id });
  }
  const [only, another] = candidates;
  if (only === undefined) return list.complete ? no : unclear('The vendor’s list of tasks is incomplete.');
  if (another !== undefined) {
    return unclear(`Several tasks match: ${candidates.map(({ id }) => id).join(', ')}. Name the right one.`);
  }
  if (only.createdAt !== null && only.createdAt > input.begunBy + clockMarginMs)
    return unclear(
      `Task ${only.id} restores this database but is too recent to be the effect of the call. Somebody else may have started it.`,
    );
  if (only.createdAt === null) return unclear(`Task ${only.id} matches, but the vendor does not report its age.`);
  return yes(only.id);
}

/** Finds an increment by its file name in the chain's task. If the vendor shows no files, a task that has left `Waiting` is the evidence. */
function* findIncrement(input: ProbeInput & { readonly backup: NonNullable<ProbeInput['backup']> }): Dialogue<Finding> {
  const { migration, backup, sentAt } = input;
  const { instanceId } = migration.target;
  const handle = chainHandle(migration);
  if (handle === null) return unclear('The task of the chain is unknown.');
  const names = fileNamesOf(backup);
  const files: readonly TaskFile[] = (yield* unlessRefused(describeFiles(instanceId, handle))) ?? [];
  if (names.length > 0 && files.some(({ name }) => name !== null)) {
    const earlier = earlierFilesOfSameName(migration, backup);
    const file = ownFile(files, names, earlier);
    if (file !== null && youngEnough(file.createdAt, sentAt)) return yes(handle);
    const sameName = rowsNamed(files, names);
    if (sameName.length < earlier && sameName.some(({ createdAt }) => youngEnough(createdAt, sentAt))) {
      return unclear('The vendor lists fewer files of this name than were submitted. Check the task.');
    }
    // The vendor may list our file under another name, as a row that no accepted submission explains.
    const surplus = inOrder(files).slice(acceptedSubmissions(migration).length);
    if (sameName.length === 0 && surplus.some(({ createdAt }) => youngEnough(createdAt, sentAt))) {
      const shown = surplus.map(({ name }) => name ?? 'one without a name').join(', ');
      return unclear(`The vendor lists more files than were submitted, under other names: ${shown}. Check the task.`);
    }
    return no;
  }
  const task = yield* unlessRefused(describeTask(instanceId, handle));
  const meaning = task === null ? 'unrecognized' : taskMeaning(task.status);
  if (meaning === 'running' || meaning === 'failed' || meaning === 'succeeded') return yes(handle);
  return unclear(
    'The vendor lists no files of this task, and the task’s status does not show whether the file arrived.',
  );
}

/** Probes whether a CreateMigrateTask call took effect. */
export function findRestore(input: ProbeInput): Dialogue<Finding> {
  const { backup } = input;
  return backup === null || backup.type === 'full' ? findTask(input) : findIncrement({ ...input, backup });
}

/** The status of the chain's task, which is the only evidence for some calls. */
function* statusOfChain(migration: Migration): Dialogue<string | null> {
  const handle = chainHandle(migration);
  if (handle === null) return null;
  const task = yield* unlessRefused(describeTask(migration.target.instanceId, handle));
  return task?.status ?? null;
}

/** Probes whether a CreateOnlineDatabaseTask call took effect: the task has then left `Waiting`. */
export function* findOpen({ migration }: ProbeInput): Dialogue<Finding> {
  const status = yield* statusOfChain(migration);
  if (status === 'Running' || status === 'Success' || status === 'Failed') return { found: 'yes', refs: {} };
  return status === 'Waiting' ? no : unclear(`The status of the task gives no answer: ${status ?? 'it has none'}.`);
}

/** Probes whether a TerminateMigrateTask call took effect: the task has then ended. */
export function* findTerminate({ migration }: ProbeInput): Dialogue<Finding> {
  const status = yield* statusOfChain(migration);
  const meaning = status === null ? 'unrecognized' : taskMeaning(status);
  if (meaning === 'failed' || meaning === 'succeeded') return { found: 'yes', refs: {} };
  if (meaning === 'running' || meaning === 'waiting') return no;
  return unclear(`The status of the task gives no answer: ${status ?? 'it has none'}.`);
}
