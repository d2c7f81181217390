import type { Instant } from '../../domain/migration.ts';
import type { VendorReply, VendorRequest } from '../../domain/vendor.ts';
import { asObject, objectOf, objectsIn } from '../kit/json.ts';
import { count, instant, malformedReply, text } from './reply.ts';

export const createOperation = 'CreateReplicationJob';
export const listOperation = 'ListReplicationJobs';
export const showOperation = 'ShowReplicationJob';

export const jobsPath = '/v5/{project_id}/backup-migration-jobs';

/** Jobs per page. The definition allows far more; a page of this size stays far below any limit on bodies. */
export const pageSize = 100;
/** Maximum number of pages, so that a vendor which ignores `offset` cannot cause an endless loop. */
export const maxPages = 20;

/** One job of the vendor, from a list or from its details; both name the same facts differently. */
export interface Job {
  readonly id: string | null;
  readonly name: string | null;
  /** Verbatim; empty when there is none. */
  readonly status: string;
  readonly errorLog: string | null;
  readonly createdAt: Instant | null;
  readonly finishedAt: Instant | null;
}

export interface Page {
  readonly jobs: readonly Job[];
  /** Number of rows, unreadable ones included. */
  readonly rows: number;
  /** Total number of matching jobs, if the vendor reports it. */
  readonly total: number | null;
}

/** Newest first: new jobs shift rows onto later pages during the reading, so no row is missed. */
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

/** Whether a text can be the id of a job. Ids look like a UUID but are not hexadecimal; an operator may have typed one. */
export function isJobId(id: string): boolean {
  return /^[0-9A-Za-z_-]{1,128}$/.test(id);
}

/** Throws `VendorError` of kind `malformed` for a reply without a list of jobs: it is not an empty list. */
export function readPage(reply: VendorReply): Page {
  const body = objectOf(reply);
  if (!Array.isArray(body?.jobs)) throw malformedReply(listOperation, reply, 'the list of jobs is missing');
  return { jobs: objectsIn(body.jobs).map(readJob), rows: body.jobs.length, total: count(body.count) };
}

/** Throws `VendorError` of kind `malformed` when the reply is no job. */
export function readShow(reply: VendorReply): Job {
  const body = objectOf(reply);
  if (body === null || (text(body.id) === null && text(body.status) === null))
    throw malformedReply(showOperation, reply, 'the job is missing');
  return readJob(body);
}

/** The request of a job as its details show it; null for what they omit. */
export interface JobOrder {
  readonly instanceId: string | null;
  readonly files: readonly string[];
  readonly backupId: string | null;
  /** The named databases, without the placeholder `""`. */
  readonly databases: readonly string[];
  readonly last: boolean | null;
  /** The value of `recovery_mode`, which the vendor returns as a number. */
  readonly recovery: 'full' | 'incre' | null;
  /** `OBS` or `RDS`. */
  readonly fileSource: string | null;
  /** New names of databases; null: not shown. */
  readonly newNames: readonly string[] | null;
}

const recoveries: ReadonlyMap<string, 'full' | 'incre'> = new Map([
  ['full', 'full'],
  ['1', 'full'],
  ['incre', 'incre'],
  ['2', 'incre'],
]);

/** The order of a job from its details. Its folder is not among them. */
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
