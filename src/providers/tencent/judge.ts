import {
  type Backup,
  fullBackup,
  type Migration,
  type MigrationError,
  type WarningNote,
} from '../../domain/migration.ts';
import type { BackupObservation, Observation } from '../../domain/provider.ts';
import { restoreFailed } from './error-words.ts';
import { incrementId, started, wasRefused } from './refs.ts';
import { hasStarted, type Stage } from './status.ts';
import type { Task } from './task.ts';

/** Whether a backup may be in progress at the vendor. */
export function isInFlight(backup: Backup): boolean {
  return backup.state === 'submitting' || backup.state === 'restoring';
}

const increments = (migration: Migration) =>
  migration.backups.filter((backup) => backup.id !== fullBackup(migration).id);

/** The ids of the increments to read: those that are registered and not known to have ended. */
export function childrenToRead(migration: Migration): readonly string[] {
  return increments(migration)
    .filter(isInFlight)
    .map((backup) => incrementId(migration, backup))
    .filter((id) => id !== null);
}

/** The progress of an increment: according to its child task while it runs, and to the stored backup once it has ended. */
interface Increment {
  readonly backup: Backup;
  readonly child: Task | null;
  readonly stand: 'not_started' | 'running' | 'restored' | 'failed' | 'unrecognized';
}

function standOf(migration: Migration, backup: Backup, child: Task | null): Increment['stand'] {
  if (backup.state === 'restored') return 'restored';
  // A rejected increment never ran and says nothing about the chain.
  if (backup.state === 'failed') return wasRefused(migration, backup) ? 'not_started' : 'failed';
  if (!isInFlight(backup)) return 'not_started';
  const sent = started(migration, backup) !== 'no';
  // After an accepted start, a child that is missing or merely created is outdated.
  if (child === null) return sent ? 'running' : 'not_started';
  if (child.stage === null) return 'unrecognized';
  if (child.stage === 'succeeded') return 'restored';
  if (child.stage === 'failed') return 'failed';
  return sent || hasStarted(child.stage) ? 'running' : 'not_started';
}

interface Verdict {
  readonly phase: Observation['phase'];
  readonly error?: MigrationError;
  readonly obstacle?: string;
}

const taskOperation = 'DescribeBackupMigration';
const childOperation = 'DescribeIncrementalMigration';

/** Whether the vendor accepts a further increment. Without a list of allowed actions the stage of the task decides. */
const allowsIncrement = (task: Task) => task.allowed?.includes('incremental') ?? task.stage === 'resting';

/** The verdict for an intact chain. If the vendor accepts no further increment now, `obstacle` says so, and the chain is observed again. */
function atRest(task: Task): Verdict {
  if (allowsIncrement(task)) return { phase: 'ready' };
  const allowed = task.allowed?.join(', ') ?? '';
  return {
    phase: 'ready',
    obstacle: `The vendor accepts no further increment now (it allows: ${allowed === '' ? 'nothing' : allowed}): something else is pending on the import task.`,
  };
}

/** The verdict after a failed increment. The chain has failed only if the task itself failed and accepts no further increment. */
function afterFailedIncrement(migration: Migration, task: Task, { child, backup }: Increment): Verdict {
  if (task.stage !== 'failed' || allowsIncrement(task)) return atRest(task);
  const error = child === null ? backup.error : restoreFailed(migration, childOperation, child);
  return { phase: 'failed', error: error ?? restoreFailed(migration, taskOperation, task) };
}

function chainVerdict(migration: Migration, task: Task, stage: Stage, chain: readonly Increment[]): Verdict {
  const latest = chain.findLast(({ stand }) => stand !== 'not_started') ?? null;
  switch (stage) {
    case 'created':
    case 'importing':
      return { phase: 'restoring' };
    case 'succeeded':
      // A successful task with a failed last increment is a contradiction, so no success is reported.
      return { phase: latest?.stand === 'failed' && latest.child !== null ? 'unrecognized' : 'succeeded' };
    case 'incrementing':
      return { phase: latest?.stand === 'failed' && allowsIncrement(task) ? 'ready' : 'restoring' };
    case 'resting':
      if (latest?.stand === 'unrecognized') return { phase: 'unrecognized' };
      if (latest?.stand === 'running') return { phase: 'restoring' };
      if (latest?.stand === 'failed') return afterFailedIncrement(migration, task, latest);
      // After the last increment the final status of the task itself is still to come.
      return latest?.backup.final === true ? { phase: 'restoring' } : atRest(task);
    case 'failed':
      if (latest?.stand === 'failed') return afterFailedIncrement(migration, task, latest);
      if (isOldFailure(latest, chain)) return { phase: 'restoring' };
      return task.allowed?.includes('incremental')
        ? { phase: 'ready' }
        : { phase: 'failed', error: restoreFailed(migration, taskOperation, task) };
  }
}

/** Whether a task's failure may concern an earlier increment. The task may have been read before the vendor registered the running one. */
function isOldFailure(latest: Increment | null, chain: readonly Increment[]): boolean {
  if (latest === null || (latest.stand !== 'running' && latest.stand !== 'unrecognized')) return false;
  return latest.backup.attempt > 1 || chain.some(({ stand }) => stand === 'failed');
}

function oneShotVerdict(migration: Migration, task: Task, stage: Stage): Verdict {
  if (stage === 'succeeded') return { phase: 'succeeded' };
  if (stage === 'failed') return { phase: 'failed', error: restoreFailed(migration, taskOperation, task) };
  return { phase: 'restoring' };
}

/** The state of the full backup follows from the stage of the task. In a chain it is restored as soon as the task accepts increments. */
function fullState(stage: Stage, oneShot: boolean, anyIncrement: boolean): BackupObservation['state'] {
  if (stage === 'succeeded') return 'restored';
  if (stage === 'failed') return !oneShot && anyIncrement ? 'restored' : 'failed';
  return !oneShot && (stage === 'resting' || stage === 'incrementing') ? 'restored' : 'restoring';
}

function observeFull(migration: Migration, task: Task, anyIncrement: boolean): BackupObservation | null {
  const full = fullBackup(migration);
  if (!isInFlight(full) || task.stage === null) return null;
  if (task.stage === 'created' && started(migration, full) === 'no') return null;
  return observed(migration, full, task, fullState(task.stage, migration.mode === 'full', anyIncrement), taskOperation);
}

function observeIncrement(
  migration: Migration,
  { backup, child, stand }: Increment,
  parent: Task,
): BackupObservation | null {
  if (!isInFlight(backup) || stand === 'not_started') return null;
  if (parent.stage === 'succeeded')
    // The list of increments may lag behind the final status of the task.
    return stand === 'failed' ? null : observed(migration, backup, child ?? parent, 'restored', childOperation);
  if (child === null) return null;
  return observed(
    migration,
    backup,
    child,
    stand === 'restored' || stand === 'failed' ? stand : 'restoring',
    childOperation,
  );
}

function observed(
  migration: Migration,
  backup: Backup,
  task: Task,
  state: BackupObservation['state'],
  operation: string,
): BackupObservation {
  return {
    backupId: backup.id,
    state,
    providerStatus: task.status,
    error: state === 'failed' ? restoreFailed(migration, operation, task) : null,
    startedAt: task.startedAt,
    finishedAt: state === 'restoring' ? null : task.finishedAt,
    refs: {},
  };
}

function notes(task: Task, phase: Observation['phase']): readonly WarningNote[] {
  const quiet = phase === 'ready' || phase === 'succeeded';
  return quiet && task.message !== '' ? [{ code: 'provider_message', detail: task.message }] : [];
}

/** Derives the observation of a migration from its task and the children. Only documented statuses change a state. Pure. */
export function judge(migration: Migration, task: Task, children: ReadonlyMap<string, Task>): Observation {
  const chain = increments(migration).map((backup): Increment => {
    const id = incrementId(migration, backup);
    const child = id === null ? null : (children.get(id) ?? null);
    return { backup, child, stand: standOf(migration, backup, child) };
  });
  const verdict: Verdict =
    task.stage === null
      ? { phase: 'unrecognized' }
      : migration.mode === 'full'
        ? oneShotVerdict(migration, task, task.stage)
        : chainVerdict(migration, task, task.stage, chain);
  const { phase, error = null, obstacle } = verdict;
  const moving = chain.find(({ stand, child }) => stand === 'running' && child !== null)?.child ?? task;
  const ended = phase === 'succeeded' || phase === 'failed';
  const backups = [
    observeFull(
      migration,
      task,
      chain.some(({ stand }) => stand !== 'not_started'),
    ),
    ...chain.map((increment) => observeIncrement(migration, increment, task)),
  ].filter((each) => each !== null);
  return {
    phase,
    providerStatus: task.status,
    percent: phase === 'restoring' ? moving.percent : ended ? task.percent : null,
    startedAt: task.startedAt,
    finishedAt: ended ? task.finishedAt : null,
    error,
    backups,
    ...(obstacle !== undefined && { obstacle }),
    warnings: notes(task, phase),
  };
}
