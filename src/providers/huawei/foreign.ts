import {
  type AdoptableTask,
  type AdoptionOrder,
  type AdoptionRefusal,
  type ForeignTasks,
  newestFirst,
  refusedRef,
  type VendorTask,
  type VendorTaskList,
} from '../../domain/foreign-tasks.ts';
import type { Migration } from '../../domain/migration.ts';
import { type Dialogue, VendorError } from '../../domain/vendor.ts';
import type { MigrationState, Mode } from '../../domain/vocabulary.ts';
import {
  isJobId,
  type Job,
  type JobOrder,
  listRequest,
  readOrder,
  readPage,
  readShow,
  sameDatabases,
  showRequest,
} from './jobs.ts';
import { optionsOf } from './options.ts';
import { type JobState, jobState } from './status.ts';

/** Maximum number of pages to list, of `pageSize` jobs each. */
const maxPages = 5;
/** Maximum number of later jobs whose details are read, with one call each. */
const maxLaterJobs = 5;

/** `SUCCESS` may be the end of a single restore or of one job of a chain; the list does not distinguish them. */
const states: Readonly<Record<JobState, MigrationState | null>> = {
  running: 'restoring',
  restored: null,
  failed: 'failed',
  precheck_failed: 'failed',
  unrecognized: null,
};

function* jobsOf(
  instanceId: string,
  scope: readonly (readonly [string, string])[],
): Dialogue<{ readonly jobs: readonly Job[]; readonly complete: boolean }> {
  const jobs = new Map<string, Job>();
  let [seen, readable] = [0, true];
  for (let page = 0; page < maxPages; page++) {
    const reply = yield listRequest([['dbs_instance_ids', instanceId], ...scope], seen);
    const { jobs: found, rows, total } = readPage(reply);
    for (const job of found) {
      if (job.id === null) readable = false;
      else if (!jobs.has(job.id)) jobs.set(job.id, job);
    }
    seen += rows;
    if (rows === 0 || (total !== null && seen >= total)) return { jobs: [...jobs.values()], complete: readable };
  }
  return { jobs: [...jobs.values()], complete: false };
}

function* list(instanceId: string): Dialogue<VendorTaskList> {
  const { jobs, complete } = yield* jobsOf(instanceId, []);
  return { tasks: newestFirst(jobs.map(shown)), complete };
}

function shown(job: Job): VendorTask {
  return {
    providerRefs: job.id === null ? {} : { jobId: job.id },
    name: job.name,
    providerStatus: job.status,
    state: states[jobState(job.status)],
    detail: job.errorLog,
    mode: null,
    databases: null,
    files: null,
    createdAt: job.createdAt,
    startedAt: job.createdAt,
    finishedAt: job.finishedAt,
  };
}

const undetermined = (detail: string): AdoptionRefusal => refusedRef('undetermined', 'jobId', detail);
const another = (detail: string): AdoptionRefusal => refusedRef('differs', 'jobId', detail);

interface Shown {
  readonly job: Job;
  readonly order: JobOrder;
}

function* showJob(id: string): Dialogue<Shown | null> {
  if (!isJobId(id)) return null;
  try {
    const reply = yield showRequest(id);
    return { job: readShow(reply), order: readOrder(reply) };
  } catch (error) {
    if (error instanceof VendorError && error.failure.kind === 'not_found') return null;
    throw error;
  }
}

function* read({ refs, draft, mode: asked, taken }: AdoptionOrder): Dialogue<AdoptableTask | AdoptionRefusal> {
  const id = refs.jobId ?? '';
  const found = yield* showJob(id);
  if (found === null) return another(`Huawei Cloud lists no job ${id}.`);
  const { job, order } = found;
  const { instanceId } = draft.target;
  if (order.instanceId === null)
    return undetermined(`Huawei Cloud does not report which instance the job ${id} restores onto.`);
  if (order.instanceId !== instanceId)
    return another(`The job ${id} restores onto the instance ${order.instanceId}, not ${instanceId}.`);
  if (order.recovery === 'incre')
    return undetermined(
      `The job ${id} restores a log backup. Huawei Cloud does not link it to its full backup, so only the job of a full backup can be adopted.`,
    );
  if (order.recovery === null && order.fileSource !== 'RDS')
    return undetermined(`Huawei Cloud does not report whether the job ${id} restores a full backup.`);
  const difference = databaseDifference(draft, order);
  if (difference !== null)
    return { refused: 'differs', pointer: '/target/databases', detail: `The job ${id} ${difference}.` };

  // A backup of an instance is always restored completely and opened.
  const last = order.last ?? (order.fileSource === 'RDS' ? true : null);
  if (last === null) return undetermined(`Huawei Cloud does not report whether the job ${id} opens the database.`);
  const mode: Mode = last ? 'full' : 'full_log';
  if (asked !== null && asked !== mode)
    return {
      refused: 'differs',
      pointer: '/mode',
      detail: last ? `The job ${id} opens the database after it.` : `The job ${id} leaves the database closed.`,
    };
  const later = last ? null : yield* laterJobs(draft, id, job, order, taken);
  if (later !== null) return undetermined(later);
  return {
    mode,
    providerStatus: job.status,
    backups: [
      {
        type: 'full',
        final: last,
        files: order.files,
        refs: { jobId: id },
        state: 'restoring',
        error: null,
        providerStatus: job.status,
        createdAt: job.createdAt,
        finishedAt: null,
      },
    ],
  };
}

function databaseDifference({ target }: Migration, order: JobOrder): string | null {
  const asked = target.databases ?? [];
  if (asked.length === 0) return null;
  const names = asked.map(({ name }) => name);
  if (order.databases.length > 0 && !sameDatabases(order.databases, names))
    return `restores the databases ${order.databases.join(', ')}, not ${names.join(', ')}`;
  const renamed = asked.flatMap(({ name, restoreAs }) =>
    restoreAs === undefined || restoreAs === name ? [] : restoreAs,
  );
  if (order.newNames !== null && !sameDatabases(order.newNames, renamed))
    return order.newNames.length === 0
      ? 'does not rename the databases'
      : `renames the databases to ${order.newNames.join(', ')}`;
  return null;
}

/** Explains why the position of a chain is unknown: later jobs may belong to it. Null if there are none. */
function* laterJobs(
  draft: Migration,
  id: string,
  { createdAt }: Job,
  order: JobOrder,
  taken: ReadonlySet<string>,
): Dialogue<string | null> {
  const { enterpriseProjectId } = optionsOf(draft);
  const scope = enterpriseProjectId === undefined ? [] : [['enterprise_project_id', enterpriseProjectId] as const];
  const { jobs, complete } = yield* jobsOf(draft.target.instanceId, scope);
  if (!complete) return 'The list of the instance’s jobs is incomplete, so a log job may be missing from it.';
  const later = jobs.filter(
    (job) =>
      job.id !== null &&
      job.id !== id &&
      !taken.has(job.id) &&
      (createdAt === null || job.createdAt === null || job.createdAt >= createdAt),
  );
  if (later.length > maxLaterJobs)
    return `The instance has ${later.length} jobs after the job ${id}, and Huawei Cloud does not link the jobs of a chain.`;
  const links: string[] = [];
  for (const each of later) {
    const found = each.id === null ? null : yield* showJob(each.id);
    if (found === null || found.order.recovery === 'full' || jobState(found.job.status) === 'precheck_failed') continue;
    const others = found.order.databases;
    const apart =
      others.length > 0 &&
      order.databases.length > 0 &&
      !others.some((name) => order.databases.some((own) => sameDatabases([name], [own])));
    if (!apart) links.push(`${each.id} (${found.order.files.join(', ')})`);
  }
  if (links.length === 0) return null;
  return `The instance has log jobs after the job ${id}: ${links.join('; ')}. Huawei Cloud does not link the jobs of a chain, so it is unknown which of them belong to it. Continue at the vendor, or start again from the full backup.`;
}

/**
 * Lists and adopts jobs that were started outside Godwit. ListReplicationJobs returns neither databases nor files; ShowReplicationJob
 * returns them for one job.
 */
export const foreign: ForeignTasks = {
  refs: { required: ['jobId'], optional: [] },
  list: (instanceId) => list(instanceId),
  read: (order) => read(order),
};
