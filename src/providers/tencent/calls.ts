import { type Backup, fullBackup, type Migration, type Refs, type Step } from '../../domain/migration.ts';
import { type CallInput, type ChangingCall, noObjection } from '../../domain/provider.ts';
import type { VendorReply, VendorRequest } from '../../domain/vendor.ts';
import type { Fields } from '../kit/json.ts';
import { service } from './endpoints.ts';
import {
  findCreatedIncrement,
  findCreatedTask,
  findDeletedIncrement,
  findDeletedTask,
  findRenaming,
  findStartedIncrement,
  findStartedTask,
} from './find.ts';
import { objectToIncrement, objectToStartOfIncrement, objectToStartOfTask, objectToTask } from './objection.ts';
import { backupFile, migrationName, recoveryType, renames, uploadType } from './parameters.ts';
import { everRegistered, incrementId, refNames, started, taskId } from './refs.ts';
import { asDigits, malformedReply, requireResponse, requireText } from './reply.ts';

function write(operation: string, body: Fields): VendorRequest {
  return { operation, service, effect: 'write', method: 'POST', path: '/', query: [], headers: {}, body };
}

/** Ids that earlier calls of the plan obtain. In a dry run their names in braces stand for unknown ids. */
const ids = ({ migration, backup }: CallInput) => ({
  InstanceId: migration.target.instanceId,
  BackupMigrationId: taskId(migration) ?? `{${refNames.task}}`,
  get IncrementalMigrationId() {
    return (backup === null ? null : incrementId(migration, backup)) ?? `{${refNames.increment}}`;
  },
});

const taskIds = (input: CallInput) => {
  const { InstanceId, BackupMigrationId } = ids(input);
  return { InstanceId, BackupMigrationId };
};

/** The backup of a restore step. */
const subject = ({ migration, backup }: CallInput): Backup => backup ?? fullBackup(migration);

function parseFlow(operation: string, reply: VendorReply): Refs {
  const flow = asDigits(requireResponse(operation, reply).FlowId);
  if (flow === null) throw malformedReply(operation, reply, 'lacks FlowId');
  return { [refNames.flow]: flow };
}

/** Registers a full task (CreateBackupMigration page). No data moves yet, and databases cannot be renamed in this call. */
const createTask: ChangingCall = {
  operation: 'CreateBackupMigration',
  refs: { required: ['backupMigrationId'], optional: [] },
  needsFile: false,
  build(input) {
    const { migration } = input;
    const backup = subject(input);
    return write(this.operation, {
      InstanceId: migration.target.instanceId,
      RecoveryType: recoveryType(migration.mode),
      UploadType: uploadType(backup.source),
      MigrationName: migrationName(migration, backup),
      BackupFiles: [backupFile(backup.source, migration.region, input.open)],
    });
  },
  parse(reply) {
    return { [refNames.task]: requireText(this.operation, reply, 'BackupMigrationId') };
  },
  find: (input) => findCreatedTask({ ...input, backup: subject(input) }),
  objection: (input, refs) => objectToTask({ ...input, backup: subject(input) }, refs),
};

/** Renames databases before the start (ModifyBackupMigration page). No other operation can rename them. */
const renameDatabases: ChangingCall = {
  operation: 'ModifyBackupMigration',
  refs: { required: [], optional: [] },
  needsFile: false,
  build(input) {
    return write(this.operation, { ...taskIds(input), DBRename: renames(input.migration) });
  },
  parse(reply) {
    requireText(this.operation, reply, 'BackupMigrationId');
    return {};
  },
  find: findRenaming,
  objection: noObjection,
};

/** Starts the full restore (StartBackupMigration page). The vendor returns the flow id only once. */
const startTask: ChangingCall = {
  operation: 'StartBackupMigration',
  refs: { required: [], optional: ['flowId'] },
  needsFile: true,
  build(input) {
    return write(this.operation, taskIds(input));
  },
  parse(reply) {
    return parseFlow(this.operation, reply);
  },
  find: findStartedTask,
  objection: objectToStartOfTask,
};

/**
 * Registers an increment as a child of the full task (CreateIncrementalMigration page). `IsRecovery: YES` brings the database online after
 * the increment.
 */
const createIncrement: ChangingCall = {
  operation: 'CreateIncrementalMigration',
  refs: { required: ['incrementalMigrationId'], optional: [] },
  needsFile: false,
  build(input) {
    const backup = subject(input);
    return write(this.operation, {
      ...taskIds(input),
      BackupFiles: [backupFile(backup.source, input.migration.region, input.open)],
      IsRecovery: backup.final ? 'YES' : 'NO',
    });
  },
  parse(reply) {
    return { [refNames.increment]: requireText(this.operation, reply, 'IncrementalMigrationId') };
  },
  find: findCreatedIncrement,
  objection: objectToIncrement,
};

/** Starts the restore of an increment (StartIncrementalMigration page). */
const startIncrement: ChangingCall = {
  operation: 'StartIncrementalMigration',
  refs: { required: [], optional: ['flowId'] },
  needsFile: true,
  build(input) {
    return write(this.operation, { ...ids(input) });
  },
  parse(reply) {
    return parseFlow(this.operation, reply);
  },
  find: findStartedIncrement,
  objection: objectToStartOfIncrement,
};

/** Deletes a full task (DeleteBackupMigration page). A response that the task does not exist counts as success. */
const deleteTask: ChangingCall = {
  operation: 'DeleteBackupMigration',
  refs: { required: [], optional: [] },
  needsFile: false,
  build(input) {
    return write(this.operation, taskIds(input));
  },
  parse(reply) {
    requireResponse(this.operation, reply);
    return {};
  },
  find: findDeletedTask,
  objection: noObjection,
};

/** Deletes an increment (DeleteIncrementalMigration page). A response that it does not exist counts as success. */
const deleteIncrement: ChangingCall = {
  operation: 'DeleteIncrementalMigration',
  refs: { required: [], optional: [] },
  needsFile: false,
  build(input) {
    return write(this.operation, { ...ids(input) });
  },
  parse(reply) {
    requireResponse(this.operation, reply);
    return {};
  },
  find: findDeletedIncrement,
  objection: noObjection,
};

const isFull = (migration: Migration, backup: Backup | null) =>
  backup === null || backup.id === fullBackup(migration).id;

/** Whether the current attempt of the full backup is registered and was certainly not started, so that its task may be deleted. */
export function canDeleteTask(migration: Migration): boolean {
  return taskId(migration) !== null && started(migration, fullBackup(migration)) === 'no';
}

/** Returns the calls of a step, in order. `open` has none, because the last increment opens the database. */
export function plan(step: Step, migration: Migration, backup: Backup | null): readonly ChangingCall[] {
  switch (step) {
    case 'restore':
      if (!isFull(migration, backup)) return [createIncrement, startIncrement];
      return renames(migration).length > 0 ? [createTask, renameDatabases, startTask] : [createTask, startTask];
    case 'open':
      return [];
    case 'cancel':
      return canDeleteTask(migration) ? [deleteTask] : [];
    case 'cleanup': {
      const subjectBackup = backup ?? fullBackup(migration);
      if (!everRegistered(migration, subjectBackup) || started(migration, subjectBackup) !== 'no') return [];
      return isFull(migration, backup) ? [deleteTask] : [deleteIncrement];
    }
  }
}
