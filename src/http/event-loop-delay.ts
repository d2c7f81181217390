import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Sampling interval of the event loop and averaging period, in milliseconds. */
const resolutionMs = 20;
const windowMs = 1000;
const nanosecondsPerMs = 1e6;

/** The event loop lag of this process. */
export interface EventLoopDelay {
  /**
   * The average lag of an event loop turn in the better one of the last two seconds, in milliseconds. A single long turn, such as that of a
   * large list, affects the average of one second only and does not count as overload.
   */
  presentMs(): number;
  close(): void;
}

/** Starts measuring the lag of this process until `close`. */
export function measureEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let present = 0;
  let before = 0;
  const timer = setInterval(() => {
    before = present;
    // Without a sample the loop had no turn in which to take one.
    present = histogram.count === 0 ? 0 : Math.max(0, histogram.mean / nanosecondsPerMs - resolutionMs);
    histogram.reset();
  }, windowMs).unref();
  return {
    presentMs: () => Math.min(before, present),
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
