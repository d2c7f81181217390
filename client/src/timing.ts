/** Clock, sleep and random numbers, injected by tests. */
export interface Timing {
  /** The wall clock, in milliseconds since 1970. */
  now(): number;
  /** A monotonic clock in milliseconds, with any origin. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A random number from 0, below 1. */
  random(): number;
}

/** Maximum delay of a timer, in milliseconds. */
export const maxTimerMs = 2 ** 31 - 1;

export const systemTiming: Timing = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const aborted = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
        Math.min(ms, maxTimerMs),
      );
      signal?.addEventListener('abort', aborted, { once: true });
    }),
};
