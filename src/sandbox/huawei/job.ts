/** The body of a create request (Creating a Backup Migration Task page). It conforms to its schema. */
export interface CreateJob {
  readonly base_info: {
    readonly name: string;
    readonly engine_type: string;
    readonly description?: string;
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
    readonly enterprise_project_id?: string;
  };
  readonly target_db_info: {
    readonly target_instance_id: string;
    readonly ms_file_stream_status?: string;
    readonly file_id?: string;
  };
  readonly backup_info: {
    readonly file_source: 'OBS' | 'RDS';
    readonly bucket_name?: string;
    readonly files: readonly BackupFile[];
  };
  readonly options: JobOptions;
}

/** A file in a create request. */
export interface BackupFile {
  readonly name: string;
  readonly obs_path?: string;
  readonly rds_version?: string;
  readonly rds_source_instance_id?: string;
}

/** The options of a create request. */
export interface JobOptions {
  readonly recovery_mode: 'full' | 'incre';
  readonly is_last_backup: boolean;
  readonly is_precheck: boolean;
  readonly is_cover?: boolean;
  readonly is_default_restore?: boolean;
  readonly db_names?: readonly string[];
  readonly reset_db_name_map?: Readonly<Record<string, string>>;
  readonly is_delete_backup_file?: boolean;
}

/** A database of a job: its name in the backup and its name on the target. */
export interface RestoredName {
  readonly source: string;
  readonly target: string;
}

/** How a job proceeds. It is determined at the creation; the clock determines what is visible. */
export interface Outcome {
  /** Milliseconds since the epoch; null: the job never ends. */
  readonly endsAt: number | null;
  readonly status: 'SUCCESS' | 'FAILED' | 'PRECHECK FAILED';
  readonly errorLog: string | null;
  readonly databases: readonly RestoredName[];
  /** How the job is presented; see the magic words in the README. */
  readonly spelling: 'documented' | 'odd' | 'old' | 'sparse' | 'unknown';
}

/** A backup migration job, as plain JSON. Times are milliseconds since the epoch. */
export interface Job {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly deletedAt: number | null;
  readonly request: CreateJob;
  readonly outcome: Outcome;
}

/** Whether the job is running at `now`. */
export function isRunning(job: Job, now: number): boolean {
  return job.outcome.endsAt === null || now < job.outcome.endsAt;
}

/** The status in its documented spelling. */
export function documentedStatus(job: Job, now: number): 'TRANSFERRING' | Outcome['status'] {
  return isRunning(job, now) ? 'TRANSFERRING' : job.outcome.status;
}

/** The status in the spelling of this job. */
function shownStatus(job: Job, now: number): string {
  const status = documentedStatus(job, now);
  const { spelling, endsAt } = job.outcome;
  if (spelling === 'old') return status === 'TRANSFERRING' ? 'TRANSFERING' : status.toLowerCase();
  const halfway = endsAt === null ? Number.POSITIVE_INFINITY : (job.createdAt + endsAt) / 2;
  if (spelling === 'unknown') return 'STOPPED';
  return spelling === 'odd' && now < halfway ? 'QUEUING' : status;
}

/** The members that a job has only after its end. A sparse job has them from the start, without values. */
function ending(job: Job, now: number): object {
  const { endsAt, errorLog, spelling } = job.outcome;
  if (endsAt === null || now < endsAt) return spelling === 'sparse' ? { finish_time: null, error_log: '' } : {};
  return { finish_time: secondTime(endsAt), ...(errorLog === null ? {} : { error_log: errorLog }) };
}

function texts(job: Job): object {
  return job.description === undefined ? {} : { description: job.description };
}

/** The job in the list response, which has no target, files or options. */
export function jobSummary(job: Job, now: number): object {
  return {
    id: job.id,
    name: job.name,
    status: shownStatus(job, now),
    engine_type: job.request.base_info.engine_type,
    ...texts(job),
    create_time: secondTime(job.createdAt),
    ...ending(job, now),
    enterprise_project_id: job.request.base_info.enterprise_project_id ?? '0',
  };
}

/** The job in the detail response. Files and recovery mode have another format than in the create request, and paths are missing. */
export function jobDetail(job: Job, now: number): object {
  const { base_info, target_db_info, backup_info, options } = job.request;
  const renamed = job.outcome.databases.map(({ target }) => target).join(',');
  return {
    id: job.id,
    status: shownStatus(job, now),
    create_time: secondTime(job.createdAt),
    ...ending(job, now),
    base_info: {
      name: job.name,
      engine_type: base_info.engine_type,
      ...texts(job),
      tags: base_info.tags ?? [],
      enterprise_project_id: base_info.enterprise_project_id ?? '0',
    },
    target_db_info: { ms_file_stream_status: 'off', file_id: '', ...target_db_info },
    backup_info: {
      file_source: backup_info.file_source,
      ...(backup_info.bucket_name === undefined ? {} : { bucket_name: backup_info.bucket_name }),
      file_info: backup_info.files.map(({ name }) => ({
        file_name: name,
        file_size: '8.75 MB',
        file_last_modify: secondTime(job.createdAt - 3_600_000),
      })),
    },
    options: {
      is_cover: false,
      is_default_restore: true,
      is_delete_backup_file: true,
      db_names: [],
      reset_db_name_map: {},
      ...options,
      recovery_mode: options.recovery_mode === 'full' ? '1' : '2',
    },
    ...(options.reset_db_name_map === undefined ? {} : { new_db_names: renamed }),
    instance_name: instanceName(target_db_info.target_instance_id),
  };
}

/** The sandbox's name for an instance. */
export function instanceName(instanceId: string): string {
  return `rds-${instanceId.slice(0, 8)}`;
}

/** Formats a time in UTC with whole seconds, as DRS does. */
function secondTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
