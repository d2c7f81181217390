import type { FullImport, Increment, Run } from './state.ts';

/** Task statuses (DescribeBackupMigration page). 11 and 14 are undocumented and stand for any status that the page does not list. */
export const status = {
  created: 2,
  importing: 7,
  waiting: 8,
  succeeded: 9,
  failed: 10,
  undocumented: 11,
  incrementing: 12,
  unexplained: 14,
} as const;
/** The vendor's status of a task. */
export type Status = (typeof status)[keyof typeof status];

/** An action that a task may allow. */
export type Action = 'view' | 'modify' | 'start' | 'incremental' | 'delete' | 'upload';

/** The status of a full import at `now`. Deleted increments count, because their effects remain. */
export function statusOfFull(full: FullImport, increments: readonly Increment[], now: number): Status {
  const { run } = full;
  if (run === null) return status.created;
  if (now < run.endsAt) return isOdd(run, now) ? status.undocumented : status.importing;
  if (run.failure !== null) return status.failed;
  if (run.unknown) return status.unexplained;
  if (full.recoveryType === 'FULL') return status.succeeded;
  for (const increment of increments) {
    if (increment.run === null) continue;
    if (now < increment.run.endsAt) return status.incrementing;
    if (increment.run.failure === null && increment.isRecovery === 'YES') return status.succeeded;
    if (increment.run.failure !== null && increment.run.endsChain) return status.failed;
  }
  return status.waiting;
}

/** The status of an increment at `now`. */
export function statusOfIncrement({ run }: Increment, now: number): Status {
  if (run === null) return status.created;
  if (now < run.endsAt) return isOdd(run, now) ? status.undocumented : status.incrementing;
  return run.failure === null ? status.succeeded : status.failed;
}

/** The end of a full import; null if it has not ended. */
export function endOfFull(full: FullImport, increments: readonly Increment[], now: number): number | null {
  const reached = statusOfFull(full, increments, now);
  if (full.run === null || (reached !== status.succeeded && reached !== status.failed)) return null;
  return Math.max(full.run.endsAt, ...increments.map((increment) => increment.run?.endsAt ?? 0));
}

/** Whether an increment has not been started. A chain has at most one such increment. */
export function hasPending(increments: readonly Increment[]): boolean {
  return increments.some((each) => each.run === null && !each.deleted);
}

/** Whether an import between restores allows no action for a while, because of its own last restore or that of an increment. */
export function isLocked(full: FullImport, increments: readonly Increment[], now: number): boolean {
  return [full, ...increments].some(({ run }) => now < (run?.lockedUntil ?? 0));
}

/** The allowed actions of a full import at `now`. */
export function actionsOnFull(full: FullImport, increments: readonly Increment[], now: number): readonly Action[] {
  switch (statusOfFull(full, increments, now)) {
    case status.created:
      return beforeStart(full);
    case status.waiting:
      if (isLocked(full, increments, now)) return [];
      return hasPending(increments) ? ['view', 'delete'] : ['view', 'delete', 'incremental'];
    case status.succeeded:
    case status.failed:
      return ['view', 'delete'];
    default:
      return ['view'];
  }
}

/** The allowed actions of an increment. A created increment can be started, because no other restore can have started since its creation. */
export function actionsOnIncrement(full: FullImport, now: Status): readonly Action[] {
  if (now === status.created) return beforeStart(full);
  return now === status.failed ? ['view', 'delete'] : ['view'];
}

/** Progress in percent, 0 to 100; 100 only after success. */
export function progressOf(run: Run | null, now: number): number {
  if (run === null) return 0;
  if (now >= run.endsAt && run.failure === null) return 100;
  const elapsed = Math.min(now, run.endsAt) - run.startedAt;
  return Math.max(0, Math.min(99, Math.floor((100 * elapsed) / run.nominalMs)));
}

/** The status of a flow (DescribeFlowStatus page): 0 succeeded, 1 failed, 2 running. */
export function flowStatusOf(run: Run, now: number): 0 | 1 | 2 {
  if (now < run.endsAt) return 2;
  return run.failure === null ? 0 : 1;
}

function beforeStart(full: FullImport): readonly Action[] {
  const uploads = full.uploadType === 'COS_UPLOAD';
  return uploads ? ['view', 'modify', 'delete', 'upload', 'start'] : ['view', 'modify', 'delete', 'start'];
}

function isOdd(run: Run, now: number): boolean {
  const share = (now - run.startedAt) / run.nominalMs;
  return run.odd && share >= 0.25 && share < 0.75;
}
