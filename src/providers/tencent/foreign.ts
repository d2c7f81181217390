import {
  type AdoptableBackup,
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
import { type Account, type Dialogue, VendorError } from '../../domain/vendor.ts';
import type { MigrationState, Mode } from '../../domain/vocabulary.ts';
import { restoreFailed } from './error-words.ts';
import { refNames } from './refs.ts';
import type { Stage } from './status.ts';
import { findTask, type Listing, listTasks, type Task } from './task.ts';
import { timeZoneOf } from './times.ts';

/** Maximum number of tasks to list. */
const maxListed = 500;

const states: Readonly<Record<Stage, MigrationState>> = {
  created: 'pending',
  importing: 'restoring',
  resting: 'awaiting_backup',
  incrementing: 'restoring',
  succeeded: 'succeeded',
  failed: 'failed',
};

const modes: ReadonlyMap<string, Mode> = new Map([
  ['FULL', 'full'],
  ['FULL_LOG', 'full_log'],
  ['FULL_DIFF', 'full_differential'],
]);

const withoutQuery = (link: string) => link.split(/[?#]/, 1)[0] ?? '';
const modeOf = ({ recoveryType }: Task): Mode | null => modes.get(recoveryType) ?? null;

function* list(instanceId: string, account: Account): Dialogue<VendorTaskList> {
  const { tasks, complete } = yield* listTasks({
    operation: 'DescribeBackupMigration',
    filter: { InstanceId: instanceId, OrderBy: 'createTime', OrderByType: 'desc' },
    timeZone: timeZoneOf(account),
    limit: maxListed,
  });
  return { tasks: newestFirst(tasks.map(shown)), complete };
}

function shown(task: Task): VendorTask {
  return {
    providerRefs: { [refNames.task]: task.id },
    name: task.name === '' ? null : task.name,
    providerStatus: task.status,
    state: task.stage === null ? null : states[task.stage],
    detail: task.message === '' ? null : task.message,
    mode: modeOf(task),
    // The vendor shows only the databases that are renamed.
    databases: task.renames.length === 0 ? null : task.renames.map(({ newName }) => newName),
    files: task.files.map(withoutQuery),
    createdAt: task.createdAt,
    startedAt: task.startedAt,
    finishedAt: task.finishedAt,
  };
}

const undetermined = (detail: string): AdoptionRefusal => refusedRef('undetermined', refNames.task, detail);
const another = (detail: string): AdoptionRefusal => refusedRef('differs', refNames.task, detail);

function* read(
  { refs, draft, mode: asked }: AdoptionOrder,
  account: Account,
): Dialogue<AdoptableTask | AdoptionRefusal> {
  const id = refs[refNames.task] ?? '';
  const { instanceId } = draft.target;
  const timeZone = timeZoneOf(account);
  const task = yield* taskOrNone(instanceId, id, timeZone);
  if (task === null) return another(`The vendor lists no import task ${id} on the instance ${instanceId}.`);
  if (task.stage === 'created')
    return another(
      `${id} is registered and not started. Delete it at the vendor and create the migration here; adopting starts nothing.`,
    );
  if (task.stage === null) return undetermined(`${id} has status ${task.status}, which the vendor does not document.`);
  const told = modeOf(task);
  const mode = told ?? asked;
  if (mode === null) return undetermined(`The vendor does not report the RecoveryType of ${id}: give \`mode\`.`);
  if (asked !== null && told !== null && asked !== told)
    return { refused: 'differs', pointer: '/mode', detail: `${id} has RecoveryType ${task.recoveryType}.` };
  const renamed = renameDifference(draft, task);
  if (renamed !== null) return { refused: 'differs', pointer: '/target/databases', detail: `${id} ${renamed}.` };
  const full = backupOf(task, 'full', mode === 'full', { [refNames.task]: id }, null);
  if (mode === 'full') return { mode, providerStatus: task.status, backups: [full] };

  const children = yield* childrenOf(instanceId, id, timeZone);
  if (!children.complete) return undetermined(`The list of increments of ${id} is incomplete.`);
  const unstarted = children.tasks.find(({ stage }) => stage === 'created');
  if (unstarted !== undefined)
    return another(
      `The increment ${unstarted.id} of ${id} is registered and not started. Start or delete it at the vendor first; adopting does neither.`,
    );
  const strange = children.tasks.find(({ stage }) => stage === null);
  if (strange !== undefined)
    return undetermined(
      `The increment ${strange.id} has status ${strange.status}, which the vendor does not document.`,
    );
  const inOrder = children.tasks.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
  const increments = inOrder.map((child) =>
    backupOf(
      child,
      mode === 'full_log' ? 'log' : 'differential',
      child.isRecovery === 'YES',
      { [refNames.task]: id, [refNames.increment]: child.id },
      child.stage === 'failed' ? restoreFailed(draft, 'DescribeIncrementalMigration', child) : null,
    ),
  );
  return { mode, providerStatus: task.status, backups: [full, ...whatMoves(increments)] };
}

/** Leaves the last increment in `restoring`, because the observation decides about it together with its full task. */
function whatMoves(increments: readonly AdoptableBackup[]): readonly AdoptableBackup[] {
  return increments.map((each, index) =>
    index === increments.length - 1 && each.state === 'failed' ? { ...each, state: 'restoring', error: null } : each,
  );
}

function* taskOrNone(instanceId: string, id: string, timeZone: string): Dialogue<Task | null> {
  try {
    return yield* findTask({ instanceId, timeZone }, id);
  } catch (error) {
    if (error instanceof VendorError && error.failure.kind === 'not_found') return null;
    throw error;
  }
}

function* childrenOf(instanceId: string, parent: string, timeZone: string): Dialogue<Listing> {
  return yield* listTasks({
    operation: 'DescribeIncrementalMigration',
    filter: { InstanceId: instanceId, BackupMigrationId: parent },
    timeZone,
  });
}

/** Compares only the renames, because the vendor does not show the database names in the file. */
function renameDifference({ target }: Migration, { renames }: Task): string | null {
  const asked = (target.databases ?? []).flatMap(({ name, restoreAs }) =>
    restoreAs === undefined || restoreAs === name ? [] : [`${name} to ${restoreAs}`],
  );
  const there = renames.map(({ oldName, newName }) => `${oldName} to ${newName}`);
  if (target.databases === undefined || JSON.stringify(asked.toSorted()) === JSON.stringify(there.toSorted()))
    return null;
  return there.length === 0 ? 'does not rename databases' : `renames ${there.join(', ')}`;
}

function backupOf(
  task: Task,
  type: AdoptableBackup['type'],
  final: boolean,
  refs: AdoptableBackup['refs'],
  error: AdoptableBackup['error'],
): AdoptableBackup {
  const restored = type !== 'full' && task.stage === 'succeeded';
  return {
    type,
    final,
    files: task.files.map(withoutQuery),
    refs,
    state: restored ? 'restored' : error === null ? 'restoring' : 'failed',
    error,
    providerStatus: task.status,
    createdAt: task.startedAt ?? task.createdAt,
    finishedAt: task.finishedAt,
  };
}

/**
 * Lists and adopts tasks that were started outside Godwit. DescribeBackupMigration shows files, renames and the mode; the increments of a
 * task are in a separate list.
 */
export const foreign: ForeignTasks = {
  refs: { required: [refNames.task], optional: [refNames.flow] },
  list: (instanceId, account) => list(instanceId, account),
  read: (order, account) => read(order, account),
};
