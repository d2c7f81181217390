import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the event loop is looked at, and over which time the delay is averaged, in milliseconds. */
const resolutionMs = 20;
const windowMs = 1000;
const nanosecondsPerMs = 1e6;

/** How late this process is with everything. */
export interface EventLoopDelay {
  /** How long a turn of the event loop took on average, beyond what it has to, in the better one of the last two seconds; milliseconds. */
  presentMs(): number;
  close(): void;
}

/** One long turn, such as that of a heavy list, is no overload: it moves the average of one second, and not that of the next. */
export function measureEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let present = 0;
  let before = 0;
  const timer = setInterval(() => {
    before = present;
    // No sample at all: the loop had no turn in which one could be taken.
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
