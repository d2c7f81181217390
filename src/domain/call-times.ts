/**
 * The last times at which something happened, in order. A value: what is made of it leaves it as it is. Values that follow from each other share
 * their memory, so that adding a time copies nothing.
 */
export interface CallTimes {
  /** The times are the first `count` of these. Behind them may stand later ones, which belong to values that followed. */
  readonly shared: number[];
  readonly count: number;
}

export const noTimes: CallTimes = { shared: [], count: 0 };

/** Only where twice as many and this many more than wanted are kept, the oldest are dropped: times are copied rarely. */
const spare = 64;

/** The `nth` time from the end, from 1; `-Infinity` where there are fewer. */
export function timeAgo({ shared, count }: CallTimes, nth: number): number {
  return nth > count ? Number.NEGATIVE_INFINITY : (shared[count - nth] ?? Number.NEGATIVE_INFINITY);
}

/** The times with one more, of which at least the last `wanted` are kept. */
export function addedTime({ shared, count }: CallTimes, time: number, wanted: number): CallTimes {
  // Otherwise another value has followed already, and the place behind the last time is taken.
  const isLatest = shared.length === count && count > 0;
  const times = isLatest && count < 2 * wanted + spare ? shared : shared.slice(Math.max(count - wanted + 1, 0), count);
  times.push(time);
  return { shared: times, count: times.length };
}

/** The times without the last one that is equal to `time`; the same value where there is none. */
export function withoutTime(times: CallTimes, time: number): CallTimes {
  const kept = times.shared.slice(0, times.count);
  const index = kept.lastIndexOf(time);
  if (index < 0) return times;
  kept.splice(index, 1);
  return { shared: kept, count: kept.length };
}
