import { Worker } from 'node:worker_threads';
import { systemRuntime } from '../runtime.ts';

/** The worker's program. It sleeps without an event loop, and writes to standard output itself, because the main thread may not run. */
const program = `
const { writeSync } = require('node:fs');
const { workerData: { startedAt, afterMs, message } } = require('node:worker_threads');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, afterMs);
try {
  writeSync(1, JSON.stringify({ level: 60, time: new Date(startedAt + afterMs).toISOString(), milliseconds: afterMs, msg: message }) + '\\n');
} catch {}
process.kill(process.pid, 'SIGKILL');
`;

/**
 * Ends this process after `afterMs` milliseconds, even if its main thread is blocked by then and no timer fires. The process then ends as
 * from a crash, by SIGKILL: nothing stored is lost, and the next process continues.
 */
export function startStopWatchdog(afterMs: number): void {
  const message = 'the stop took too long and the main thread did not respond; the process is killed';
  const worker = new Worker(program, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { startedAt: systemRuntime.now(), afterMs, message },
  });
  // Without a worker, for lack of memory or threads, the timer of the main thread remains.
  worker.on('error', () => undefined);
  worker.unref();
}
