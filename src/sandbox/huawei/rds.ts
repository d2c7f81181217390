import { createHash } from 'node:crypto';
import { type SandboxResponse, sandboxCredentials } from '../cloud.ts';
import { holdsWord } from '../words.ts';
import { projects } from './account.ts';
import { instanceName, isRunning } from './job.ts';
import { isSqlServerInstance } from './job-rules.ts';
import { backupWords, instanceWords } from './magic.ts';
import { instanceVersion } from './outcome.ts';
import { firstValue, numberOf, type Query } from './query.ts';
import { type Failure, failureReply, jsonReply } from './reply.ts';
import type { Context } from './state.ts';
import { holdingsOf, rdsBackupDatabases } from './target.ts';

const dayMs = 86_400_000;
const datastore = { type: 'SQLServer', version: instanceVersion };

const noSuchInstance: Failure = {
  layer: 'rds',
  status: 404,
  code: 'DBS.280110',
  message: 'Selected DB instance does not exist.',
};

/**
 * Querying DB Instances page. Any id that ends in `in04` exists. A query without an id, or with a partial one, lists the instances that
 * jobs have named. An unknown id returns an empty list.
 */
export function listInstances(context: Context, projectId: string, query: Query): SandboxResponse {
  const { state, requestId } = context;
  const id = firstValue(query, 'id');
  const seen = state.jobs
    .filter((job) => job.projectId === projectId)
    .map((job) => job.request.target_db_info.target_instance_id);
  const candidates =
    id !== undefined && !id.startsWith('*')
      ? [id]
      : [...new Set(seen)].filter((one) => one.includes(id?.slice(1) ?? ''));
  const name = firstValue(query, 'name');
  const found = candidates
    .filter(exists)
    .map((one) => instance(context, projectId, one))
    .filter(
      (one) =>
        [undefined, one.type].includes(firstValue(query, 'type')) &&
        [undefined, datastore.type].includes(firstValue(query, 'datastore_type')) &&
        (name?.startsWith('*') ? one.name.includes(name.slice(1)) : [undefined, one.name].includes(name)),
    );
  return jsonReply(requestId, 200, { instances: page(found, query), total_count: found.length });
}

function instance({ state, now }: Context, projectId: string, id: string) {
  const size = 200;
  const full = holdsWord(id, instanceWords.storageFull);
  return {
    id,
    name: instanceName(id),
    status: instanceStatus(state.jobs, projectId, id, now),
    type: holdsWord(id, instanceWords.replica) ? 'Replica' : 'Single',
    port: 1433,
    region: projects.find((project) => project.id === projectId)?.name ?? sandboxCredentials.huawei.region,
    enterprise_project_id: '0',
    created: offsetTime(startOfDay(now) - 30 * dayMs),
    updated: offsetTime(startOfDay(now)),
    datastore,
    volume: { type: 'CLOUDSSD', size },
    storage_used_space: full ? size - 0.5 : 12.5,
    private_ips: ['192.168.0.142'],
    public_ips: [],
  };
}

function instanceStatus(jobs: Context['state']['jobs'], projectId: string, id: string, now: number): string {
  if (holdsWord(id, instanceWords.frozen)) return 'FROZEN';
  if (holdsWord(id, instanceWords.storageFull)) return 'STORAGE FULL';
  const running = jobs.some(
    (job) => job.projectId === projectId && job.request.target_db_info.target_instance_id === id && isRunning(job, now),
  );
  if (running) return 'MIGRATING';
  return holdsWord(id, instanceWords.busy) ? 'BACKING UP' : 'ACTIVE';
}

/**
 * Obtaining Details About Backups page. Every instance has two automatic backups. A query for a backup id that ends in `br04` also finds
 * that backup, unless the id contains `notfound`.
 */
export function listBackups(context: Context, query: Query): SandboxResponse {
  const { now, requestId } = context;
  const instanceId = firstValue(query, 'instance_id') ?? '';
  if (!exists(instanceId)) return failureReply(requestId, noSuchInstance);
  const asked = firstValue(query, 'backup_id');
  const known = asked !== undefined && /^[0-9A-Za-z_-]+br04$/.test(asked) && !holdsWord(asked, instanceWords.notFound);
  const ids = asked === undefined ? [0, 1].map((age) => backupId(instanceId, age)) : known ? [asked] : [];
  const found = ids
    .map((id, age) => rdsBackup(instanceId, id, startOfDay(now) - (age + 1) * dayMs))
    .filter(
      (backup) =>
        [undefined, backup.status].includes(firstValue(query, 'status')) &&
        [undefined, backup.type].includes(firstValue(query, 'backup_type')),
    );
  return jsonReply(requestId, 200, { backups: page(found, query), total_count: found.length });
}

function rdsBackup(instanceId: string, id: string, beganAt: number) {
  const building = holdsWord(id, backupWords.building);
  return {
    id,
    instance_id: instanceId,
    name: `sqlserver-${instanceName(instanceId)}`,
    type: 'auto',
    size: 8960,
    status: building ? 'BUILDING' : holdsWord(id, backupWords.failed) ? 'FAILED' : 'COMPLETED',
    begin_time: offsetTime(beganAt),
    ...(building ? {} : { end_time: offsetTime(beganAt + 600_000) }),
    datastore,
    databases: rdsBackupDatabases.map((name) => ({ name })),
    associated_with_ddm: false,
  };
}

function backupId(instanceId: string, age: number): string {
  return `${createHash('sha256').update(`${instanceId} ${age}`).digest('hex').slice(0, 32)}br04`;
}

/**
 * Querying Databases page of RDS for SQL Server. Lists the databases that jobs restored. A database that accepts more log backups has the
 * status `Creating`.
 */
export function listDatabases(context: Context, projectId: string, instanceId: string, query: Query): SandboxResponse {
  const { state, now, requestId } = context;
  if (!exists(instanceId)) return failureReply(requestId, noSuchInstance);
  const found = [...holdingsOf(state.jobs, projectId, instanceId, now).databases]
    .map(([name, online]) => ({ name, character_set: 'Chinese_PRC_CI_AS', state: online ? 'Running' : 'Creating' }))
    .filter(({ name }) => [undefined, name].includes(firstValue(query, 'db-name')));
  const limit = numberOf(query, 'limit', 100);
  const start = (numberOf(query, 'page', 1) - 1) * limit;
  return jsonReply(requestId, 200, { databases: found.slice(start, start + limit), total_count: found.length });
}

function exists(instanceId: string): boolean {
  return isSqlServerInstance(instanceId) && !holdsWord(instanceId, instanceWords.notFound);
}

function page<T>(items: readonly T[], query: Query): readonly T[] {
  const offset = numberOf(query, 'offset', 0);
  return items.slice(offset, offset + numberOf(query, 'limit', 100));
}

function startOfDay(at: number): number {
  return Math.floor(at / dayMs) * dayMs;
}

/** Formats a time with a UTC offset without a colon, as RDS does. */
function offsetTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, '+0000');
}
