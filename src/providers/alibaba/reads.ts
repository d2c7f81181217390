import type { Instant } from '../../domain/migration.ts';
import type { Dialogue, VendorReply, VendorRequest } from '../../domain/vendor.ts';
import type { Fields } from '../kit/json.ts';
import { baseName } from '../kit/percent.ts';
import type { Statement } from './error-words.ts';
import { sameFileName } from './migration-task.ts';
import { answerOf, countOf, instantOf, requestIdOf, rowsOf, textOf } from './reply.ts';

/** A migration task as the vendor describes it. `status` is empty when the answer holds none. */
export interface Task extends Statement {
  readonly id: string | null;
  readonly database: string | null;
  /** `FULL` or `UPDF`. */
  readonly backupMode: string | null;
  readonly createdAt: Instant | null;
  readonly endedAt: Instant | null;
  /** Whether the import replaced data that was there (`IsDBReplaced`). */
  readonly replaced: boolean;
}

/** One file of a task. */
export interface TaskFile extends Statement {
  readonly name: string | null;
  /** Which kind of backup the file is, in the vendor's word. */
  readonly kind: string | null;
  readonly createdAt: Instant | null;
  readonly endedAt: Instant | null;
}

/** Tasks of an instance in a period; `complete` is false when the list could not be read to its end or holds unreadable rows. */
export interface TaskList {
  readonly tasks: readonly Task[];
  readonly complete: boolean;
}

/** How far back the vendor lists tasks (DescribeMigrateTasks page), in milliseconds. */
export const listedPeriodMs = 7 * 24 * 3_600_000;
/** How far behind now a list ends, so that a vendor's clock ahead of ours hides nothing, in milliseconds. */
const listLeadMs = 600_000;
const minuteMs = 60_000;
/** The largest page (DescribeMigrateTasks page). */
const pageSize = 100;
/** More than a week at the vendor's 500 tasks a day. */
const maxPages = 40;

/** A reading request of the RDS service. */
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

/** One task by its id (DescribeMigrateTaskById), or null when the answer describes none or another one. */
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

/** `yyyy-MM-ddTHH:mmZ`; the list takes no seconds. */
function minuteText(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16)}Z`;
}

/** The end of a list that must hold what was created just now: the next full minute, and some more. */
function listEnd(now: Instant): Instant {
  return Math.ceil(now / minuteMs) * minuteMs + listLeadMs;
}

/**
 * The tasks that an instance was given since `from` (DescribeMigrateTasks, all pages, each task once). Reading stops early when
 * `enough` says so.
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

/** The files of a task, in the vendor's order (DescribeOssDownloads). */
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

/** The rows of a task that carry one of these names, however the vendor spells them. */
export function rowsNamed(files: readonly TaskFile[], names: readonly string[]): readonly TaskFile[] {
  return files.filter(({ name }) => name !== null && names.some((own) => sameFileName(own, name)));
}

/** Oldest first. A row without a time keeps its place: the vendor lists in order of arrival as far as its samples show. */
export function inOrder(files: readonly TaskFile[]): readonly TaskFile[] {
  return files.every(({ createdAt }) => createdAt !== null)
    ? files.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0))
    : files;
}

/**
 * The file of one submission among the files of its task: of the rows with one of its names, oldest first, the newest behind the
 * `earlier` ones that other submissions explain. Null: it is not listed under its name.
 */
export function ownFile(files: readonly TaskFile[], names: readonly string[], earlier: number): TaskFile | null {
  return inOrder(rowsNamed(files, names)).slice(earlier).at(-1) ?? null;
}
