/**
 * What the outside world supplies and tests replace. The one implementation that reads the real
 * clock and the real random source is `src/runtime.ts`.
 */
export interface Runtime {
  /** Milliseconds since the epoch, by the wall clock: for what is stored, shown or compared with another machine. It may step. */
  now(): number;
  /** Milliseconds since some moment that never step: for limits, pauses, deadlines and ages that stay in this process. */
  monotonic(): number;
  /** `count` random bytes. */
  randomBytes(count: number): Uint8Array;
  /** A random UUID (version 4), used where a vendor wants a nonce. */
  uuid(): string;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
