import { randomBytes, randomUUID } from 'node:crypto';
import type { Runtime } from './domain/runtime.ts';

/** Size of a portion of random bytes: drawing a few takes as long as drawing a portion. */
const portionBytes = 4096;
let portion = Buffer.alloc(0);

/** No byte is given twice: each portion is a buffer of its own, cut off from its front. */
function nextRandomBytes(count: number): Uint8Array {
  if (count > portionBytes / 4) return randomBytes(count);
  if (portion.length < count) portion = randomBytes(portionBytes);
  const bytes = portion.subarray(0, count);
  portion = portion.subarray(count);
  return bytes;
}

/** The real clock, random source and timer: the only place that reads them. */
export const systemRuntime: Runtime = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  randomBytes: nextRandomBytes,
  uuid: () => randomUUID(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done);
    }),
};
