import { readBackupFile } from './backup-file.ts';
import { chinaTime } from './clock.ts';
import {
  type Action,
  actionsOnFull,
  actionsOnIncrement,
  endOfFull,
  progressOf,
  type Status,
  statusOfFull,
  statusOfIncrement,
} from './lifecycle.ts';
import type { FullImport, Increment, Run } from './state.ts';

/** The account number of the sandbox. */
export const appId = 1_250_000_000;

/** A record as the Describe operations return it (data structure `Migration`), with its sort and filter fields. */
export interface View {
  readonly status: Status;
  readonly name: string;
  readonly fileNames: readonly string[];
  readonly createdAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly shown: Readonly<Record<string, unknown>>;
}

const steps = [
  ['download', 'Download the backup file'],
  ['verify', 'Verify the backup file'],
  ['restore', 'Restore the databases'],
  ['finish', 'Check the databases'],
] as const;

const step = { standard: 0, succeeded: 1, failed: 2, running: 3, skipped: 4 } as const;

/** A full import as listed at `now`. */
export function viewOfFull(full: FullImport, increments: readonly Increment[], now: number): View {
  const reached = statusOfFull(full, increments, now);
  const endedAt = endOfFull(full, increments, now);
  const fatal = increments.find((each) => each.run?.endsChain);
  const failure = failureAt(full.run, now) ?? failureAt(fatal?.run ?? null, now) ?? '';
  return view(full, full, reached, endedAt, now, {
    MigrationName: full.name,
    Message: failure,
    Action: {
      AllAction: ['view', 'modify', 'start', 'incremental', 'delete', 'upload'] satisfies Action[],
      AllowedAction: actionsOnFull(full, increments, now),
    },
    IsRecovery: '',
    DBRename: full.renames?.map(({ OldName = '', NewName = '' }) => ({ NewName, OldName })) ?? null,
  });
}

/** An increment as listed at `now`. */
export function viewOfIncrement(increment: Increment, full: FullImport, now: number): View {
  const reached = statusOfIncrement(increment, now);
  const endedAt = increment.run !== null && now >= increment.run.endsAt ? increment.run.endsAt : null;
  return view(increment, full, reached, endedAt, now, {
    MigrationName: '',
    Message: failureAt(increment.run, now) ?? '',
    Action: {
      AllAction: ['view', 'modify', 'start', 'delete', 'upload'] satisfies Action[],
      AllowedAction: actionsOnIncrement(full, reached),
    },
    IsRecovery: increment.isRecovery,
    DBRename: null,
  });
}

function view(
  record: FullImport | Increment,
  full: FullImport,
  reached: Status,
  endedAt: number | null,
  now: number,
  own: Readonly<Record<string, unknown>>,
): View {
  const files = record.files.map((entry) => readBackupFile(full.uploadType, entry));
  const shown = {
    MigrationId: record.id,
    AppId: appId,
    Region: full.region,
    InstanceId: full.instanceId,
    RecoveryType: full.recoveryType,
    UploadType: full.uploadType,
    BackupFiles: record.files,
    Status: reached,
    CreateTime: chinaTime(record.createdAt),
    StartTime: chinaTime(record.run?.startedAt ?? null),
    EndTime: chinaTime(endedAt),
    Detail: detailOf(record.run, now),
    ...own,
  };
  // Any member may be null, and clients must accept it.
  const sparse = files.some((file) => file.magic.has('sparse'));
  return {
    status: reached,
    name: String(own.MigrationName),
    fileNames: files.map((file) => file.name),
    createdAt: record.createdAt,
    startedAt: record.run?.startedAt ?? 0,
    endedAt: endedAt ?? 0,
    shown: sparse ? { ...shown, Detail: null, Action: null, Message: null, DBRename: null, AppId: null } : shown,
  };
}

function failureAt(run: Run | null, now: number): string | null {
  return run !== null && now >= run.endsAt ? run.failure : null;
}

function detailOf(run: Run | null, now: number): Readonly<Record<string, unknown>> {
  if (run === null) return { StepAll: 0, StepNow: 0, Progress: 0, StepInfo: null };
  const progress = progressOf(run, now);
  const current = Math.min(steps.length - 1, Math.floor((progress * steps.length) / 100));
  const ended = now >= run.endsAt;
  const currentStatus = !ended ? step.running : run.failure === null ? step.succeeded : step.failed;
  const later = ended ? step.skipped : step.standard;
  return {
    StepAll: steps.length,
    StepNow: current + 1,
    Progress: progress,
    StepInfo: steps.map(([id, name], index) => ({
      StepNo: index + 1,
      StepName: name,
      StepId: id,
      Status: index < current ? step.succeeded : index === current ? currentStatus : later,
    })),
  };
}
