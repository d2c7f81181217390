import { fateOf, withWords } from '../object-store/objects.ts';
import { holdsWord } from '../words.ts';
import { namedTask, type Operation, type OperationContext } from './context.ts';
import { Refusal } from './errors.ts';
import { type FileKind, fileNameOf, kindOf, openingScript, refusedKeys, scriptOf } from './magic.ts';
import { nameFault } from './names.ts';
import { readSources } from './source.ts';
import { type Opening, type Task, type TaskFile, viewTask } from './task.ts';

const dayMs = 24 * 60 * 60_000;
/** Maximum number of migrations per day, of one database and on one instance. */
const perDatabase = 20;
const perInstance = 500;

/** CreateMigrateTask: restores a full backup, or with `MigrateTaskId` a further file of the chain. */
export const createMigrateTask: Operation = (context) => {
  const { parameters, store } = context;
  const dbName = parameters.DBName ?? '';
  if (context.instance.busyAtFirst) store.ask(context.instance.id, context.now);
  checkInstance(context);
  checkCombination(context);
  if (nameFault(dbName) !== null) throw new Refusal('InvalidDBName');
  if (holdsWord(dbName, 'creating')) throw new Refusal('InvalidDBState');
  const keys = readSources(context);
  const before = parameters.MigrateTaskId ? namedTask(context).files.map((file) => file.key) : [];
  for (const [word, code] of refusedKeys) {
    if (keys.some((key) => holdsWord(worded(context, key, before), word))) throw new Refusal(code);
  }
  checkCounts(context, dbName);
  const taskId = store.nextId();
  const task = parameters.MigrateTaskId ? increment(context, keys) : base(context, store.nextId(), dbName, keys);
  store.put(task);
  context.record('restore', task.id, `${dbName} ${keys.join(' ')}`);
  return {
    DBInstanceId: task.instanceId,
    DBName: task.dbName,
    BackupMode: parameters.BackupMode,
    MigrateTaskId: task.id,
    TaskId: taskId,
  };
};

function checkInstance({ instance }: OperationContext): void {
  if (instance.engine !== 'SQLServer') throw new Refusal('InvalidDBType');
  if (instance.type !== 'Primary') throw new Refusal('InvalidInstanceType');
  if (instance.lockMode !== 'Unlock') throw new Refusal('InvalidInstanceLockMode');
  if (instance.status !== 'Running') throw new Refusal('InvalidInstanceState');
}

function checkCombination({ parameters, instance }: OperationContext): void {
  const { BackupMode, IsOnlineDB, MigrateTaskId } = parameters;
  const fullBase = instance.fullBase && MigrateTaskId === undefined;
  if (fullBase && BackupMode === 'UPDF') throw new Refusal('InvalidBackupMode', 'UPDF needs MigrateTaskId.');
  if (BackupMode === 'FULL' && MigrateTaskId !== undefined) {
    throw new Refusal('InvalidParameter', 'MigrateTaskId must be empty when BackupMode is FULL.');
  }
  if (BackupMode === 'FULL' && IsOnlineDB !== 'True' && !fullBase) {
    throw new Refusal('InvalidParameter', 'IsOnlineDB must be True when BackupMode is FULL.');
  }
  if (BackupMode === 'UPDF' && IsOnlineDB !== 'False') {
    throw new Refusal('InvalidParameter', 'IsOnlineDB must be False when BackupMode is UPDF.');
  }
  if (instance.localDisk && IsOnlineDB !== 'True') {
    throw new Refusal('InvalidParameter', 'IsOnlineDB must be True on SQL Server 2008 R2.');
  }
}

function checkCounts({ instance, store, now }: OperationContext, dbName: string): void {
  if (instance.scratch) return;
  const recent = store
    .tasksOf(instance.id)
    .flatMap((task) => task.files.map((file) => ({ dbName: task.dbName, at: file.submittedAt })))
    .filter(({ at }) => now - at < dayMs);
  if (recent.length >= perInstance) throw new Refusal('ConcurrentTaskExceeded');
  const own = recent.filter((file) => file.dbName.toLowerCase() === dbName.toLowerCase());
  if (own.length >= perDatabase) throw new Refusal('ExceedUploadTime');
}

function base(context: OperationContext, id: string, dbName: string, keys: readonly string[]): Task {
  const { parameters, instance, store, now } = context;
  const present = store.databasesOf(instance.id, now).get(dbName.toLowerCase())?.state;
  if (present === 'migrating') throw new Refusal('IncorrectDBState');
  // On local disks an empty database of that name must exist. The sandbox assumes that it does.
  const kept = present !== undefined && !instance.scratch;
  const exists = (kept || holdsWord(dbName, 'taken')) && !instance.localDisk;
  const online = parameters.IsOnlineDB === 'True';
  const files = keys.map((key) => newFile(context, key, [], dbName, exists, online ? 0.9 : 1));
  const restoredAt = Math.max(...files.map((file) => file.submittedAt + file.durationMs));
  return {
    id,
    instanceId: instance.id,
    dbName,
    mode: parameters.BackupMode === 'FULL' ? 'FULL' : 'UPDF',
    createdAt: now,
    files,
    opening: online ? newOpening(context, keys, dbName, { at: restoredAt, part: 0.1, clientToken: null }) : null,
    terminatedAt: null,
  };
}

function increment(context: OperationContext, keys: readonly string[]): Task {
  const { parameters, now } = context;
  const parent = namedTask(context);
  if (parent.dbName !== parameters.DBName) throw new Refusal('InvalidDBName');
  if (viewTask(parent, now).status !== 'Waiting') throw new Refusal('InvalideStatus');
  const before = parent.files.map((file) => file.key);
  const files = keys.map((key) => newFile(context, key, before, parent.dbName, false, 1));
  return { ...parent, files: [...parent.files, ...files] };
}

function newFile(
  context: OperationContext,
  key: string,
  before: readonly string[],
  dbName: string,
  exists: boolean,
  part: number,
): TaskFile {
  const { now, restoreMs, objects } = context;
  const wanted = before.length === 0 ? 'base' : 'increment';
  const stored = objects?.get(bucketOf(context), key)?.content;
  const kind = stored !== undefined && 'backup' in stored ? kindsOf[stored.backup.kind] : undefined;
  const { slowness, failure } = scriptOf(worded(context, key, before), wanted, dbName, exists, kind);
  const durationMs = Math.max(1, Math.round(restoreMs * slowness * part));
  return { key, name: fileNameOf(key), kind: kind ?? kindOf(key, wanted), submittedAt: now, durationMs, failure };
}

const kindsOf: Readonly<Record<string, FileKind>> = {
  D: 'Database',
  I: 'Differential_Database',
  L: 'Transaction_Log',
};

/** The key, prefixed with magic words for the fate that the object store determines. */
function worded(context: OperationContext, key: string, before: readonly string[]): string {
  return withWords(key, fateOf(context.objects, bucketOf(context), key, before, context.now));
}

function bucketOf({ parameters }: OperationContext): string {
  return parameters.OssObjectPositions?.split(':')[1] ?? '';
}

/** The recovery of a database. A synchronous consistency check extends it; an asynchronous one ends after it. */
export function newOpening(
  { parameters, restoreMs }: OperationContext,
  keys: readonly string[],
  dbName: string,
  when: { readonly at: number; readonly part: number; readonly clientToken: string | null },
): Opening {
  const check = parameters.CheckDBMode ?? 'AsyncExecuteDBCheck';
  const checkMs = Math.round(restoreMs * 0.3);
  const synchronous = check === 'SyncExecuteDBCheck';
  return {
    at: when.at,
    durationMs: Math.round(restoreMs * when.part) + (synchronous ? checkMs : 0),
    checkMs: synchronous ? 0 : checkMs,
    clientToken: when.clientToken,
    ...openingScript(keys, dbName, check),
  };
}
