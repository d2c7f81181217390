import { type Backup, fullBackup, type Instant, type Migration } from '../../domain/migration.ts';
import type { VendorErrorDetails } from '../../domain/problem.ts';
import type { BackupObservation, Observation } from '../../domain/provider.ts';
import { type Account, type Dialogue, VendorError, type VendorReply } from '../../domain/vendor.ts';
import { objectOf } from '../kit/json.ts';
import { errorOf } from './error-words.ts';
import {
  isJobId,
  type Job,
  listOperation,
  listRequest,
  maxPages,
  readPage,
  readShow,
  showOperation,
  showRequest,
} from './jobs.ts';
import { optionsOf } from './options.ts';
import { requestIdOf } from './reply.ts';
import { jobState } from './status.ts';

/** A job with the response that described it; or `missing` if the vendor does not know the job. */
type Sighting = { readonly job: Job; readonly words: VendorErrorDetails } | 'missing';

/** The key of migrations that are observed together. One list of a project's jobs covers every migration of the account in the region. */
export function observationGroup(migration: Migration): string {
  return `${migration.account}|${migration.region}`;
}

/**
 * Observes migrations by reading their running jobs. The vendor does not link the jobs of a chain, so the stored list of backups is the
 * only source for the rest. A migration between two jobs causes no call.
 */
export function* observe(
  migrations: readonly Migration[],
  _account: Account,
  _now: Instant,
): Dialogue<ReadonlyMap<string, Observation>> {
  const wanted = new Set(migrations.flatMap(runningBackups).map((backup) => backup.providerRefs.jobId ?? ''));
  const sightings = yield* sightJobs(wanted, commonEnterpriseProject(migrations));
  return new Map(migrations.map((migration) => [migration.id, observationOf(migration, sightings)]));
}

function runningBackups(migration: Migration): readonly Backup[] {
  return migration.backups.filter((backup) => backup.state === 'restoring');
}

/** The filter for an enterprise project, if all migrations have the same one, because a user may see jobs only inside it. */
function commonEnterpriseProject(migrations: readonly Migration[]): readonly (readonly [string, string])[] {
  const [id, ...others] = new Set(migrations.map((each) => optionsOf(each).enterpriseProjectId));
  return id === undefined || others.length > 0 ? [] : [['enterprise_project_id', id]];
}

function* sightJobs(
  wanted: ReadonlySet<string>,
  scope: readonly (readonly [string, string])[],
): Dialogue<ReadonlyMap<string, Sighting>> {
  const sightings = new Map<string, Sighting>();
  const missing = () => [...wanted].filter((id) => !sightings.has(id));
  for (const id of wanted) if (!isJobId(id)) sightings.set(id, 'missing');

  let seen = 0;
  // The first page is read if any job is missing. For a single missing job, its details cost no more than a further page and are
  // conclusive.
  for (let page = 0; page < maxPages && missing().length > Math.min(page, 1); page++) {
    const reply = yield listRequest(scope, seen);
    const { jobs, rows, total } = readPage(reply);
    for (const job of jobs)
      if (job.id !== null && wanted.has(job.id)) sightings.set(job.id, { job, words: wordsOf(listOperation, reply) });
    seen += rows;
    if (rows === 0 || (total !== null && seen >= total)) break;
  }
  for (const id of missing()) sightings.set(id, yield* showJob(id));
  return sightings;
}

/** Reads one job by its id. A malformed response concerns this job only, and the others are still observed. */
function* showJob(id: string): Dialogue<Sighting> {
  try {
    const reply = yield showRequest(id);
    return { job: readShow(reply), words: wordsOf(showOperation, reply) };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { kind, provider } = error.failure;
    if (kind === 'not_found') return 'missing';
    if (kind !== 'malformed' && kind !== 'rejected') throw error;
    const job = { id, name: null, status: '', errorLog: null, createdAt: null, finishedAt: null };
    return { job, words: provider };
  }
}

function wordsOf(operation: string, reply: VendorReply): VendorErrorDetails {
  const requestId = requestIdOf(reply, objectOf(reply));
  return { name: 'huawei', operation, code: null, message: null, requestId, httpStatus: reply.httpStatus };
}

type Phase = Observation['phase'];

function observationOf(migration: Migration, sightings: ReadonlyMap<string, Sighting>): Observation {
  const running = runningBackups(migration).map((backup) => ({
    backup,
    sighting: sightings.get(backup.providerRefs.jobId ?? '') ?? 'missing',
  }));
  const backups = running.flatMap(({ backup, sighting }) =>
    sighting === 'missing' ? [] : [backupObservation(migration, backup, sighting.job, sighting.words)],
  );
  const told = running.flatMap(({ sighting }) => (sighting === 'missing' ? [] : [jobState(sighting.job.status)]));
  const phase: Phase = told.includes('unrecognized')
    ? 'unrecognized'
    : told.length < running.length
      ? 'missing'
      : phaseOf(migration, backups);
  const ended = phase === 'succeeded' || phase === 'failed';
  const full = backups.find((each) => each.backupId === fullBackup(migration).id);
  return {
    phase,
    providerStatus: backups.at(-1)?.providerStatus ?? migration.providerStatus ?? '',
    percent: null,
    startedAt: full?.startedAt ?? null,
    finishedAt: ended ? (backups.at(-1)?.finishedAt ?? null) : null,
    error: phase === 'failed' ? (full?.error ?? fullBackup(migration).error) : null,
    backups,
    warnings: [],
  };
}

function backupObservation(
  migration: Migration,
  backup: Backup,
  job: Job,
  words: VendorErrorDetails,
): BackupObservation {
  const state = jobState(job.status);
  const failed = state === 'failed' || state === 'precheck_failed';
  const ended = failed || state === 'restored';
  return {
    backupId: backup.id,
    state: failed ? 'failed' : state === 'restored' ? 'restored' : 'restoring',
    providerStatus: job.status,
    error: failed ? errorOf(state, migration, job.errorLog, words) : null,
    startedAt: job.createdAt,
    finishedAt: ended ? job.finishedAt : null,
    refs: {},
  };
}

/** The phase of the whole chain. The vendor's latest reports override the stored states of backups. */
function phaseOf(migration: Migration, observed: readonly BackupObservation[]): Phase {
  const stateOf = (backup: Backup) => observed.find((each) => each.backupId === backup.id)?.state ?? backup.state;
  const full = fullBackup(migration);
  const opens = (backup: Backup) => backup.final || (backup === full && migration.mode === 'full');
  if (migration.backups.some((backup) => stateOf(backup) === 'restoring')) return 'restoring';
  if (stateOf(full) === 'failed') return 'failed';
  if (migration.backups.some((backup) => opens(backup) && stateOf(backup) === 'restored')) return 'succeeded';
  return stateOf(full) === 'restored' ? 'ready' : 'restoring';
}
