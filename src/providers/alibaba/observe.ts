import type { Instant, Migration } from '../../domain/migration.ts';
import type { Observation } from '../../domain/provider.ts';
import { type Dialogue, VendorError } from '../../domain/vendor.ts';
import { restoreError, successNotes } from './error-words.ts';
import { isRefusal } from './errors.ts';
import { chainHandle, isChain } from './migration-task.ts';
import { backupsOfFailedTask, backupsOfRunningTask, backupsOfSucceededTask, waitingChain } from './observe-files.ts';
import {
  describeFiles,
  describeTask,
  filesShown,
  listedPeriodMs,
  listTasks,
  type Task,
  type TaskFile,
} from './reads.ts';
import { fileMeaning, taskMeaning } from './status.ts';

/** Time before the oldest migration at which the list begins, in milliseconds. The margin covers the offset of the vendor's clock. */
const listMarginMs = 3_600_000;

/** The key of migrations that are observed together. DescribeMigrateTasks lists the tasks of one instance. */
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

/** A task, or the vendor's code for a missing one. */
type Answer = Task | { readonly absent: string };

function* ask(instanceId: string, taskId: string): Dialogue<Answer> {
  try {
    const task = yield* describeTask(instanceId, taskId);
    return task ?? { absent: '' };
  } catch (error) {
    // Any other rejection says nothing about the task.
    if (!(error instanceof VendorError) || error.failure.kind !== 'not_found') throw error;
    return { absent: error.failure.provider.code ?? '' };
  }
}

/** The tasks of several migrations by id, from the list of their instance. Tasks that the list does not contain are absent. */
function* listed(migrations: readonly Migration[], now: Instant): Dialogue<ReadonlyMap<string, Task>> {
  const [first] = migrations;
  const handles = migrations.flatMap((migration) => chainHandle(migration) ?? []);
  if (first === undefined || handles.length < 2) return new Map();
  // The vendor accepts an earlier start and still lists one week only.
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
 * Observes migrations of one instance. One list serves several migrations; a task that the list does not contain is read by its id. `now`:
 * by the vendor's clock; `ownNow`: by our clock.
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

/** Whether the opening call was sent or is about to be sent. `Waiting` may then be outdated. */
function openingBegan(migration: Migration): boolean {
  const last = migration.calls.findLast(({ step }) => step === 'open');
  if (last !== undefined) return last.state === 'accepted' || last.state === 'sending' || last.state === 'unknown';
  return migration.state === 'cutting_over' && !migration.backups.some(({ state }) => state === 'restoring');
}

function* waiting(migration: Migration, handle: string, task: Task, ownNow: Instant): Dialogue<Observation> {
  // According to the documentation a one-shot restore never waits for files, so the status is unexplained.
  if (!isChain(migration)) return blank('unrecognized', task);
  if (openingBegan(migration)) return blank('restoring', task);
  if (!migration.backups.some(({ state }) => state === 'restoring')) return blank('ready', task);
  const files = yield* filesShown(migration.target.instanceId, handle);
  return { ...blank('ready', task), ...waitingChain(migration, task, files, ownNow) };
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

/** The files of a failed task. They only add texts, so a failed read does not change the result. */
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
  const detail = 'The vendor reports that the import replaced data on the instance (IsDBReplaced).';
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
  return [{ code: 'opened_elsewhere', detail: `The database was opened outside Godwit.${lost}` }];
}
