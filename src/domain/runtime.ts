/** Clock, random source and timer, injected so that tests can replace them. `src/runtime.ts` is the only real implementation. */
export interface Runtime {
  /** Milliseconds since the epoch, by the wall clock, which may step. For times that are stored, shown or compared with other machines. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never steps. For limits, pauses, deadlines and ages inside this process. */
  monotonic(): number;
  /** `count` random bytes. */
  randomBytes(count: number): Uint8Array;
  /** A random UUID (version 4), used where a vendor requires a nonce. */
  uuid(): string;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
