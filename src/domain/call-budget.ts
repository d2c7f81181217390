import type { CallLimit } from './call-limits.ts';
import { addedTime, type CallTimes, noTimes, timeAgo, withoutTime } from './call-times.ts';

/**
 * The part of every rate limit that one of several processes may use. `of`: number of processes. `rank`: the position of this one, from 0.
 * `since`: monotonic milliseconds when this set of processes began; `-Infinity` if it was never different.
 */
export interface Share {
  readonly of: number;
  readonly rank: number;
  readonly since: number;
}

/** The whole limit: there is no other process. */
export const wholeShare: Share = { of: 1, rank: 0, since: Number.NEGATIVE_INFINITY };

/** The use of one rate limit. Times are monotonic milliseconds. */
export interface CallBudget {
  /** When the last calls were sent. Holds at least the last `limit.calls` times. */
  readonly sent: CallTimes;
  /** The factor on the limit at `slowedAt`, after the vendor throttled a call: above 0, at most 1. */
  readonly speed: number;
  readonly slowedAt: number;
  /** No call is sent before this time, because the vendor asked for a pause. */
  readonly pausedUntil: number;
}

/** An unused budget: no call was sent, nothing is slowed or paused. */
export const fullBudget: CallBudget = {
  sent: noTimes,
  speed: 1,
  slowedAt: Number.NEGATIVE_INFINITY,
  pausedUntil: Number.NEGATIVE_INFINITY,
};

/** How far throttling by the vendor has slowed a budget. */
export type Slowness = Pick<CallBudget, 'speed' | 'slowedAt' | 'pausedUntil'>;

/**
 * The inputs of a question to a budget. `now`: monotonic milliseconds. `wall`: milliseconds of the clock that all processes share. `share`:
 * null if it is unknown; then no call may be sent.
 */
export interface Asked {
  readonly limit: CallLimit;
  readonly share: Share | null;
  readonly now: number;
  readonly wall: number;
}

/** Factor on the vendor's period. Calls take different times to arrive, and the vendor counts them on arrival. */
const margin = 1.1;
/**
 * With fewer calls than processes, the processes take turns in time slots. The factor on the distance between slots; a call may be sent only
 * at the beginning of a slot.
 */
const slotSpacing = 1.25;
/** Width of the usable part of a slot, as a fraction of the limit's period: the rest of `slotSpacing` after `margin`. */
const slotWidth = slotSpacing - margin;
/** A call this many milliseconds before a slot counts as inside it, because floating-point values of the shared clock are coarse. */
const earlyMs = 1;
/** A throttled call halves the speed, but not below this factor of the limit. */
const minSpeed = 1 / 64;
/** Milliseconds in which the speed doubles. From the minimum, the whole limit is in use again after one minute. */
const doublingMs = 10_000;
/** Milliseconds after which a process without a known share asks again. */
const unknownShareMs = 500;
/** Tolerance for rounding errors of floating-point sums, in milliseconds. */
const noise = 1e-6;

/** The factor on the limit at `now`, from above 0 to 1. It is below 1 for a while after the vendor throttled a call. */
export function speedOf({ speed, slowedAt }: Omit<Slowness, 'pausedUntil'>, now: number): number {
  return speed >= 1 ? 1 : Math.min(speed * 2 ** (Math.max(now - slowedAt, 0) / doublingMs), 1);
}

/**
 * When the next call may be sent, in monotonic milliseconds, if `ahead` other calls go first and each is sent as soon as it may. The result
 * is `now` if it may be sent at once.
 */
export function nextAt(budget: CallBudget, asked: Asked, ahead = 0): number {
  const { limit, share, now, wall } = asked;
  if (share === null) return now + unknownShareMs;
  const speed = speedOf(budget, now);
  // The calls of other processes under the previous shares are unknown here, so a whole period passes first.
  const earliest = Math.max(now, budget.pausedUntil, share.since + limit.perMs * margin);
  if (limit.calls < share.of) {
    const everyMs = (limit.perMs * slotSpacing * share.of) / limit.calls;
    const last = timeAgo(budget.sent, 1);
    const rested = Math.max(earliest, last + everyMs / speed - limit.perMs * slotWidth - earlyMs);
    const slot = nextSlot({ limit, share, now: rested, wall: wall + rested - now }, everyMs);
    return slot + (ahead * everyMs) / speed;
  }
  const { calls, perMs } = slowed(partOf(limit.calls, share), limit.perMs, speed);
  const periodMs = perMs * margin;
  const first = Math.max(earliest, timeAgo(budget.sent, calls - (ahead % calls)) + periodMs);
  return (first - now < noise ? now : first) + Math.floor(ahead / calls) * periodMs;
}

/** How many calls may be sent at once now, up to `most`. */
export function available(budget: CallBudget, asked: Asked, most: number = asked.limit.calls): number {
  // A call with more calls ahead never goes earlier, so a binary search finds the first one that has to wait.
  let least = 0;
  let waits = Math.min(most, asked.limit.calls);
  if (waits > 0 && nextAt(budget, asked, waits - 1) <= asked.now) return waits;
  while (least < waits) {
    const middle = (least + waits) >> 1;
    if (nextAt(budget, asked, middle) <= asked.now) least = middle + 1;
    else waits = middle;
  }
  return least;
}

/** The budget after a call was sent at `now`. */
export function spent(budget: CallBudget, { limit, now }: Pick<Asked, 'limit' | 'now'>): CallBudget {
  return { ...budget, sent: addedTime(budget.sent, now, limit.calls) };
}

/** The budget without a call that was counted at `at` and then not made. */
export function restored(budget: CallBudget, at: number): CallBudget {
  const sent = withoutTime(budget.sent, at);
  return sent === budget.sent ? budget : { ...budget, sent };
}

/**
 * The budget after the vendor throttled a call that was sent at `leftAt` and asked for a pause of `pauseMs` milliseconds. If several
 * calls sent before a slow-down are throttled, only the first one halves the speed.
 */
export function throttled(budget: CallBudget, pauseMs: number, now: number, leftAt: number): CallBudget {
  // Recovery begins when calls are sent again, so after the pause.
  const pausedUntil = Math.max(budget.pausedUntil, now + pauseMs);
  const slowedAt = Math.max(budget.slowedAt, pausedUntil);
  if (leftAt < budget.slowedAt) return { ...budget, slowedAt, pausedUntil };
  return { ...budget, speed: Math.max(speedOf(budget, now) / 2, minSpeed), slowedAt, pausedUntil };
}

/** When the whole limit is in use again, in monotonic milliseconds. */
export function recoversAt({ speed, slowedAt, pausedUntil }: Slowness): number {
  return Math.max(slowedAt - Math.log2(speed) * doublingMs, pausedUntil);
}

/** Combines two reports about one budget: the slower recovery and the longer pause. */
export function slower(one: Slowness, other: Slowness): Slowness {
  const { speed, slowedAt } = recoversAt(one) < recoversAt(other) ? other : one;
  return { speed, slowedAt, pausedUntil: Math.max(one.pausedUntil, other.pausedUntil) };
}

/** The number of calls of one process. Where they do not divide evenly, processes of low rank have one more. */
function partOf(calls: number, { of, rank }: Share): number {
  return Math.floor((calls + of - 1 - rank) / of);
}

/** A limit with fewer calls in the same period, or one call in a longer period. */
function slowed(calls: number, perMs: number, speed: number): CallLimit {
  const fewer = Math.max(Math.floor(calls * speed), 1);
  return { calls: fewer, perMs: Math.max((perMs * fewer) / (calls * speed), perMs) };
}

/** `now` if it is in a slot of this process, else the beginning of the next one. Slots follow the shared clock. */
function nextSlot({ limit, share, now, wall }: Asked & { readonly share: Share }, everyMs: number): number {
  const begin = (share.rank * everyMs) / share.of;
  const sinceSlot = modulo(wall - begin + earlyMs, everyMs) - earlyMs;
  return sinceSlot < limit.perMs * slotWidth ? now : now + everyMs - sinceSlot;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
