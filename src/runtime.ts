import { randomBytes, randomUUID } from 'node:crypto';
import type { Runtime } from './domain/runtime.ts';

/** Size of a batch of random bytes. A large request costs about as much as a small one. */
const portionBytes = 4096;
let portion = Buffer.alloc(0);

/** Returns fresh random bytes. Each batch is consumed from its front and no byte is returned twice. */
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
