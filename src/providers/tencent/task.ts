import type { Instant } from '../../domain/migration.ts';
import type { Dialogue, VendorReply, VendorRequest } from '../../domain/vendor.ts';
import { type Fields, isObject, objectsIn } from '../kit/json.ts';
import { service } from './endpoints.ts';
import { asInteger, asText, asTexts, malformedReply, requestIdOf, requireResponse } from './reply.ts';
import { type Stage, stageOf, stepFailed } from './status.ts';
import { parseVendorTime } from './times.ts';

/** A full task or an increment, as the list operations return it (data structure `Migration`). */
export interface Task {
  readonly id: string;
  readonly name: string;
  /** The value of `Status`, verbatim. */
  readonly status: string;
  /** The meaning of `Status`; null for an undocumented number. */
  readonly stage: Stage | null;
  readonly files: readonly string[];
  /** `FULL`, `FULL_LOG`, `FULL_DIFF`, or empty. */
  readonly recoveryType: string;
  readonly createdAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** The vendor's message; empty if there is none. */
  readonly message: string;
  /** Progress in percent, 0 to 100; null if unknown. */
  readonly percent: number | null;
  /** The vendor's name of the failed step; null if no step failed. */
  readonly failedStep: string | null;
  /** The currently allowed actions; null if the vendor lists none. */
  readonly allowed: readonly string[] | null;
  /** `YES`, `NO` or empty. */
  readonly isRecovery: string;
  readonly renames: readonly { readonly oldName: string; readonly newName: string }[];
  readonly requestId: string | null;
}

/** Creates a read request. */
export function read(operation: string, body: Fields): VendorRequest {
  return { operation, service, effect: 'read', method: 'POST', path: '/', query: [], headers: {}, body };
}

function readTask(fields: Fields, timeZone: string, requestId: string | null): Task | null {
  const id = asText(fields.MigrationId);
  if (id === null || id === '') return null;
  const detail = isObject(fields.Detail) ? fields.Detail : {};
  const action = isObject(fields.Action) ? fields.Action : {};
  const percent = asInteger(detail.Progress);
  const failed = objectsIn(detail.StepInfo).find((step) => asInteger(step.Status) === stepFailed);
  return {
    id,
    name: asText(fields.MigrationName) ?? '',
    status: asText(fields.Status) ?? 'null',
    stage: stageOf(asInteger(fields.Status)),
    files: asTexts(fields.BackupFiles),
    recoveryType: (asText(fields.RecoveryType) ?? '').toUpperCase(),
    createdAt: parseVendorTime(fields.CreateTime, timeZone),
    startedAt: parseVendorTime(fields.StartTime, timeZone),
    finishedAt: parseVendorTime(fields.EndTime, timeZone),
    message: asText(fields.Message) ?? '',
    percent: percent !== null && percent >= 0 && percent <= 100 ? percent : null,
    failedStep: failed === undefined ? null : (asText(failed.StepName) ?? asText(failed.StepId)),
    allowed: Array.isArray(action.AllowedAction) ? asTexts(action.AllowedAction) : null,
    isRecovery: (asText(fields.IsRecovery) ?? '').toUpperCase(),
    renames: objectsIn(fields.DBRename).map((each) => ({
      oldName: asText(each.OldName) ?? '',
      newName: asText(each.NewName) ?? '',
    })),
    requestId,
  };
}

/** The parameters of `listTasks`. */
export interface ListQuery {
  readonly operation: 'DescribeBackupMigration' | 'DescribeIncrementalMigration';
  readonly filter: Fields;
  readonly timeZone: string;
  /** Ids after which reading ends once all were found. Undefined: the whole list is read. */
  readonly wanted?: ReadonlySet<string>;
  /** Number of tasks after which reading ends. */
  readonly limit?: number;
}

/** The result of `listTasks`. */
export interface Listing {
  readonly tasks: readonly Task[];
  /** Whether every row that the vendor counts was read. Only then does a missing task prove absence. */
  readonly complete: boolean;
}

const setNames = {
  DescribeBackupMigration: 'BackupMigrationSet',
  DescribeIncrementalMigration: 'IncrementalMigrationSet',
} as const;

/** The vendor's default page size, and a maximum number of pages beyond the tasks of any instance. */
const pageSize = 100;
const maxPages = 50;

/**
 * Reads a list of tasks (DescribeBackupMigration and DescribeIncrementalMigration pages). `Offset` is documented as a page number. If pages
 * overlap, the service counts rows, and reading continues by rows. Throws `VendorError` of kind `malformed` for a response without a list.
 */
export function* listTasks({ operation, filter, timeZone, wanted, limit }: ListQuery): Dialogue<Listing> {
  const seen = new Map<string, Task>();
  const missing = () => [...(wanted ?? [])].some((id) => !seen.has(id));
  let byRows = false;
  let unreadable = false;
  for (let page = 0; page < maxPages; page++) {
    const offset = byRows ? seen.size : page;
    const reply: VendorReply = yield read(operation, { ...filter, Limit: pageSize, Offset: offset });
    const { items, total, requestId } = readPage(operation, reply);
    const before = seen.size;
    for (const item of items) {
      const task = readTask(item, timeZone, requestId);
      if (task === null) unreadable = true;
      else if (!seen.has(task.id)) seen.set(task.id, task);
    }
    const tasks = [...seen.values()];
    if (wanted !== undefined && !missing()) return { tasks, complete: true };
    if (total === null ? items.length < pageSize : seen.size >= total) return { tasks, complete: !unreadable };
    if (limit !== undefined && seen.size >= limit) return { tasks, complete: false };
    if (seen.size === before) return { tasks, complete: false };
    byRows ||= page > 0 && seen.size - before < items.length;
  }
  return { tasks: [...seen.values()], complete: false };
}

function readPage(operation: ListQuery['operation'], reply: VendorReply) {
  const response = requireResponse(operation, reply);
  const total = asInteger(response.TotalCount);
  const set = response[setNames[operation]];
  if (!Array.isArray(set) && !((set === null || set === undefined) && total === 0))
    throw malformedReply(operation, reply, `lacks ${setNames[operation]}`);
  return {
    items: Array.isArray(set) ? set.map((each) => (isObject(each) ? each : {})) : [],
    total,
    requestId: requestIdOf(response),
  };
}

/** The instance of tasks, by which the vendor lists them, and the UTC offset of its times. */
export interface Place {
  readonly instanceId: string;
  readonly timeZone: string;
}

/** Reads a full task by its id; null if the instance has none with this id. */
export function* findTask({ instanceId, timeZone }: Place, id: string): Dialogue<Task | null> {
  const { tasks } = yield* listTasks({
    operation: 'DescribeBackupMigration',
    filter: { InstanceId: instanceId, BackupMigrationId: id },
    timeZone,
    wanted: new Set([id]),
  });
  return tasks.find((task) => task.id === id) ?? null;
}
