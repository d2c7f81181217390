import { holdsWord } from '../words.ts';
import { namedTask, type Operation, type OperationContext, timeText } from './context.ts';
import { Refusal } from './errors.ts';
import { attributesOf } from './instance.ts';
import { nameFault } from './names.ts';
import { type Task, type TaskStatus, viewFileOf, viewTask } from './task.ts';

const weekMs = 7 * 24 * 60 * 60_000;

/** DescribeMigrateTasks: lists the tasks of the last week in the requested period, newest first. */
export const describeMigrateTasks: Operation = (context) => {
  const { parameters, instance, store, now } = context;
  refuseCluster(context);
  const start = Date.parse(parameters.StartTime ?? '');
  const end = Date.parse(parameters.EndTime ?? '');
  if (!(end > start)) throw new Refusal('InvalidStartTimeAndEndTime.Malformed');
  const found = store
    .tasksOf(instance.id)
    .filter(({ createdAt }) => createdAt >= start && createdAt <= end)
    .filter(({ createdAt }) => now - createdAt < weekMs && now - createdAt >= context.listLagMs)
    .reverse();
  const size = Number(parameters.PageSize ?? 30);
  const number = Number(parameters.PageNumber ?? 1);
  const page = found.slice((number - 1) * size, number * size);
  return {
    DBInstanceId: instance.id,
    PageNumber: number,
    PageRecordCount: page.length,
    TotalRecordCount: found.length,
    Items: {
      MigrateTask: listOf(
        page,
        page.map((task) => taskRow(task, now)),
      ),
    },
  };
};

/** DescribeMigrateTaskById: returns one task of any age. */
export const describeMigrateTaskById: Operation = (context) => {
  const task = namedTask(context);
  return { DBInstanceName: task.instanceId, ...taskRow(task, context.now) };
};

/** DescribeOssDownloads: lists the files of one task in order of submission. */
export const describeOssDownloads: Operation = (context) => {
  refuseCluster(context);
  const task = namedTask(context);
  const { now } = context;
  const shown = task.files
    .filter((file) => now - file.submittedAt >= context.listLagMs)
    .filter((file) => !holdsWord(file.key, 'unlisted'));
  return {
    DBInstanceId: task.instanceId,
    MigrateTaskId: task.id,
    Items: {
      OssDownload: listOf(
        [task],
        shown.map((file) => {
          const { status, endedAt, description } = viewFileOf(task, file, now);
          return {
            FileName: shownName(file.key, file.name),
            FileSize: String(100 + file.name.length),
            BackupMode: file.kind,
            IsAvailable: status === 'VerifyFailed' ? 'False' : 'True',
            Status: status,
            CreateTime: timeText(file.submittedAt),
            EndTime: timeText(endedAt),
            Description: description,
          };
        }),
      ),
    },
  };
};

/** DescribeDBInstanceAttribute: describes one instance. */
export const describeDBInstanceAttribute: Operation = ({ instance }) => ({
  Items: { DBInstanceAttribute: [attributesOf(instance)] },
});

/** CheckDBNameAvailable: a response without an error means that the name is free and valid. */
export const checkDBNameAvailable: Operation = ({ parameters, instance, store, now }) => {
  const name = parameters.DBName ?? '';
  const fault = nameFault(name);
  if (fault === 'reserved') throw new Refusal('InvalidDBName.Forbid');
  if (fault === 'keyword') throw new Refusal('InvalidParameter.Keyword');
  if (fault === 'malformed') throw new Refusal('InvalidDBName');
  if (instance.status !== 'Running') throw new Refusal('OperationDenied.DBInstanceStatus');
  const present = store.databasesOf(instance.id, now).has(name.toLowerCase());
  if (present || holdsWord(name, 'taken')) throw new Refusal('InvalidDBName.Duplicate');
  return {};
};

/** DescribeDatabases: lists the databases that migrations created. One that is not open yet has the status `Creating`. */
export const describeDatabases: Operation = ({ parameters, instance, store, now }) => {
  const found = [...store.databasesOf(instance.id, now).values()]
    .map(({ task, state }) => ({ name: task.dbName, status: state === 'open' ? 'Running' : 'Creating' }))
    .filter(({ name }) => parameters.DBName === undefined || name === parameters.DBName)
    .filter(({ status }) => parameters.DBStatus === undefined || status === parameters.DBStatus);
  const size = Number(parameters.PageSize ?? 30);
  const number = Number(parameters.PageNumber ?? 1);
  return {
    Databases: {
      Database: found.slice((number - 1) * size, number * size).map(({ name, status }) => ({
        DBName: name,
        DBStatus: status,
        DBInstanceId: instance.id,
        Engine: instance.engine,
        CharacterSetName: 'Chinese_PRC_CI_AS',
        DBDescription: '',
        Accounts: { AccountPrivilegeInfo: [] },
        PageNumber: number,
        PageSize: size,
        TotalCount: found.length,
      })),
    },
  };
};

function refuseCluster({ instance }: OperationContext): void {
  if (instance.cluster) throw new Refusal('EngineVersionNotSupported');
}

/** The documentation does not say how the vendor writes a name that needs URL encoding. */
function shownName(key: string, name: string): string {
  if (holdsWord(key, 'respelt')) return encodeURIComponent(name).toUpperCase();
  return holdsWord(key, 'renamed') ? `restore-${name.length}.tmp` : name;
}

function taskRow(task: Task, now: number): Readonly<Record<string, string | null>> {
  const { status, endedAt, description } = viewTask(task, now);
  const sparse = isSparse(task);
  return {
    MigrateTaskId: task.id,
    DBName: task.dbName,
    BackupMode: task.mode,
    Status: shownStatus(task, status, now),
    IsDBReplaced: sparse ? null : 'False',
    CreateTime: sparse ? timeText(task.createdAt).replace('T', ' T') : timeText(task.createdAt),
    EndTime: sparse && endedAt === null ? null : timeText(endedAt),
    Description: sparse && description === '' ? null : description,
  };
}

function shownStatus(task: Task, status: TaskStatus, now: number): string {
  if (status !== 'Running' && status !== 'NoStart') return status;
  if (anyFile(task, 'unknown-status')) return 'Suspended';
  if (anyFile(task, 'stuck') || anyFile(task, 'unstoppable')) return 'Running';
  return status === 'Running' && showsOddStatus(task, now) ? 'Verifying' : status;
}

function anyFile(task: Task, word: string): boolean {
  return task.files.some((file) => holdsWord(file.key, word));
}

/** Whether the undocumented status is shown: from a quarter to three quarters of the last file's duration. */
function showsOddStatus(task: Task, now: number): boolean {
  const file = task.files.at(-1);
  if (file === undefined || !holdsWord(file.key, 'odd-status')) return false;
  const part = (now - file.submittedAt) / file.durationMs;
  return part >= 0.25 && part < 0.75;
}

/** Whether the task is shown as in the documentation's samples: nulls, malformed times, and a single row instead of a list. */
function isSparse(task: Task): boolean {
  return task.files.some((file) => holdsWord(file.key, 'sparse'));
}

function listOf<T>(tasks: readonly Task[], rows: readonly T[]): readonly T[] | T | undefined {
  return rows.length === 1 && tasks.every(isSparse) ? rows[0] : rows;
}
