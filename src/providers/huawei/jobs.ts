import type { Instant } from '../../domain/migration.ts';
import type { VendorReply, VendorRequest } from '../../domain/vendor.ts';
import { asObject, objectOf, objectsIn } from '../kit/json.ts';
import { count, instant, malformedReply, text } from './reply.ts';

/** The vendor's operations on backup migration jobs (DRS API v5). */
export const createOperation = 'CreateReplicationJob';
export const listOperation = 'ListReplicationJobs';
export const showOperation = 'ShowReplicationJob';

/** Path of the backup migration jobs of a project. */
export const jobsPath = '/v5/{project_id}/backup-migration-jobs';

/** Number of jobs per page. The vendor's limit is far higher; this size keeps responses small. */
export const pageSize = 100;
/** Maximum number of pages. It prevents an endless loop if the vendor ignores `offset`. */
export const maxPages = 20;

/** One job, from a list or from its details. The two responses name the same facts differently. */
export interface Job {
  readonly id: string | null;
  readonly name: string | null;
  /** The vendor's status, verbatim; empty if there is none. */
  readonly status: string;
  readonly errorLog: string | null;
  readonly createdAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** One page of the list of jobs. */
export interface Page {
  readonly jobs: readonly Job[];
  /** Number of rows, including unreadable ones. */
  readonly rows: number;
  /** Total number of matching jobs; null if the vendor does not report it. */
  readonly total: number | null;
}

/**
 * A request for a page of jobs, the newest first. A job that is created during the reading moves other rows to later pages, so none is
 * skipped (ListReplicationJobs page drs_03_0284).
 */
export function listRequest(
  filters: readonly (readonly [name: string, value: string])[],
  offset: number,
): VendorRequest {
  return {
    operation: listOperation,
    service: 'drs',
    effect: 'read',
    method: 'GET',
    path: jobsPath,
    query: [
      ...filters,
      ['sort_key', 'created_at'],
      ['sort_dir', 'desc'],
      ['limit', String(pageSize)],
      ['offset', String(offset)],
    ],
    headers: {},
    body: undefined,
  };
}

/** A request for the details of a job (ShowReplicationJob page drs_03_0285). */
export function showRequest(jobId: string): VendorRequest {
  return {
    operation: showOperation,
    service: 'drs',
    effect: 'read',
    method: 'GET',
    path: `${jobsPath}/${jobId}`,
    query: [],
    headers: {},
    body: undefined,
  };
}

/** Whether a text has the form of a job id. Job ids look like UUIDs but are not hexadecimal. Operators can enter any text. */
export function isJobId(id: string): boolean {
  return /^[0-9A-Za-z_-]{1,128}$/.test(id);
}

/** Parses a page of the list. Throws `VendorError` of kind `malformed` for a response without a list, which differs from an empty list. */
export function readPage(reply: VendorReply): Page {
  const body = objectOf(reply);
  if (!Array.isArray(body?.jobs)) throw malformedReply(listOperation, reply, 'the list of jobs is missing');
  return { jobs: objectsIn(body.jobs).map(readJob), rows: body.jobs.length, total: count(body.count) };
}

/** Parses the details of a job. Throws `VendorError` of kind `malformed` if the response is not a job. */
export function readShow(reply: VendorReply): Job {
  const body = objectOf(reply);
  if (body === null || (text(body.id) === null && text(body.status) === null))
    throw malformedReply(showOperation, reply, 'the job is missing');
  return readJob(body);
}

/** The request that created a job, according to its details. Members that the vendor omits are null. */
export interface JobOrder {
  readonly instanceId: string | null;
  readonly files: readonly string[];
  readonly backupId: string | null;
  /** The named databases, without the vendor's placeholder `""`. */
  readonly databases: readonly string[];
  readonly last: boolean | null;
  /** The value of `recovery_mode`. The vendor accepts a word and returns a number. */
  readonly recovery: 'full' | 'incre' | null;
  /** `OBS` or `RDS`; null if unknown. */
  readonly fileSource: string | null;
  /** New names of databases; null if the vendor does not show them. */
  readonly newNames: readonly string[] | null;
}

const recoveries: ReadonlyMap<string, 'full' | 'incre'> = new Map([
  ['full', 'full'],
  ['1', 'full'],
  ['incre', 'incre'],
  ['2', 'incre'],
]);

/** Reads the request of a job from its details (ShowReplicationJob page drs_03_0285). The details do not contain the folder. */
export function readOrder(reply: VendorReply): JobOrder {
  const body = objectOf(reply);
  const target = asObject(body?.target_db_info);
  const options = asObject(body?.options);
  const names = asObject(options?.reset_db_name_map);
  return {
    instanceId: text(target?.target_instance_id),
    files: objectsIn(asObject(body?.backup_info)?.file_info).flatMap((file) => text(file.file_name) ?? []),
    backupId: text(target?.file_id),
    databases: Array.isArray(options?.db_names) ? options.db_names.flatMap((name: unknown) => text(name) ?? []) : [],
    last: typeof options?.is_last_backup === 'boolean' ? options.is_last_backup : null,
    recovery: recoveries.get(text(options?.recovery_mode)?.toLowerCase() ?? '') ?? null,
    fileSource: text(asObject(body?.backup_info)?.file_source),
    newNames: names === null ? null : Object.values(names).flatMap((name) => text(name) ?? []),
  };
}

function readJob(row: Readonly<Record<string, unknown>>): Job {
  return {
    id: text(row.id),
    name: text(row.name) ?? text(asObject(row.base_info)?.name),
    status: text(row.status) ?? '',
    errorLog: text(row.error_log),
    createdAt: instant(row.create_time),
    finishedAt: instant(row.finish_time),
  };
}

/** Whether two lists name the same databases, in any order. Like the default collations of SQL Server, it ignores case. */
export function sameDatabases(some: readonly string[], others: readonly string[]): boolean {
  const folded = (names: readonly string[]) => JSON.stringify(names.map((name) => name.toLowerCase()).toSorted());
  return folded(some) === folded(others);
}
