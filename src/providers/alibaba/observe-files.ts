import type { Backup, Instant, Migration, MigrationError, WarningNote } from '../../domain/migration.ts';
import type { BackupObservation, Observation } from '../../domain/provider.ts';
import { restoreError } from './error-words.ts';
import { acceptedSubmissions, earlierFilesOfSameName, fileNamesOf, isChain, submissionOf } from './migration-task.ts';
import { inOrder, ownFile, rowsNamed, type Task, type TaskFile } from './reads.ts';
import { fileMeaning } from './status.ts';

/**
 * Time after a submission for which the task's `Waiting` is ignored, in milliseconds, because the status may precede the submission.
 * Applies only if the vendor does not show the files of the task.
 */
const waitingDoubtMs = 30_000;

function inFlight(migration: Migration): readonly Backup[] {
  return migration.backups.filter(({ state }) => state === 'restoring');
}

function observed(
  backup: Backup,
  state: BackupObservation['state'],
  providerStatus: string,
  times: { readonly createdAt: Instant | null; readonly endedAt: Instant | null } | null,
  error: MigrationError | null = null,
): BackupObservation {
  return {
    backupId: backup.id,
    state,
    providerStatus,
    error,
    startedAt: times?.createdAt ?? null,
    finishedAt: state === 'restoring' ? null : (times?.endedAt ?? null),
    refs: {},
  };
}

/** The times of the task, for a one-shot migration; null for a chain, whose task has several files. */
function timesOf(migration: Migration, task: Task): Task | null {
  return isChain(migration) ? null : task;
}

/** Each backup in flight of a running task is `restoring`. */
export function backupsOfRunningTask(migration: Migration, task: Task): readonly BackupObservation[] {
  return inFlight(migration).map((backup) => observed(backup, 'restoring', task.status, timesOf(migration, task)));
}

/** Each backup in flight is `restored`, because the database is open. */
export function backupsOfSucceededTask(migration: Migration, task: Task): readonly BackupObservation[] {
  return inFlight(migration).map((backup) => observed(backup, 'restored', task.status, task));
}

/** Finds a file by its position. Applies if the vendor lists as many files as were submitted and lists this one under an unknown name. */
function fileAtPlace(migration: Migration, backup: Backup, files: readonly TaskFile[]): TaskFile | null {
  const submissions = acceptedSubmissions(migration);
  if (files.length !== submissions.length) return null;
  const file = inOrder(files)[submissions.indexOf(submissionOf(backup))] ?? null;
  const isNamed = migration.backups.some((each) => file !== null && rowsNamed([file], fileNamesOf(each)).length > 0);
  return isNamed ? null : file;
}

function fileOf(migration: Migration, backup: Backup, files: readonly TaskFile[]): TaskFile | null {
  const named = ownFile(files, fileNamesOf(backup), earlierFilesOfSameName(migration, backup));
  return named ?? fileAtPlace(migration, backup, files);
}

/** Each backup in flight of a failed task has failed, except a file of a chain that the vendor shows as restored. */
export function backupsOfFailedTask(
  migration: Migration,
  task: Task,
  files: readonly TaskFile[],
  error: MigrationError,
): readonly BackupObservation[] {
  return inFlight(migration).map((backup) => {
    const file = fileOf(migration, backup, files);
    const meaning = file === null ? null : fileMeaning(file.status);
    if (file !== null && meaning === 'restored' && isChain(migration)) {
      return observed(backup, 'restored', file.status, file);
    }
    const status = file !== null && meaning === 'failed' ? file.status : task.status;
    return observed(backup, 'failed', status, file ?? timesOf(migration, task), error);
  });
}

interface FileTruth {
  readonly backup: BackupObservation;
  readonly unrecognized: string | null;
  readonly warning: WarningNote | null;
  /** Why only a person can decide whether the backup was restored. */
  readonly undecided?: string;
}

/** The time at which the vendor's acceptance of the backup was stored, by our clock. */
function acceptedAt(migration: Migration, backup: Backup): Instant {
  const accepted = migration.calls.findLast(
    ({ step, backupId, state }) => step === 'restore' && backupId === backup.id && state === 'accepted',
  );
  return accepted?.settledAt ?? backup.submittedAt ?? backup.createdAt;
}

/**
 * The state of a backup in flight while the chain's task waits. The status of the file decides. The status of the task decides only if no
 * files are shown.
 */
function truthOf(
  migration: Migration,
  backup: Backup,
  task: Task,
  files: readonly TaskFile[],
  now: Instant,
): FileTruth {
  const settled = now - acceptedAt(migration, backup) >= waitingDoubtMs;
  const byTask: FileTruth = {
    backup: observed(backup, settled ? 'restored' : 'restoring', task.status, null),
    unrecognized: null,
    warning: null,
  };
  if (files.length === 0) return byTask;
  const file = fileOf(migration, backup, files);
  if (file === null) {
    const warning: WarningNote = {
      code: 'backup_not_listed',
      detail: `The vendor’s list of files lacks ${fileNamesOf(backup).join(', ')}, so it is unknown whether it was restored.`,
    };
    const unknown = observed(backup, 'restoring', task.status, null);
    const unlisted = settled ? warning : null;
    return { backup: unknown, unrecognized: null, warning: unlisted, ...(unlisted && { undecided: unlisted.detail }) };
  }
  switch (fileMeaning(file.status)) {
    case 'running':
      return { backup: observed(backup, 'restoring', file.status, file), unrecognized: null, warning: null };
    case 'restored':
      return { backup: observed(backup, 'restored', file.status, file), unrecognized: null, warning: null };
    case 'failed': {
      const error = restoreError(migration, [file, task]);
      return { backup: observed(backup, 'failed', file.status, file, error), unrecognized: null, warning: null };
    }
    case 'inconclusive':
      return byTask;
    case 'unrecognized':
      return { backup: observed(backup, 'restoring', file.status, file), unrecognized: file.status, warning: null };
  }
}

/** Observes a chain whose task waits while backups are in flight. The chain is `ready` once all of them have ended. `now`: by our clock. */
export function waitingChain(
  migration: Migration,
  task: Task,
  files: readonly TaskFile[],
  now: Instant,
): Pick<Observation, 'phase' | 'providerStatus' | 'backups' | 'undecided' | 'warnings'> {
  const truths = inFlight(migration).map((backup) => truthOf(migration, backup, task, files, now));
  const unrecognized = truths.find((truth) => truth.unrecognized !== null)?.unrecognized ?? null;
  const undecided = truths.find((truth) => truth.undecided !== undefined)?.undecided;
  const running = truths.some(({ backup }) => backup.state === 'restoring');
  return {
    phase: unrecognized !== null ? 'unrecognized' : running ? 'restoring' : 'ready',
    providerStatus: unrecognized ?? task.status,
    backups: truths.map(({ backup }) => backup),
    ...(undecided !== undefined && { undecided }),
    warnings: truths.flatMap(({ warning }) => warning ?? []),
  };
}
