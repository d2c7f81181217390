import type { Share } from './call-budget.ts';
import type { SlowDown } from './slow-downs.ts';

/**
 * Timing by which processes that share a store (replicas) divide the vendors' limits. Each process writes a row, its heartbeat, with times of
 * the database's clock. A process enters and leaves the list at times that are stored in advance, and no process uses an outdated list, so
 * all sending processes agree on the list at every moment. All values are in milliseconds.
 */
export interface ReplicaTimes {
  /** Interval of heartbeats. */
  readonly beatMs: number;
  /** How long a list of processes is valid after it was requested. Longer than two heartbeats. */
  readonly viewMs: number;
  /** A new process counts, and may send, after at most this time, when every older list is invalid. Longer than `viewMs`. */
  readonly joinMs: number;
  /** A process without a heartbeat counts for this time. Longer than `viewMs` and two heartbeats, so that it has stopped sending by then. */
  readonly leaveMs: number;
  /** Maximum delay until other processes learn of a vendor's throttling. Shorter than `beatMs`. */
  readonly publishMs: number;
}

/** The times in use. Processes of different versions that share a store rely on each other’s values. */
export const replicaTimes: ReplicaTimes = { beatMs: 1000, viewMs: 3000, joinMs: 4000, leaveMs: 6000, publishMs: 200 };

/** A stored heartbeat. The process counts from `joinsAt` until `leavesAt`, in milliseconds of the database's clock. */
export interface ReplicaRow {
  readonly id: string;
  readonly joinsAt: number;
  readonly leavesAt: number;
}

/** All processes that have not left, and the slow-downs in force. */
export interface ReplicaList {
  readonly rows: readonly ReplicaRow[];
  /** The slow-downs in force, with times in milliseconds of the database's clock. */
  readonly slowDowns: readonly SlowDown[];
  /** The database's clock when all this was read, in milliseconds. */
  readonly now: number;
}

/** The row to store for a heartbeat at `now`. `rows`: all stored rows. */
export function beating(id: string, rows: readonly ReplicaRow[], now: number, times: ReplicaTimes): ReplicaRow {
  const leavesAt = now + times.leaveMs;
  const own = rows.find((row) => row.id === id && row.leavesAt > now);
  // Others may use their list for `viewMs`. If this process leaves within that time by their list, it must leave and join again.
  if (own !== undefined) return own.leavesAt - now > times.viewMs ? { ...own, leavesAt } : own;
  const others = rows.filter((row) => row.id !== id && row.leavesAt > now);
  const lastLeaves = Math.max(now, ...others.map((row) => row.leavesAt));
  return { id, joinsAt: Math.min(now + times.joinMs, lastLeaves), leavesAt };
}

/** The row to store for a process that stops sending; null: its row can be deleted, because no other process uses it. */
export function parting(id: string, rows: readonly ReplicaRow[], now: number, times: ReplicaTimes): ReplicaRow | null {
  const own = rows.find((row) => row.id === id);
  const others = rows.some((row) => row.id !== id && row.leavesAt > now);
  return own === undefined || !others ? null : { ...own, leavesAt: Math.min(own.leavesAt, now + times.viewMs) };
}

/** A list of processes with times of the monotonic clock of this process. `until`: when it becomes invalid. */
export interface Roster {
  readonly rows: readonly ReplicaRow[];
  readonly until: number;
}

/** Converts a list that was requested at `askedAt` (monotonic milliseconds) and read when the database's clock was `now`. */
export function rosterOf(
  { rows, now }: Pick<ReplicaList, 'rows' | 'now'>,
  askedAt: number,
  { viewMs }: Pick<ReplicaTimes, 'viewMs'>,
): Roster {
  const shift = askedAt - now;
  const own = rows.map((row) => ({ ...row, joinsAt: row.joinsAt + shift, leavesAt: row.leavesAt + shift }));
  return { rows: own, until: askedAt + viewMs };
}

/** Ids of the processes that count at `now` (monotonic milliseconds), in an order that all agree on; null: the list is outdated. */
export function counting({ rows, until }: Roster, now: number): readonly string[] | null {
  if (now >= until) return null;
  return rows
    .filter(({ joinsAt, leavesAt }) => joinsAt <= now && now < leavesAt)
    .map(({ id }) => id)
    .sort();
}

/** The share of a process; null: it does not count. `since`: monotonic milliseconds when this set of processes began. */
export function shareOf(id: string, processes: readonly string[], since: number): Share | null {
  const rank = processes.indexOf(id);
  return rank < 0 ? null : { of: processes.length, rank, since };
}
