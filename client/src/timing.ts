/** Clock, sleep and random numbers, so that tests need not wait. */
export interface Timing {
  /** The wall's clock, in milliseconds since 1970. */
  now(): number;
  /** A clock that never steps, in milliseconds from any moment on. */
  monotonic(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0, below 1. */
  random(): number;
}

/** Timers take no more milliseconds than this. */
export const longestTimerMs = 2 ** 31 - 1;

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
        Math.min(ms, longestTimerMs),
      );
      signal?.addEventListener('abort', aborted, { once: true });
    }),
};
