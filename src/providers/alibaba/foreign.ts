import {
  type AdoptableBackup,
  type AdoptableTask,
  type AdoptionOrder,
  type AdoptionRefusal,
  type ForeignTasks,
  newestFirst,
  refusedRef,
  type VendorTask,
  type VendorTaskList,
} from '../../domain/foreign-tasks.ts';
import type { Instant } from '../../domain/migration.ts';
import { type Account, type Dialogue, VendorError } from '../../domain/vendor.ts';
import type { BackupType, MigrationState, Mode } from '../../domain/vocabulary.ts';
import { alibabaAccount } from './account.ts';
import { destinationName } from './migration-task.ts';
import { describeTask, filesShown, inOrder, listedPeriodMs, listTasks, type Task, type TaskFile } from './reads.ts';
import { fileMeaning, type TaskMeaning, taskMeaning } from './status.ts';

/** Maximum number of tasks to list. The vendor allows 500 per instance and day. */
const maxListed = 1000;

const states: Readonly<Record<TaskMeaning, MigrationState | null>> = {
  running: 'restoring',
  waiting: 'awaiting_backup',
  succeeded: 'succeeded',
  failed: 'failed',
  unrecognized: null,
};

/** Types of a file in the current and in older revisions of the DescribeOssDownloads page. */
const kinds: ReadonlyMap<string, BackupType> = new Map([
  ['database', 'full'],
  ['full', 'full'],
  ['differential_database', 'differential'],
  ['diff', 'differential'],
  ['transaction_log', 'log'],
  ['log', 'log'],
]);

function* list(instanceId: string, _account: Account, now: Instant): Dialogue<VendorTaskList> {
  const enough = (tasks: ReadonlyMap<string, Task>) => tasks.size >= maxListed;
  const { tasks, complete } = yield* listTasks(instanceId, now - listedPeriodMs, now, enough);
  return { tasks: newestFirst(tasks.map(shown)), complete };
}

function shown(task: Task): VendorTask {
  return {
    providerRefs: task.id === null ? {} : { migrateTaskId: task.id },
    name: null,
    providerStatus: task.status,
    state: states[taskMeaning(task.status)],
    detail: task.description,
    mode: task.backupMode === 'FULL' ? 'full' : null,
    databases: task.database === null ? null : [task.database],
    files: null,
    createdAt: task.createdAt,
    startedAt: task.createdAt,
    finishedAt: task.endedAt,
  };
}

const undetermined = (detail: string): AdoptionRefusal => refusedRef('undetermined', 'migrateTaskId', detail);
const another = (detail: string): AdoptionRefusal => refusedRef('differs', 'migrateTaskId', detail);

function* read(order: AdoptionOrder, account: Account): Dialogue<AdoptableTask | AdoptionRefusal> {
  const { refs, draft, mode } = order;
  const { instanceId } = draft.target;
  const id = refs.migrateTaskId ?? '';
  const task = yield* taskOrNone(instanceId, id);
  if (task === null) return another(`The vendor lists no task ${id} on the instance ${instanceId}.`);
  const database = destinationName(draft);
  if (task.database !== null && task.database.toLowerCase() !== database.toLowerCase())
    return {
      refused: 'differs',
      pointer: '/target/databases/0',
      detail: `Task ${id} restores the database ${task.database}, not ${database}.`,
    };
  const chain = isChain(task, mode, account);
  if (chain === null) return undetermined(`The vendor does not report whether task ${id} is a chain: give \`mode\`.`);
  if (mode !== null && (mode !== 'full') !== chain)
    return {
      refused: 'differs',
      pointer: '/mode',
      detail: chain
        ? `Task ${id} is a chain (BackupMode ${task.backupMode ?? 'unknown'}), not a restore of mode \`full\`.`
        : `Task ${id} is a restore of mode \`full\` (BackupMode FULL), not a chain.`,
    };
  const files = inOrder(yield* filesShown(instanceId, id));
  if (!chain) return { mode: 'full', providerStatus: task.status, backups: [whole(task, id, files)] };
  return chainOf(task, id, files, mode);
}

function* taskOrNone(instanceId: string, id: string): Dialogue<Task | null> {
  try {
    return yield* describeTask(instanceId, id);
  } catch (error) {
    if (error instanceof VendorError && error.failure.kind === 'not_found') return null;
    throw error;
  }
}

/** Whether the task is a chain. Null: unknown, because with `chainBase: full` a chain has the same mode as a single restore. */
function isChain({ backupMode, status }: Task, mode: Mode | null, account: Account): boolean | null {
  if (backupMode === 'UPDF' || taskMeaning(status) === 'waiting') return true;
  if (backupMode === 'FULL' && alibabaAccount(account).chainBase !== 'full') return false;
  return mode === null ? null : mode !== 'full';
}

function whole(task: Task, id: string, files: readonly TaskFile[]): AdoptableBackup {
  return {
    type: 'full',
    final: true,
    files: files.flatMap(({ name }) => name ?? []),
    refs: { migrateTaskId: id },
    state: 'restoring',
    error: null,
    providerStatus: task.status,
    createdAt: task.createdAt,
    finishedAt: null,
  };
}

function chainOf(
  { status }: Task,
  id: string,
  files: readonly TaskFile[],
  asked: Mode | null,
): AdoptableTask | AdoptionRefusal {
  const types = files.map(({ kind }) => (kind === null ? undefined : kinds.get(kind.toLowerCase())));
  if (types[0] !== 'full' || types.slice(1).some((type) => type === undefined || type === 'full'))
    return undetermined(
      files.length === 0
        ? `The vendor lists no files of task ${id}, so the backups of its chain are unknown.`
        : `The files of task ${id} have the types ${files.map(({ kind }) => kind ?? 'nothing').join(', ')}, which is not a chain that Godwit supports.`,
    );
  const broken = files.slice(0, -1).find((file) => fileMeaning(file.status) === 'failed');
  if (broken !== undefined)
    return undetermined(
      `The file ${broken.name ?? ''} of task ${id} failed (${broken.status}), and others followed it.`,
    );
  const hasLogs = types.includes('log');
  if (asked === 'full_differential' && hasLogs)
    return { refused: 'differs', pointer: '/mode', detail: `Task ${id} has restored log backups.` };
  const mode: Mode = asked ?? (hasLogs || !types.includes('differential') ? 'full_log' : 'full_differential');
  const backups = files.map(
    (file, index): AdoptableBackup => ({
      type: types[index] ?? 'full',
      final: false,
      files: file.name === null ? [] : [file.name],
      refs: { migrateTaskId: id },
      // The vendor accepts the next file only after the previous one is restored.
      state: index < files.length - 1 ? 'restored' : 'restoring',
      error: null,
      providerStatus: file.status,
      createdAt: file.createdAt,
      finishedAt: file.endedAt,
    }),
  );
  const [full, ...increments] = backups;
  if (full === undefined) return undetermined(`The vendor lists no files of task ${id}.`);
  return { mode, providerStatus: status, backups: [full, ...increments] };
}

/**
 * Lists and adopts tasks that were started outside Godwit. DescribeMigrateTasks shows the tasks of one week with their databases; only
 * DescribeOssDownloads shows the files of a task.
 */
export const foreign: ForeignTasks = {
  refs: { required: ['migrateTaskId'], optional: ['taskId'] },
  list,
  read: (order, account) => read(order, account),
};
