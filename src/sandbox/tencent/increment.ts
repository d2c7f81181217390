import { Refusal } from './answer.ts';
import { checkIncrementName, readBackupFile } from './backup-file.ts';
import {
  type Call,
  type Handler,
  incrementsOf,
  namedFull,
  namedIncrement,
  newImportId,
  passLock,
  record,
  wrongState,
} from './call.ts';
import { fileNames } from './full-import.ts';
import { instanceOf, writableInstance } from './instance.ts';
import { hasPending, isLocked, status, statusOfFull, statusOfIncrement } from './lifecycle.ts';
import { optionalText, optionalTexts, text } from './parameters.ts';
import { beginIncrement, fileToRestore } from './run.ts';
import type { FullImport, Increment } from './state.ts';

/** CreateIncrementalMigration: registers an increment of a full import. */
export const createIncrementalMigration: Handler = (call) => {
  const { parameters } = call;
  const instance = writableInstance(text(parameters, 'InstanceId'));
  const full = namedFull(call);
  passLock(call, instance, full.id);
  if (full.recoveryType === 'FULL') {
    const detail = `${full.id} was created as FULL and takes no increments.`;
    throw new Refusal('ResourceUnavailable.BackupMigrationRecoveryTypeErr', detail);
  }
  requireWaiting(call, full);
  if (hasPending(incrementsOf(call, full.id))) {
    throw new Refusal('ResourceInUse.IncrementalMigrationExist', 'An increment that has not been started exists.');
  }
  const increment: Increment = {
    id: newImportId(call, 'mssql-incremental-migration-'),
    parentId: full.id,
    createdAt: call.now,
    files: optionalTexts(parameters, 'BackupFiles') ?? [],
    isRecovery: recoveryIn(call) ?? 'NO',
    run: null,
    deleted: false,
  };
  checkFiles(full, increment);
  call.state.increments.push(increment);
  record(call, 'registered', increment.id, fileNames(full.uploadType, increment.files));
  return { IncrementalMigrationId: increment.id };
};

/** StartIncrementalMigration: starts the restore of an increment. */
export const startIncrementalMigration: Handler = (call) => {
  writableInstance(text(call.parameters, 'InstanceId'));
  const { full, increment } = changeable(call, [status.created]);
  const flowId = beginIncrement(call, full, increment, fileToRestore(call, full, increment.files));
  record(call, 'restore', increment.id, fileNames(full.uploadType, increment.files));
  return { FlowId: flowId };
};

/** ModifyIncrementalMigration: changes an increment before its start. */
export const modifyIncrementalMigration: Handler = (call) => {
  const { full, increment } = changeable(call, [status.created]);
  const changed: Increment = {
    ...increment,
    files: optionalTexts(call.parameters, 'BackupFiles') ?? increment.files,
    isRecovery: recoveryIn(call) ?? increment.isRecovery,
  };
  checkFiles(full, changed);
  Object.assign(increment, changed);
  record(call, 'renamed', increment.id, fileNames(full.uploadType, increment.files));
  return { IncrementalMigrationId: increment.id };
};

/** DeleteIncrementalMigration: deletes the record of an increment. */
export const deleteIncrementalMigration: Handler = (call) => {
  const { full, increment } = changeable(call, [status.created, status.failed]);
  increment.deleted = true;
  record(call, 'deleted', increment.id, fileNames(full.uploadType, increment.files));
  return {};
};

function changeable(call: Call, allowed: readonly number[]): { full: FullImport; increment: Increment } {
  const instance = instanceOf(text(call.parameters, 'InstanceId'));
  const full = namedFull(call);
  const increment = namedIncrement(call, full);
  passLock(call, instance, increment.id);
  const now = statusOfIncrement(increment, call.now);
  if (!allowed.includes(now)) throw wrongState(increment.id, now);
  return { full, increment };
}

function requireWaiting(call: Call, full: FullImport): void {
  const increments = incrementsOf(call, full.id);
  const now = statusOfFull(full, increments, call.now);
  if (now !== status.waiting || isLocked(full, increments, call.now)) throw wrongState(full.id, now);
}

function recoveryIn(call: Call): Increment['isRecovery'] | undefined {
  return optionalText(call.parameters, 'IsRecovery') as Increment['isRecovery'] | undefined;
}

function checkFiles(full: FullImport, increment: Increment): void {
  for (const entry of increment.files) {
    checkIncrementName(full.recoveryType, increment.isRecovery, readBackupFile(full.uploadType, entry));
  }
}
