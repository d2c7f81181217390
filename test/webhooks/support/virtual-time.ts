import type { Runtime } from '../../../src/domain/runtime.ts';
import { systemRuntime } from '../../../src/runtime.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A manual clock. Sleepers wake in the order of their times. */
export class VirtualTime implements Runtime {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();
  readonly randomBytes = systemRuntime.randomBytes;
  readonly uuid = systemRuntime.uuid;

  constructor(start: number) {
    this.#now = start;
  }

  monotonic(): number {
    return this.now();
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        resolve();
      };
      const sleeper = { until: this.#now + ms, wake };
      if (signal?.aborted) return wake();
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Jumps by that time, without waking sleepers in between. */
  async leap(ms: number): Promise<void> {
    this.#now += ms;
    await this.pass(0);
  }

  /** Lets that time pass, and runs the work that each moment triggers. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = [...this.#sleepers].sort((one, other) => one.until - other.until)[0];
      if (next === undefined || next.until > end) break;
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
    this.#now = end;
    await settled();
  }
}

/** Enough turns of the event loop for an embedded store and a sender without a network to finish. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((done) => setImmediate(done));
}
