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

/** Ids that an earlier call of the plan will give; a dry run shows the names in braces. */
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

/** The backup that a restore step is about. */
const subject = ({ migration, backup }: CallInput): Backup => backup ?? fullBackup(migration);

function parseFlow(operation: string, reply: VendorReply): Refs {
  const flow = asDigits(requireResponse(operation, reply).FlowId);
  if (flow === null) throw malformedReply(operation, reply, 'carries no FlowId');
  return { [refNames.flow]: flow };
}

/** CreateBackupMigration page: registers a full task; no data moves, nothing can be renamed yet. */
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

/** ModifyBackupMigration page: the only way to rename databases, before the start. */
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

/** StartBackupMigration page: begins the full restore; the flow id is never shown again. */
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

/** CreateIncrementalMigration page: registers a child; `IsRecovery` YES brings the database online after it. */
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

/** StartIncrementalMigration page. */
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

/** DeleteBackupMigration page: removes the record of a task; an answer that it is gone already counts as done. */
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

/** DeleteIncrementalMigration page: as above, for a child. */
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

/** A task that is registered in the full backup's present attempt and was certainly not started. */
export function canDeleteTask(migration: Migration): boolean {
  return taskId(migration) !== null && started(migration, fullBackup(migration)) === 'no';
}

/** The calls of one step, in order. There is none for `open`: the last increment opens the database. */
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
