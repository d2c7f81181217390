import type { SandboxResponse } from '../cloud.ts';
import { fateOf } from '../object-store/objects.ts';
import { holdsWord } from '../words.ts';
import { type CreateJob, documentedStatus, isRunning, type Job, jobDetail, jobSummary } from './job.ts';
import { checkCreate, isSqlServerInstance } from './job-rules.ts';
import { instanceWords } from './magic.ts';
import { outcomeOf } from './outcome.ts';
import { firstValue, numberOf, type Query, valuesOf } from './query.ts';
import { badParameter, drsFailure, type Failure, failureReply, jsonReply } from './reply.ts';
import type { Context } from './state.ts';
import { type Chain, chainFor, holdingsOf } from './target.ts';

const nameTaken = 'The task name already exists.';

/** Creating a Backup Migration Task page. The creation starts the restore. */
export function createJob(context: Context, projectId: string, request: CreateJob): SandboxResponse {
  const { state, now, environment, requestId } = context;
  const name = request.base_info.name;
  const instanceId = request.target_db_info.target_instance_id;
  const holdings = holdingsOf(state.jobs, projectId, instanceId, now);
  const chain = request.options.recovery_mode === 'full' ? null : chainFor(request, holdings.chains);
  const refusal =
    checkCreate(request) ??
    (findByName(state.jobs, projectId, name) === undefined ? null : drsFailure(422, 'M00277', nameTaken)) ??
    checkTarget(context, projectId, instanceId) ??
    checkChain(chain);
  if (refusal !== null) return failureReply(requestId, refusal);

  const fate = fateOfFiles(context, request, filesBefore(state.jobs, request, chain ?? null, now));
  const id = jobId(environment.uuid());
  const outcome = outcomeOf(request, holdings, chain ?? null, now, environment.restoreMs, fate);
  const { description } = request.base_info;
  state.jobs.push({ id, projectId, name, description, createdAt: now, deletedAt: null, request, outcome });
  const files = request.backup_info.files.map(({ name: file, obs_path = '' }) => joinKey(obs_path, file));
  record(context, 'restore', 'CreateReplicationJob', instanceId, id, [
    ...files.filter((key) => key !== ''),
    request.target_db_info.file_id ?? '',
  ]);
  return jsonReply(requestId, 200, { job_id: id });
}

/** The keys of the files that the chain has restored so far, oldest first. */
function filesBefore(jobs: readonly Job[], request: CreateJob, chain: Chain | null, now: number): readonly string[] {
  if (chain === null) return [];
  const names = new Set(chain.databases.map(({ target }) => target.toLowerCase()));
  const instance = request.target_db_info.target_instance_id;
  const own = jobs.filter(
    (job) =>
      job.request.target_db_info.target_instance_id === instance &&
      documentedStatus(job, now) === 'SUCCESS' &&
      job.outcome.databases.some(({ target }) => names.has(target.toLowerCase())),
  );
  return own
    .slice(
      Math.max(
        0,
        own.findLastIndex((job) => job.request.options.recovery_mode === 'full'),
      ),
    )
    .flatMap(keysOf);
}

function keysOf({ request }: Pick<Job, 'request'>): readonly string[] {
  return request.backup_info.files.map(({ name, obs_path = '' }) => joinKey(obs_path, name));
}

/** Magic words for the fate that the object store determines. `wrong-kind` is unknown at this cloud and becomes `corrupt`. */
function fateOfFiles({ environment, now }: Context, request: CreateJob, before: readonly string[]): readonly string[] {
  const { file_source, bucket_name = '' } = request.backup_info;
  if (file_source !== 'OBS') return [];
  const words = keysOf({ request }).flatMap((key) => fateOf(environment.objects, bucket_name, key, before, now));
  return words.map((word) => (word === 'wrong-kind' ? 'corrupt' : word));
}

function checkTarget({ state, now, environment }: Context, projectId: string, instanceId: string): Failure | null {
  if (!isSqlServerInstance(instanceId) || holdsWord(instanceId, instanceWords.notFound)) {
    return drsFailure(400, 'M06007', 'The RDS DB instance does not exist.');
  }
  if (holdsWord(instanceId, instanceWords.frozen)) return drsFailure(400, '10020072', 'User restricted.');
  if (holdsWord(instanceId, instanceWords.replica)) return drsFailure(422, 'M05006', 'Invalid RDS DB instance.');
  // The general error code table assigns the HTTP status 202 to this code.
  const conflict = drsFailure(202, 'M01504', 'Another operation is being performed. Try again later.');
  if (holdsWord(instanceId, instanceWords.busy)) {
    const key = `${projectId} ${instanceId}`;
    const since = state.busySince[key] ?? now;
    state.busySince[key] = since;
    if (now < since + environment.restoreMs) return conflict;
  }
  const running = state.jobs.some(
    (job) =>
      job.projectId === projectId &&
      job.request.target_db_info.target_instance_id === instanceId &&
      isRunning(job, now),
  );
  return running ? conflict : null;
}

function checkChain(chain: Chain | null | undefined): Failure | null {
  if (chain !== undefined) return null;
  return drsFailure(
    400,
    'M00304',
    'The operation is not allowed in the current status: no database is being restored.',
  );
}

/** Querying the Backup Migration Task List page. */
export function listJobs(context: Context, projectId: string, query: Query): SandboxResponse {
  const { state, now, environment, requestId } = context;
  const instances = valuesOf(query, 'dbs_instance_ids').flatMap((text) => text.split(','));
  if (instances.length > 10 || instances.some((id) => id === '' || id.length > 128)) {
    return failureReply(requestId, badParameter('dbs_instance_ids'));
  }
  const contains = (text: string, key: string) =>
    text.toLowerCase().includes((firstValue(query, key) ?? '').toLowerCase());
  const equals = (text: string, key: string) => [undefined, text].includes(firstValue(query, key));
  const found = state.jobs.filter((job) => {
    const { target_db_info, base_info } = job.request;
    const instanceId = target_db_info.target_instance_id;
    const slowToShow = holdsWord(instanceId, instanceWords.lag) ? environment.restoreMs : 0;
    return (
      isVisible(job, projectId) &&
      now - job.createdAt >= Math.max(environment.listLagMs(), slowToShow) &&
      contains(job.name, 'name') &&
      contains(job.description ?? '', 'description') &&
      equals(documentedStatus(job, now), 'status') &&
      equals(base_info.enterprise_project_id ?? '0', 'enterprise_project_id') &&
      (instances.length === 0 || instances.includes(instanceId))
    );
  });
  const offset = numberOf(query, 'offset', 0);
  const page = sorted(found, query).slice(offset, offset + numberOf(query, 'limit', 10));
  return jsonReply(requestId, 200, { count: found.length, jobs: page.map((job) => jobSummary(job, now)) });
}

/** Sorts jobs, newest first by default. */
function sorted(jobs: readonly Job[], query: Query): readonly Job[] {
  const keys: Readonly<Record<string, (job: Job) => string>> = {
    name: (job) => job.name,
    description: (job) => job.description ?? '',
    inst_id: (job) => job.request.target_db_info.target_instance_id,
    db_type: (job) => job.request.base_info.engine_type,
  };
  const keyOf = keys[firstValue(query, 'sort_key') ?? ''] ?? ((job: Job) => String(job.createdAt).padStart(16, '0'));
  const ascending = [...jobs].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  return firstValue(query, 'sort_dir') === 'asc' ? ascending : ascending.reverse();
}

/** Querying Details About a Backup Migration Task page. */
export function showJob({ state, now, requestId }: Context, projectId: string, id: string): SandboxResponse {
  const job = findJob(state.jobs, projectId, id);
  return job === undefined ? failureReply(requestId, noSuchJob) : jsonReply(requestId, 200, jobDetail(job, now));
}

/** Updating a Backup Migration Task page. An omitted description is cleared. */
export function updateJob(
  context: Context,
  projectId: string,
  id: string,
  body: { readonly name: string; readonly description?: string },
): SandboxResponse {
  const { state, requestId } = context;
  const job = findJob(state.jobs, projectId, id);
  if (job === undefined) return failureReply(requestId, noSuchJob);
  if (![undefined, id].includes(findByName(state.jobs, projectId, body.name)?.id)) {
    return failureReply(requestId, drsFailure(422, 'M00277', nameTaken));
  }
  replace(state.jobs, { ...job, name: body.name, description: body.description });
  record(context, 'renamed', 'UpdateReplicationJob', job.request.target_db_info.target_instance_id, id, [body.name]);
  return jsonReply(requestId, 200, {});
}

/** Deleting a Backup Migration Task page. Deletes only the record of a job that has ended. */
export function deleteJob(context: Context, projectId: string, id: string): SandboxResponse {
  const { state, now, requestId } = context;
  const job = findJob(state.jobs, projectId, id);
  if (job === undefined) return failureReply(requestId, noSuchJob);
  if (isRunning(job, now)) return failureReply(requestId, drsFailure(400, '10000001', 'Failed.'));
  replace(state.jobs, { ...job, deletedAt: now });
  record(context, 'deleted', 'DeleteReplicationJob', job.request.target_db_info.target_instance_id, id, [job.name]);
  return jsonReply(requestId, 200, {});
}

/** Checking Task Names page. A taken name is rejected with HTTP 400. The sandbox has no other types of jobs. */
export function validateName(
  { state, requestId }: Context,
  projectId: string,
  body: { readonly name: string; readonly type: string },
): SandboxResponse {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(body.name)) return failureReply(requestId, badParameter('name'));
  if (body.type === 'offline' && findByName(state.jobs, projectId, body.name) !== undefined) {
    return failureReply(requestId, drsFailure(400, 'M00277', nameTaken));
  }
  return jsonReply(requestId, 200, { is_valid: true });
}

/** A job id. It has the length of a UUID, and its tail is not hexadecimal. */
function jobId(uuid: string): string {
  return `${uuid.toLowerCase().padEnd(36, '0').slice(0, 31)}jb703`;
}

function joinKey(path: string, name: string): string {
  return path === '' || path.endsWith('/') ? `${path}${name}` : `${path}/${name}`;
}

const noSuchJob = drsFailure(400, '10000010', 'Job does not exist, please check job ID.');

function isVisible(job: Job, projectId: string): boolean {
  return job.projectId === projectId && job.deletedAt === null;
}

function findJob(jobs: readonly Job[], projectId: string, id: string): Job | undefined {
  return jobs.find((job) => isVisible(job, projectId) && job.id === id);
}

function findByName(jobs: readonly Job[], projectId: string, name: string): Job | undefined {
  return jobs.find((job) => isVisible(job, projectId) && job.name.toLowerCase() === name.toLowerCase());
}

function replace(jobs: Job[], job: Job): void {
  const at = jobs.findIndex(({ id }) => id === job.id);
  if (at >= 0) jobs[at] = job;
}

function record(
  { state, now, requestId }: Context,
  effect: 'restore' | 'deleted' | 'renamed',
  operation: string,
  instanceId: string,
  taskId: string,
  subjects: readonly string[],
): void {
  const subject = subjects.filter((text) => text !== '').join(', ');
  state.journal.push({ at: now, cloud: 'huawei', effect, operation, instanceId, taskId, subject, requestId });
}
