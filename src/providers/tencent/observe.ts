import { fullBackup, type Instant, type Migration } from '../../domain/migration.ts';
import type { Observation } from '../../domain/provider.ts';
import { type Account, type Dialogue, VendorError } from '../../domain/vendor.ts';
import { restoreFailed } from './error-words.ts';
import { childrenToRead, isInFlight, judge } from './judge.ts';
import { flowId, taskId } from './refs.ts';
import { asInteger, responseOf } from './reply.ts';
import { flowOutcome } from './status.ts';
import { findTask, listTasks, type Place, read, type Task } from './task.ts';
import { timeZoneOf } from './times.ts';

/** The key of migrations that are observed together. The vendor lists tasks by instance (DescribeBackupMigration page). */
export function observationGroup(migration: Migration): string {
  return `${migration.account}|${migration.region}|${migration.target.instanceId}`;
}

/** Reads one task by its id, or several with one list. A task that the list does not contain is then read by its id. */
function* readTasks(place: Place, wanted: ReadonlySet<string>): Dialogue<ReadonlyMap<string, Task>> {
  const found = new Map<string, Task>();
  if (wanted.size > 1) {
    const { tasks } = yield* listTasks({
      operation: 'DescribeBackupMigration',
      // The newest tasks first, because these include the running ones.
      filter: { InstanceId: place.instanceId, OrderBy: 'createTime', OrderByType: 'desc' },
      timeZone: place.timeZone,
      wanted,
    });
    for (const task of tasks) if (wanted.has(task.id)) found.set(task.id, task);
  }
  for (const id of wanted) {
    if (found.has(id)) continue;
    const task = yield* findTask(place, id);
    if (task !== null) found.set(id, task);
  }
  return found;
}

function* readChildren(place: Place, parent: string, ids: readonly string[]): Dialogue<ReadonlyMap<string, Task>> {
  const [only] = ids;
  const { tasks } = yield* listTasks({
    operation: 'DescribeIncrementalMigration',
    filter: {
      InstanceId: place.instanceId,
      BackupMigrationId: parent,
      ...(ids.length === 1 && only !== undefined ? { IncrementalMigrationId: only } : {}),
    },
    timeZone: place.timeZone,
    wanted: new Set(ids),
  });
  return new Map(tasks.map((task) => [task.id, task]));
}

function* observeOne(place: Place, migration: Migration, task: Task): Dialogue<Observation> {
  const ids = childrenToRead(migration);
  if (ids.length === 0) return yield* crossCheck(migration, judge(migration, task, new Map()));
  const children = yield* readChildren(place, task.id, ids);
  const anyFailed = ids.some((id) => children.get(id)?.stage === 'failed');
  // The task was read before its children. After a failed increment it is read again for its allowed actions.
  const parent = anyFailed ? ((yield* findTask(place, task.id)) ?? task) : task;
  return yield* crossCheck(migration, judge(migration, parent, children));
}

/** The flow id of the latest backup in progress, or of the full backup if none is. */
function currentFlow(migration: Migration): string | null {
  const moving = migration.backups.findLast(isInFlight) ?? fullBackup(migration);
  return flowId(migration, moving);
}

function* readFlow(
  id: string,
): Dialogue<{ word: string; outcome: ReturnType<typeof flowOutcome>; requestId: string | null }> {
  const flow = Number(id);
  const nothing = { word: 'unknown', outcome: null, requestId: null };
  if (!Number.isSafeInteger(flow)) return nothing;
  try {
    const reply = yield read('DescribeFlowStatus', { FlowId: flow });
    const status = asInteger(responseOf(reply)?.Status);
    return { ...nothing, word: String(status), outcome: flowOutcome(status) };
  } catch (error) {
    if (error instanceof VendorError) return nothing;
    throw error;
  }
}

/** Adds a warning with the status of the flow if the task's status is undocumented. The task's status still decides. */
function* crossCheck(migration: Migration, observation: Observation): Dialogue<Observation> {
  const id = currentFlow(migration);
  if (observation.phase !== 'unrecognized' || id === null) return observation;
  const { word, outcome } = yield* readFlow(id);
  if (outcome === null) return observation;
  const detail = `The vendor’s status ${observation.providerStatus} is not documented; its flow ${id} reports ${word} (${outcome}).`;
  return { ...observation, warnings: [...observation.warnings, { code: 'provider_flow_status', detail }] };
}

function missing(providerStatus: string): Observation {
  return {
    phase: 'missing',
    providerStatus,
    percent: null,
    startedAt: null,
    finishedAt: null,
    error: null,
    backups: [],
    warnings: [],
  };
}

/**
 * Observes a task that the vendor does not show. Its flow says whether it runs and how a single full restore ended. For a chain, a
 * successful flow is not the end.
 */
function* observeAbsent(migration: Migration): Dialogue<Observation> {
  const absent = missing('TotalCount 0');
  const id = currentFlow(migration);
  if (id === null) return absent;
  const { word, outcome } = yield* readFlow(id);
  const providerStatus = `flow ${word}`;
  if (outcome === 'running') return { ...absent, phase: 'restoring', providerStatus };
  if (outcome === null || migration.mode !== 'full') return absent;
  const full = fullBackup(migration);
  const error =
    outcome === 'failed'
      ? restoreFailed(migration, 'DescribeFlowStatus', { message: '', failedStep: null, requestId: null })
      : null;
  const state = outcome === 'succeeded' ? 'restored' : 'failed';
  return {
    ...absent,
    phase: outcome,
    providerStatus,
    error,
    backups: [{ backupId: full.id, state, providerStatus, error, startedAt: null, finishedAt: null, refs: {} }],
  };
}

/** Observes migrations of one instance. Migrations without a registered task are absent from the result. */
export function* observe(
  migrations: readonly Migration[],
  account: Account,
  _now: Instant,
): Dialogue<ReadonlyMap<string, Observation>> {
  const seen = new Map<string, Observation>();
  const registered = migrations.flatMap((migration) => {
    const id = taskId(migration);
    return id === null ? [] : [{ migration, id }];
  });
  const [first] = registered;
  if (first === undefined) return seen;
  const place: Place = { instanceId: first.migration.target.instanceId, timeZone: timeZoneOf(account) };
  try {
    const tasks = yield* readTasks(place, new Set(registered.map(({ id }) => id)));
    for (const { migration, id } of registered) {
      const task = tasks.get(id);
      seen.set(
        migration.id,
        task === undefined ? yield* observeAbsent(migration) : yield* observeOne(place, migration, task),
      );
    }
  } catch (error) {
    if (!(error instanceof VendorError) || error.failure.kind !== 'not_found') throw error;
    // Without the instance, none of its tasks exists.
    for (const { migration } of registered)
      if (!seen.has(migration.id)) seen.set(migration.id, missing(error.failure.provider.code ?? 'not found'));
  }
  return seen;
}
