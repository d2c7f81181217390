import type { CallInput, Finding, ProbeInput } from '../../domain/provider.ts';
import { type Dialogue, VendorError } from '../../domain/vendor.ts';
import { backupFile, migrationName, renames } from './parameters.ts';
import { earlierIds, incrementId, refNames, taskId } from './refs.ts';
import { hasStarted } from './status.ts';
import { type Listing, listTasks, type Task } from './task.ts';
import { timeZoneOf } from './times.ts';

/**
 * Tolerance in milliseconds by which the `CreateTime` of an increment may precede the call. The time has a resolution of one second, and
 * the two clocks may differ.
 */
export const clockMarginMs = 60_000;

const no: Finding = { found: 'no' };
const yes = (refs: Record<string, string> = {}): Finding => ({ found: 'yes', refs });
const unclear = (detail: string): Finding => ({ found: 'unclear', detail });
const incomplete = unclear('The vendor’s list is incomplete; Godwit reads it again.');

/** Reads a full task by its id. `complete`: whether a missing task proves that it does not exist. */
export function* readTask(input: CallInput, id: string): Dialogue<{ task: Task | null; complete: boolean }> {
  const listing = yield* listTasks({
    operation: 'DescribeBackupMigration',
    filter: { InstanceId: input.migration.target.instanceId, BackupMigrationId: id },
    timeZone: timeZoneOf(input.account),
    wanted: new Set([id]),
  });
  return { task: listing.tasks.find((task) => task.id === id) ?? null, complete: listing.complete };
}

/** Reads the increments of a full task, or one of them. */
export function* readChildren(input: CallInput, parent: string, child: string | null): Dialogue<Listing> {
  return yield* listTasks({
    operation: 'DescribeIncrementalMigration',
    filter: {
      InstanceId: input.migration.target.instanceId,
      BackupMigrationId: parent,
      ...(child === null ? {} : { IncrementalMigrationId: child }),
    },
    timeZone: timeZoneOf(input.account),
    ...(child === null ? {} : { wanted: new Set([child]) }),
  });
}

/**
 * Probes whether a task was registered, by its name, which contains the backup's id and attempt. The vendor's filter may match loosely, so
 * names are compared again. If several unstarted tasks match, the oldest is adopted, because a registered task has moved no data.
 */
export function* findCreatedTask(input: ProbeInput): Dialogue<Finding> {
  if (input.backup === null) return no;
  const name = migrationName(input.migration, input.backup);
  const { tasks, complete } = yield* listTasks({
    operation: 'DescribeBackupMigration',
    filter: { InstanceId: input.migration.target.instanceId, MigrationName: name },
    timeZone: timeZoneOf(input.account),
  });
  const ours = tasks.filter((task) => task.name === name && !input.taken.has(task.id));
  const [first] = ours.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.id < b.id ? -1 : 1));
  if (first === undefined) return complete ? no : incomplete;
  if (ours.length > 1 && ours.some((task) => task.stage !== 'created'))
    return unclear(`The vendor has ${ours.length} tasks named ${name}, and some of them are started.`);
  return yes({ [refNames.task]: first.id });
}

/** Probes whether a rename took effect: the task then has exactly the requested list. Repeating a rename is harmless. */
export function* findRenaming(input: ProbeInput): Dialogue<Finding> {
  const id = taskId(input.migration);
  if (id === null) return no;
  const { task, complete } = yield* readTask(input, id);
  if (task === null) return complete ? no : incomplete;
  const pairs = (list: readonly (readonly [string, string])[]) => JSON.stringify(list.toSorted());
  const there = pairs(task.renames.map((each) => [each.oldName, each.newName] as const));
  const ours = pairs(renames(input.migration).map((each) => [each.OldName, each.NewName] as const));
  return there === ours ? yes() : no;
}

/** Whether a task or increment was started. Its flow id is then unknown. */
function startOf(task: Task | null, what: string): Finding {
  if (task === null) return unclear(`The vendor does not list the ${what} now; Godwit checks again.`);
  if (task.stage === null) return unclear(`The ${what} has status ${task.status}, which the vendor does not document.`);
  if (hasStarted(task.stage)) return yes();
  return task.allowed === null || task.allowed.includes('start')
    ? no
    : unclear(`The ${what} is not started, but the vendor does not allow its start now; Godwit checks again.`);
}

/** Probes whether StartBackupMigration took effect, by the status of the task. */
export function* findStartedTask(input: ProbeInput): Dialogue<Finding> {
  const id = taskId(input.migration);
  if (id === null) return no;
  return startOf((yield* readTask(input, id)).task, 'import task');
}

/** Whether two links refer to the same file. The query is ignored, because the vendor may omit the signature. */
export const sameFile = (a: string, b: string) => fileOf(a) === fileOf(b);

function fileOf(link: string): string {
  const path = link.trim().split('?', 1)[0] ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Probes whether an increment was registered. Increments have no name, so the file and the creation time identify it, and another migration
 * must not own it.
 */
export function* findCreatedIncrement(input: ProbeInput): Dialogue<Finding> {
  const { migration, backup, sentAt, taken } = input;
  const parent = taskId(migration);
  if (backup === null || parent === null) return no;
  const file = backupFile(backup.source, migration.region, input.open);
  const { tasks, complete } = yield* readChildren(input, parent, null);
  const earlier = earlierIds(migration, backup);
  const candidates = tasks.filter(
    (task) =>
      !taken.has(task.id) &&
      !earlier.has(task.id) &&
      task.files.some((each) => sameFile(each, file)) &&
      (task.isRecovery === '' || task.isRecovery === (backup.final ? 'YES' : 'NO')) &&
      (task.createdAt === null || task.createdAt >= sentAt - clockMarginMs),
  );
  const [only] = candidates;
  if (only === undefined) return complete ? no : incomplete;
  if (candidates.length > 1) return unclear(`The vendor has ${candidates.length} increments of this file.`);
  if (only.createdAt === null && only.stage !== 'created')
    return unclear(`The increment ${only.id} has this file, but the vendor does not report its creation time.`);
  return yes({ [refNames.increment]: only.id });
}

/** Probes whether StartIncrementalMigration took effect, by the status of the increment. */
export function* findStartedIncrement(input: ProbeInput): Dialogue<Finding> {
  const parent = taskId(input.migration);
  const id = input.backup === null ? null : incrementId(input.migration, input.backup);
  if (parent === null || id === null) return no;
  const { tasks } = yield* readChildren(input, parent, id);
  return startOf(tasks.find((task) => task.id === id) ?? null, 'increment');
}

/** A missing instance counts as a completed deletion, because its tasks do not exist either. */
function* unlessGone(dialogue: Dialogue<Finding>): Dialogue<Finding> {
  try {
    return yield* dialogue;
  } catch (error) {
    if (error instanceof VendorError && error.failure.kind === 'not_found') return yes();
    throw error;
  }
}

function* probeTask(input: ProbeInput): Dialogue<Finding> {
  const id = taskId(input.migration);
  if (id === null) return yes();
  const { task, complete } = yield* readTask(input, id);
  if (task !== null) return no;
  return complete ? yes() : incomplete;
}

function* probeIncrement(input: ProbeInput): Dialogue<Finding> {
  const parent = taskId(input.migration);
  const id = input.backup === null ? null : incrementId(input.migration, input.backup);
  if (parent === null || id === null) return yes();
  const { tasks, complete } = yield* readChildren(input, parent, id);
  if (tasks.some((task) => task.id === id)) return no;
  return complete ? yes() : incomplete;
}

/** Probes whether a task was deleted: the vendor then no longer shows it. */
export function findDeletedTask(input: ProbeInput): Dialogue<Finding> {
  return unlessGone(probeTask(input));
}

/** Probes whether an increment was deleted: the vendor then no longer shows it. */
export function findDeletedIncrement(input: ProbeInput): Dialogue<Finding> {
  return unlessGone(probeIncrement(input));
}
