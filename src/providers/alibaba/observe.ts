import type { Instant, Migration } from '../../domain/migration.ts';
import type { Observation } from '../../domain/provider.ts';
import { type Dialogue, VendorError } from '../../domain/vendor.ts';
import { restoreError, successNotes } from './error-words.ts';
import { isRefusal } from './errors.ts';
import { chainHandle, isChain } from './migration-task.ts';
import { backupsOfFailedTask, backupsOfRunningTask, backupsOfSucceededTask, waitingChain } from './observe-files.ts';
import { describeFiles, describeTask, listedPeriodMs, listTasks, type Task, type TaskFile } from './reads.ts';
import { fileMeaning, taskMeaning } from './status.ts';

/** How long before the oldest of the observed migrations the list begins, in milliseconds: its times are the vendor's. */
const listMarginMs = 3_600_000;

/** One list shows all migrations of one instance (DescribeMigrateTasks takes one instance). */
export function observationGroup(migration: Migration): string {
  return `${migration.account}|${migration.region}|${migration.target.instanceId}`;
}

function blank(phase: Observation['phase'], task: Task | null): Observation {
  return {
    phase,
    providerStatus: task?.status ?? '',
    percent: null,
    startedAt: task?.createdAt ?? null,
    finishedAt: null,
    error: null,
    backups: [],
    warnings: [],
  };
}

/** The result of reading a task: the task, or the vendor's code for a missing one. */
type Answer = Task | { readonly absent: string };

function* ask(instanceId: string, taskId: string): Dialogue<Answer> {
  try {
    const task = yield* describeTask(instanceId, taskId);
    return task ?? { absent: '' };
  } catch (error) {
    // Any other refusal says nothing about the task.
    if (!(error instanceof VendorError) || error.failure.kind !== 'not_found') throw error;
    return { absent: error.failure.provider.code ?? '' };
  }
}

/** The tasks of several migrations from the list of their instance, without those that the list lacks. */
function* listed(migrations: readonly Migration[], now: Instant): Dialogue<ReadonlyMap<string, Task>> {
  const [first] = migrations;
  const handles = migrations.flatMap((migration) => chainHandle(migration) ?? []);
  if (first === undefined || handles.length < 2) return new Map();
  // The vendor accepts an older start and lists one week all the same.
  const oldest = Math.min(...migrations.map(({ createdAt }) => createdAt)) - listMarginMs;
  const from = Math.max(oldest, now - listedPeriodMs);
  try {
    const list = yield* listTasks(first.target.instanceId, from, now, (tasks) => handles.every((id) => tasks.has(id)));
    return new Map(list.tasks.flatMap((task) => (task.id === null || task.status === '' ? [] : [[task.id, task]])));
  } catch (error) {
    if (isRefusal(error)) return new Map();
    throw error;
  }
}

/**
 * The vendor's view of migrations of one instance: one list for several of them, and the task itself where the list lacks it. `now` by the
 * vendor's clock, `ownNow` by ours.
 */
export function* observe(
  migrations: readonly Migration[],
  now: Instant,
  ownNow: Instant = now,
): Dialogue<ReadonlyMap<string, Observation>> {
  const tasks = yield* listed(migrations, now);
  const observations = new Map<string, Observation>();
  for (const migration of migrations) {
    const handle = chainHandle(migration);
    if (handle === null) {
      observations.set(migration.id, blank('missing', null));
      continue;
    }
    const answer = tasks.get(handle) ?? (yield* ask(migration.target.instanceId, handle));
    observations.set(
      migration.id,
      'absent' in answer
        ? { ...blank('missing', null), providerStatus: answer.absent }
        : yield* observeTask(migration, handle, answer, ownNow),
    );
  }
  return observations;
}

function* observeTask(migration: Migration, handle: string, task: Task, ownNow: Instant): Dialogue<Observation> {
  switch (taskMeaning(task.status)) {
    case 'running':
      return { ...blank('restoring', task), backups: backupsOfRunningTask(migration, task) };
    case 'waiting':
      return yield* waiting(migration, handle, task, ownNow);
    case 'succeeded':
      return {
        ...blank('succeeded', task),
        finishedAt: task.endedAt,
        backups: backupsOfSucceededTask(migration, task),
        warnings: [...openedElsewhere(migration), ...replacedData(task), ...successNotes(task.description)],
      };
    case 'failed':
      return yield* failed(migration, handle, task);
    case 'unrecognized':
      return blank('unrecognized', task);
  }
}

/** Whether the call that opens the database is sent or accepted, so that `Waiting` is out of date. */
function openingBegan(migration: Migration): boolean {
  const last = migration.calls.findLast(({ step }) => step === 'open');
  if (last !== undefined) return last.state === 'accepted' || last.state === 'sending' || last.state === 'unknown';
  return migration.state === 'cutting_over' && !migration.backups.some(({ state }) => state === 'restoring');
}

function* waiting(migration: Migration, handle: string, task: Task, ownNow: Instant): Dialogue<Observation> {
  // The documentation lets no one-shot restore wait for files, so the status proves nothing.
  if (!isChain(migration)) return blank('unrecognized', task);
  if (openingBegan(migration)) return blank('restoring', task);
  if (!migration.backups.some(({ state }) => state === 'restoring')) return blank('ready', task);
  const files = yield* filesOrNone(migration, handle);
  return { ...blank('ready', task), ...waitingChain(migration, task, files, ownNow) };
}

/** The files of a chain; none where the vendor refuses to show them. */
function* filesOrNone(migration: Migration, handle: string): Dialogue<readonly TaskFile[]> {
  try {
    return yield* describeFiles(migration.target.instanceId, handle);
  } catch (error) {
    if (isRefusal(error)) return [];
    throw error;
  }
}

function* failed(migration: Migration, handle: string, task: Task): Dialogue<Observation> {
  const files = migration.cancelRequested ? [] : yield* filesIfAny(migration, handle);
  const broken = files.findLast((file) => fileMeaning(file.status) === 'failed');
  const error = restoreError(migration, broken === undefined ? [task] : [task, broken]);
  return {
    ...blank('failed', task),
    finishedAt: task.endedAt,
    error,
    backups: backupsOfFailedTask(migration, task, files, error),
  };
}

/** The files of a failed task. They only add texts, so the task's final status counts even if reading them fails. */
function* filesIfAny(migration: Migration, handle: string): Dialogue<readonly TaskFile[]> {
  try {
    return yield* describeFiles(migration.target.instanceId, handle);
  } catch (error) {
    if (error instanceof VendorError) return [];
    throw error;
  }
}

function replacedData({ replaced }: Task): Observation['warnings'] {
  if (!replaced) return [];
  const detail = 'The vendor says that the import replaced data that was on the instance (IsDBReplaced).';
  return [{ code: 'provider_note', detail }];
}

function openedElsewhere(migration: Migration): Observation['warnings'] {
  if (
    !isChain(migration) ||
    migration.state === 'cutting_over' ||
    migration.calls.some(({ step }) => step === 'open')
  ) {
    return [];
  }
  const left = migration.backups.filter(({ state }) => state === 'queued').length;
  const lost = left === 0 ? '' : ` ${left} queued backup${left === 1 ? ' was' : 's were'} not restored.`;
  return [{ code: 'opened_elsewhere', detail: `The database was opened at the vendor, not through Godwit.${lost}` }];
}
