import type { Instant } from '../../domain/migration.ts';
import type { Dialogue, VendorReply, VendorRequest } from '../../domain/vendor.ts';
import type { Fields } from '../kit/json.ts';
import { baseName } from '../kit/percent.ts';
import type { Statement } from './error-words.ts';
import { isRefusal } from './errors.ts';
import { sameFileName } from './migration-task.ts';
import { answerOf, countOf, instantOf, requestIdOf, rowsOf, textOf } from './reply.ts';

/** A migration task as the vendor reports it. `status` is empty if the response contains none. */
export interface Task extends Statement {
  readonly id: string | null;
  readonly database: string | null;
  /** `FULL` or `UPDF`; null if unknown. */
  readonly backupMode: string | null;
  readonly createdAt: Instant | null;
  readonly endedAt: Instant | null;
  /** Whether the import replaced existing data (`IsDBReplaced`). */
  readonly replaced: boolean;
}

/** One file of a task. */
export interface TaskFile extends Statement {
  readonly name: string | null;
  /** The type of the backup in the vendor's words, such as `Database` or `Transaction_Log`. */
  readonly kind: string | null;
  readonly createdAt: Instant | null;
  readonly endedAt: Instant | null;
}

/** Tasks of an instance in a period. `complete`: whether the list was read to its end and every row had an id. */
export interface TaskList {
  readonly tasks: readonly Task[];
  readonly complete: boolean;
}

/** The period that the vendor lists, in milliseconds (DescribeMigrateTasks page). */
export const listedPeriodMs = 7 * 24 * 3_600_000;
/** Time after now at which a list ends, in milliseconds. It covers a vendor's clock that is ahead of ours. */
const listLeadMs = 600_000;
const minuteMs = 60_000;
/** Maximum number of rows on a page (DescribeMigrateTasks page). */
const pageSize = 100;
/** Maximum number of pages: more than one week at the vendor's limit of 500 tasks per day. */
const maxPages = 40;

/** Creates a read request of the RDS service. */
export function readRequest(operation: string, query: VendorRequest['query']): VendorRequest {
  return { operation, service: 'rds', effect: 'read', method: 'POST', path: '/', query, headers: {}, body: undefined };
}

function statementOf(operation: string, reply: VendorReply, answer: Fields, row: Fields): Statement {
  return {
    status: textOf(row, 'Status') ?? '',
    description: textOf(row, 'Description'),
    operation,
    requestId: requestIdOf(reply, answer),
    httpStatus: reply.httpStatus,
  };
}

function taskOf(operation: string, reply: VendorReply, answer: Fields, row: Fields): Task {
  return {
    ...statementOf(operation, reply, answer, row),
    id: textOf(row, 'MigrateTaskId'),
    database: textOf(row, 'DBName'),
    backupMode: textOf(row, 'BackupMode'),
    createdAt: instantOf(textOf(row, 'CreateTime')),
    endedAt: instantOf(textOf(row, 'EndTime')),
    replaced: textOf(row, 'IsDBReplaced')?.toLowerCase() === 'true',
  };
}

/** Reads one task by its id (DescribeMigrateTaskById page). Returns null if the response describes no task or another one. */
export function* describeTask(instanceId: string, taskId: string): Dialogue<Task | null> {
  const operation = 'DescribeMigrateTaskById';
  const reply = yield readRequest(operation, [
    ['DBInstanceId', instanceId],
    ['MigrateTaskId', taskId],
  ]);
  const answer = answerOf(operation, reply);
  const task = taskOf(operation, reply, answer, answer);
  return task.status === '' || (task.id !== null && task.id !== taskId) ? null : task;
}

/** Formats a time as `yyyy-MM-ddTHH:mmZ`. The list accepts no seconds. */
function minuteText(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16)}Z`;
}

/**
 * The end of a list that must include tasks created just now. It is rounded up to the next minute, because the list has a resolution of one
 * minute.
 */
function listEnd(now: Instant): Instant {
  return Math.ceil(now / minuteMs) * minuteMs + listLeadMs;
}

/**
 * Lists the tasks of an instance since `from` (DescribeMigrateTasks page). Reads all pages and returns each task once. Reading ends early
 * if `enough` returns true.
 */
export function* listTasks(
  instanceId: string,
  from: Instant,
  now: Instant,
  enough: (tasks: ReadonlyMap<string, Task>) => boolean = () => false,
): Dialogue<TaskList> {
  const operation = 'DescribeMigrateTasks';
  const tasks = new Map<string, Task>();
  let read = 0;
  let readable = true;
  for (let page = 1; page <= maxPages; page++) {
    const reply = yield readRequest(operation, [
      ['DBInstanceId', instanceId],
      ['StartTime', minuteText(from)],
      ['EndTime', minuteText(listEnd(now))],
      ['PageSize', String(pageSize)],
      ['PageNumber', String(page)],
    ]);
    const answer = answerOf(operation, reply);
    const rows = rowsOf(answer, 'Items', 'MigrateTask', 'MigrateTaskId');
    for (const row of rows) {
      const task = taskOf(operation, reply, answer, row);
      if (task.id === null) readable = false;
      else if (!tasks.has(task.id)) tasks.set(task.id, task);
    }
    read += rows.length;
    const total = countOf(answer, 'TotalRecordCount');
    const all = total === null ? rows.length < pageSize : read >= total;
    if (all || rows.length === 0 || enough(tasks)) return { tasks: [...tasks.values()], complete: all && readable };
  }
  return { tasks: [...tasks.values()], complete: false };
}

/** Lists the files of a task in the vendor's order (DescribeOssDownloads page). */
export function* describeFiles(instanceId: string, taskId: string): Dialogue<readonly TaskFile[]> {
  const operation = 'DescribeOssDownloads';
  const reply = yield readRequest(operation, [
    ['DBInstanceId', instanceId],
    ['MigrateTaskId', taskId],
  ]);
  const answer = answerOf(operation, reply);
  return rowsOf(answer, 'Items', 'OssDownload', 'FileName').map((row) => {
    const name = textOf(row, 'FileName');
    return {
      ...statementOf(operation, reply, answer, row),
      name: name === null ? null : baseName(name),
      kind: textOf(row, 'BackupMode'),
      createdAt: instantOf(textOf(row, 'CreateTime')),
      endedAt: instantOf(textOf(row, 'EndTime')),
    };
  });
}

/** The files of a task as `describeFiles` lists them; empty if the vendor rejects the read. */
export function* filesShown(instanceId: string, taskId: string): Dialogue<readonly TaskFile[]> {
  try {
    return yield* describeFiles(instanceId, taskId);
  } catch (error) {
    if (isRefusal(error)) return [];
    throw error;
  }
}

/** The files with one of these names, in any of the vendor's spellings. */
export function rowsNamed(files: readonly TaskFile[], names: readonly string[]): readonly TaskFile[] {
  return files.filter(({ name }) => name !== null && names.some((own) => sameFileName(own, name)));
}

/** Sorts files by creation time. If any file has no time, the vendor's order is kept; its samples suggest the order of arrival. */
export function inOrder(files: readonly TaskFile[]): readonly TaskFile[] {
  return files.every(({ createdAt }) => createdAt !== null)
    ? files.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0))
    : files;
}

/**
 * The file of one submission. Of the files with one of its names, oldest first, it skips the `earlier` ones of other submissions and takes
 * the newest. Null: the file is not listed under its name.
 */
export function ownFile(files: readonly TaskFile[], names: readonly string[], earlier: number): TaskFile | null {
  return inOrder(rowsNamed(files, names)).slice(earlier).at(-1) ?? null;
}
