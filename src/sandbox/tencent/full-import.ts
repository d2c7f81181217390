import { Refusal } from './answer.ts';
import { checkFullName, readBackupFile } from './backup-file.ts';
import { type Call, type Handler, incrementsOf, namedFull, newImportId, passLock, record, wrongState } from './call.ts';
import { instanceOf, writableInstance } from './instance.ts';
import { status, statusOfFull } from './lifecycle.ts';
import { optionalObjects, optionalText, optionalTexts, type Parameters, text } from './parameters.ts';
import { beginFull, fileToRestore } from './run.ts';
import type { FullImport, RecoveryType, Rename, UploadType } from './state.ts';

/** CreateBackupMigration: registers a full import. */
export const createBackupMigration: Handler = (call) => {
  const { parameters } = call;
  const instance = writableInstance(text(parameters, 'InstanceId'));
  const full: FullImport = {
    id: newImportId(call, 'mssql-backup-migration-'),
    region: call.region,
    instanceId: instance.id,
    createdAt: call.now,
    name: checkedName(text(parameters, 'MigrationName')),
    recoveryType: text(parameters, 'RecoveryType') as RecoveryType,
    uploadType: text(parameters, 'UploadType') as UploadType,
    files: optionalTexts(parameters, 'BackupFiles') ?? [],
    renames: null,
    databases: [],
    run: null,
    deleted: false,
  };
  checkFiles(full);
  call.state.fulls.push(full);
  record(call, 'registered', full.id, fileNames(full.uploadType, full.files));
  return { BackupMigrationId: full.id };
};

/** ModifyBackupMigration: changes a full import before its start. */
export const modifyBackupMigration: Handler = (call) => {
  const { parameters } = call;
  const full = changeable(call, [status.created]);
  const name = optionalText(parameters, 'MigrationName');
  const renames = optionalObjects(parameters, 'DBRename');
  const changed: FullImport = {
    ...full,
    name: name === undefined ? full.name : checkedName(name),
    recoveryType: (optionalText(parameters, 'RecoveryType') as RecoveryType | undefined) ?? full.recoveryType,
    uploadType: (optionalText(parameters, 'UploadType') as UploadType | undefined) ?? full.uploadType,
    files: optionalTexts(parameters, 'BackupFiles') ?? full.files,
    renames: renames === undefined ? full.renames : checkedRenames(renames),
  };
  checkFiles(changed);
  Object.assign(full, changed);
  record(call, 'renamed', full.id, fileNames(full.uploadType, full.files));
  return { BackupMigrationId: full.id };
};

/** StartBackupMigration: starts the restore of a full import. */
export const startBackupMigration: Handler = (call) => {
  writableInstance(text(call.parameters, 'InstanceId'));
  const full = changeable(call, [status.created]);
  const flowId = beginFull(call, full, fileToRestore(call, full, full.files));
  record(call, 'restore', full.id, fileNames(full.uploadType, full.files));
  return { FlowId: flowId };
};

/** DeleteBackupMigration: deletes the record of a full import. */
export const deleteBackupMigration: Handler = (call) => {
  const full = changeable(call, [status.created, status.waiting, status.succeeded, status.failed]);
  full.deleted = true;
  record(call, 'deleted', full.id, fileNames(full.uploadType, full.files));
  return {};
};

/** The file names without their URLs, for the journal. */
export function fileNames(uploadType: UploadType, files: readonly string[]): string {
  return files.map((entry) => readBackupFile(uploadType, entry).name).join(',');
}

function changeable(call: Call, allowed: readonly number[]): FullImport {
  const instance = instanceOf(text(call.parameters, 'InstanceId'));
  const full = namedFull(call);
  passLock(call, instance, full.id);
  const now = statusOfFull(full, incrementsOf(call, full.id), call.now);
  if (!allowed.includes(now)) throw wrongState(full.id, now);
  return full;
}

function checkFiles(full: FullImport): void {
  for (const entry of full.files) checkFullName(full.recoveryType, readBackupFile(full.uploadType, entry));
}

function checkedName(name: string): string {
  if (!/^[\p{L}\p{N}_]{1,60}$/u.test(name)) {
    const detail = 'MigrationName takes letters, digits and underscores, at most 60.';
    throw new Refusal('InvalidParameterValue.MigrationNameIsIllegal', detail);
  }
  return name;
}

function checkedRenames(entries: readonly Parameters[]): readonly Rename[] {
  const renames = entries as readonly Rename[];
  const results = renames.map(({ OldName, NewName }) => (NewName || OldName || '').toLowerCase());
  if (results.includes('')) {
    throw new Refusal('InvalidParameter.InputIllegal', 'An entry of DBRename needs OldName or NewName.');
  }
  if (results.some((name) => /[\p{Cc}[\]'"/\\:]/u.test(name))) {
    throw new Refusal('InvalidParameterValue.DBCharIllegal', 'A database name holds an illegal character.');
  }
  if (new Set(results).size < results.length) {
    throw new Refusal('InvalidParameterValue.DBNameSame', 'Two databases would have the same name.');
  }
  return renames;
}
