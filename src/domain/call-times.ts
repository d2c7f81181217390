/**
 * The last times of an event, in ascending order. An immutable value. Values that derive from each other share memory, so that adding a
 * time copies nothing.
 */
export interface CallTimes {
  /** The first `count` elements are the times of this value. Later elements belong to values derived from it. */
  readonly shared: number[];
  readonly count: number;
}

/** The empty list of times. */
export const noTimes: CallTimes = { shared: [], count: 0 };

/** Old times are dropped only when the list has twice as many as wanted plus this number, so that copies are rare. */
const spare = 64;

/** The `nth` time from the end, from 1; `-Infinity` if there are fewer. */
export function timeAgo({ shared, count }: CallTimes, nth: number): number {
  return nth > count ? Number.NEGATIVE_INFINITY : (shared[count - nth] ?? Number.NEGATIVE_INFINITY);
}

/** Appends a time. The result has at least the last `wanted` times. */
export function addedTime({ shared, count }: CallTimes, time: number, wanted: number): CallTimes {
  // Otherwise another value derives from this one already and uses the next place.
  const isLatest = shared.length === count && count > 0;
  const times = isLatest && count < 2 * wanted + spare ? shared : shared.slice(Math.max(count - wanted + 1, 0), count);
  times.push(time);
  return { shared: times, count: times.length };
}

/** Removes the last time that equals `time`. Returns the same value if there is none. */
export function withoutTime(times: CallTimes, time: number): CallTimes {
  const kept = times.shared.slice(0, times.count);
  const index = kept.lastIndexOf(time);
  if (index < 0) return times;
  kept.splice(index, 1);
  return { shared: kept, count: kept.length };
}
