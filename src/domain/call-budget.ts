import type { CallLimit } from './call-limits.ts';
import { addedTime, type CallTimes, noTimes, timeAgo, withoutTime } from './call-times.ts';

/**
 * The part of every limit that one of several processes may use. `rank`: its place among the `of`, from 0. `since`: monotonic milliseconds, when the
 * processes that share became these; `-Infinity` where there never were others.
 */
export interface Share {
  readonly of: number;
  readonly rank: number;
  readonly since: number;
}

/** All of every limit: there is no other process. */
export const wholeShare: Share = { of: 1, rank: 0, since: Number.NEGATIVE_INFINITY };

/** What is left of a limit. Times are monotonic milliseconds. */
export interface CallBudget {
  /** When the last calls left; at least as many as the limit's number where so many have left. */
  readonly sent: CallTimes;
  /** The part of the limit that was used at `slowedAt`, after the vendor throttled a call. */
  readonly speed: number;
  readonly slowedAt: number;
  /** Nothing leaves before then: the vendor asked to be left alone. */
  readonly pausedUntil: number;
}

export const fullBudget: CallBudget = {
  sent: noTimes,
  speed: 1,
  slowedAt: Number.NEGATIVE_INFINITY,
  pausedUntil: Number.NEGATIVE_INFINITY,
};

/** How far a vendor's throttling has slowed a budget down. */
export type Slowness = Pick<CallBudget, 'speed' | 'slowedAt' | 'pausedUntil'>;

/** What a budget is asked with. `wall`: the clock that all processes share, in milliseconds. Null `share`: it is not known, and nothing may leave. */
export interface Asked {
  readonly limit: CallLimit;
  readonly share: Share | null;
  readonly now: number;
  readonly wall: number;
}

/** A period is kept this much longer than the vendor's: calls travel for different times, and it counts when they arrive. */
const margin = 1.1;
/** With fewer calls than processes each has a slot in turn. Slots lie this much further apart than the limit asks for, and the beginning of each may be used. */
const slotSpacing = 1.25;
/** As parts of the limit's period: what spacing and margin leave over. */
const slotWidth = slotSpacing - margin;
/** So much earlier than a slot counts as in it: the shared clock has large numbers, whose fractions are coarse. Milliseconds. */
const earlyMs = 1;
/** A throttled answer halves the speed, down to this part of the limit. */
const minSpeed = 1 / 64;
/** The speed doubles in so many milliseconds, so that all of the limit is used again after a minute at most. */
const doublingMs = 10_000;
/** How soon a process that does not know its share asks again, in milliseconds. */
const unknownShareMs = 500;
/** Differences of floating-point sums. */
const noise = 1e-6;

/** The part of the limit that is used at present: less than all for a while after the vendor has throttled a call. */
export function speedOf({ speed, slowedAt }: Omit<Slowness, 'pausedUntil'>, now: number): number {
  return speed >= 1 ? 1 : Math.min(speed * 2 ** (Math.max(now - slowedAt, 0) / doublingMs), 1);
}

/** When the call after `ahead` others may leave, if all of them leave as soon as they may; `now`: at once. */
export function nextAt(budget: CallBudget, asked: Asked, ahead = 0): number {
  const { limit, share, now, wall } = asked;
  if (share === null) return now + unknownShareMs;
  const speed = speedOf(budget, now);
  // What the others have sent under the shares before is not known here, so a whole period is let pass.
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

/** How many calls may leave at once now. `most`: where there are more, this number is enough of an answer. */
export function available(budget: CallBudget, asked: Asked, most: number = asked.limit.calls): number {
  // Whoever has more calls ahead leaves later, so the first that has to wait is found by halves.
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

/** The budget after a call has left. */
export function spent(budget: CallBudget, { limit, now }: Pick<Asked, 'limit' | 'now'>): CallBudget {
  return { ...budget, sent: addedTime(budget.sent, now, limit.calls) };
}

/** The budget where a call that was let out at `at` was not made after all. */
export function restored(budget: CallBudget, at: number): CallBudget {
  const sent = withoutTime(budget.sent, at);
  return sent === budget.sent ? budget : { ...budget, sent };
}

/**
 * The budget after the vendor has throttled a call that left at `leftAt` and asked to be left alone for `pauseMs`. Of calls that left together only the
 * first halves the speed.
 */
export function throttled(budget: CallBudget, pauseMs: number, now: number, leftAt: number): CallBudget {
  // It recovers from when calls leave again.
  const pausedUntil = Math.max(budget.pausedUntil, now + pauseMs);
  const slowedAt = Math.max(budget.slowedAt, pausedUntil);
  if (leftAt < budget.slowedAt) return { ...budget, slowedAt, pausedUntil };
  return { ...budget, speed: Math.max(speedOf(budget, now) / 2, minSpeed), slowedAt, pausedUntil };
}

/** When all of the limit is used again. */
export function recoversAt({ speed, slowedAt, pausedUntil }: Slowness): number {
  return Math.max(slowedAt - Math.log2(speed) * doublingMs, pausedUntil);
}

/** What two reports of one budget say together: the lower speed, and the longer pause. */
export function slower(one: Slowness, other: Slowness): Slowness {
  const { speed, slowedAt } = recoversAt(one) < recoversAt(other) ? other : one;
  return { speed, slowedAt, pausedUntil: Math.max(one.pausedUntil, other.pausedUntil) };
}

/** Calls are whole: where they cannot be divided evenly, the first processes have one more. */
function partOf(calls: number, { of, rank }: Share): number {
  return Math.floor((calls + of - 1 - rank) / of);
}

/** Fewer calls in the same period; below one call, a longer period. */
function slowed(calls: number, perMs: number, speed: number): CallLimit {
  const fewer = Math.max(Math.floor(calls * speed), 1);
  return { calls: fewer, perMs: Math.max((perMs * fewer) / (calls * speed), perMs) };
}

/** `now` where it lies in a slot of this process, else the beginning of the next one. Slots go by the shared clock. */
function nextSlot({ limit, share, now, wall }: Asked & { readonly share: Share }, everyMs: number): number {
  const begin = (share.rank * everyMs) / share.of;
  const sinceSlot = modulo(wall - begin + earlyMs, everyMs) - earlyMs;
  return sinceSlot < limit.perMs * slotWidth ? now : now + everyMs - sinceSlot;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
