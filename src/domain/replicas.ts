import type { Share } from './call-budget.ts';
import type { SlowDown } from './slow-downs.ts';

/**
 * How processes that share a store divide the vendors' limits. Each writes down that it is there, by the database's clock. From when on a process counts is
 * written beforehand, and nobody goes by an old list, so at every moment all that send have the same list of who counts.
 */
export interface ReplicaTimes {
  /** How often a process says that it is there. */
  readonly beatMs: number;
  /** For how long a list of processes is believed after it was asked for. Longer than two beats. */
  readonly viewMs: number;
  /** A new process counts after so long, and sends nothing before: by then every older list has ended. Longer than `viewMs`. */
  readonly joinMs: number;
  /** A process that says nothing counts for so long. More than `viewMs` and two beats, so that it has stopped sending before. */
  readonly leaveMs: number;
  /** How soon the others are told that a vendor has throttled a call. Shorter than `beatMs`. */
  readonly tellMs: number;
}

export const replicaTimes: ReplicaTimes = { beatMs: 1000, viewMs: 3000, joinMs: 4000, leaveMs: 6000, tellMs: 200 };

/** A process as the store has it; milliseconds by the database's clock. */
export interface ReplicaRow {
  readonly id: string;
  readonly joinsAt: number;
  readonly leavesAt: number;
}

/** All processes that have not left, the slow-downs that they go by, and the database's clock when these were read. */
export interface ReplicaList {
  readonly rows: readonly ReplicaRow[];
  /** Milliseconds by the database's clock. */
  readonly slowDowns: readonly SlowDown[];
  readonly now: number;
}

/** The row of a process that says at `now` that it is there. `rows`: all that are stored. */
export function beating(id: string, rows: readonly ReplicaRow[], now: number, times: ReplicaTimes): ReplicaRow {
  const leavesAt = now + times.leaveMs;
  const own = rows.find((row) => row.id === id && row.leavesAt > now);
  // Where others may go by an older list beyond the time that this one leaves by it, it leaves then, and comes anew.
  if (own !== undefined) return own.leavesAt - now > times.viewMs ? { ...own, leavesAt } : own;
  const others = rows.filter((row) => row.id !== id && row.leavesAt > now);
  const lastLeaves = Math.max(now, ...others.map((row) => row.leavesAt));
  return { id, joinsAt: Math.min(now + times.joinMs, lastLeaves), leavesAt };
}

/** The row of a process that sends nothing any more; null: it is taken out, because nobody else goes by it. */
export function parting(id: string, rows: readonly ReplicaRow[], now: number, times: ReplicaTimes): ReplicaRow | null {
  const own = rows.find((row) => row.id === id);
  const others = rows.some((row) => row.id !== id && row.leavesAt > now);
  return own === undefined || !others ? null : { ...own, leavesAt: Math.min(own.leavesAt, now + times.viewMs) };
}

/** A list of processes with its times by the monotonic clock of the process that asked. */
export interface Roster {
  readonly rows: readonly ReplicaRow[];
  readonly until: number;
}

/** The list as it was answered to a question of `askedAt` (monotonic): the database's clock read `now` then or later. */
export function rosterOf(
  { rows, now }: Pick<ReplicaList, 'rows' | 'now'>,
  askedAt: number,
  { viewMs }: Pick<ReplicaTimes, 'viewMs'>,
): Roster {
  const shift = askedAt - now;
  const own = rows.map((row) => ({ ...row, joinsAt: row.joinsAt + shift, leavesAt: row.leavesAt + shift }));
  return { rows: own, until: askedAt + viewMs };
}

/** The processes that count at `now` (monotonic), in an order that all of them agree on; null: the list is too old to know. */
export function counting({ rows, until }: Roster, now: number): readonly string[] | null {
  if (now >= until) return null;
  return rows
    .filter(({ joinsAt, leavesAt }) => joinsAt <= now && now < leavesAt)
    .map(({ id }) => id)
    .sort();
}

/** The share of one of the processes that count; null where it does not. `since`: when these processes became the ones that count. */
export function shareOf(id: string, processes: readonly string[], since: number): Share | null {
  const rank = processes.indexOf(id);
  return rank < 0 ? null : { of: processes.length, rank, since };
}
