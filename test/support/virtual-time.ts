import type { Runtime } from '../../src/domain/runtime.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/**
 * Time that stands still while any work is pending, and then advances to the next sleeper. Work under it may wait only
 * for its own sleeps and for promises that settle without the outside world.
 */
export class VirtualTime implements Runtime {
  #now: number;
  #sleepers: Sleeper[] = [];
  #random = 1;
  /** Whether any work waits for the outside world, such as a database. Time stands still meanwhile. */
  busy: () => boolean = () => false;

  constructor(start = Date.UTC(2026, 10, 28, 12)) {
    this.#now = start;
  }

  now = (): number => this.#now;
  monotonic = (): number => this.#now;
  randomBytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => this.#next() % 256);
  uuid = (): string =>
    `00000000-0000-4000-8000-${(this.#next() * 65_536 + this.#next()).toString(16).padStart(12, '0').slice(-12)}`;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = {
        at: this.#now + Math.max(Math.ceil(ms), 0),
        wake: () => {
          this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', sleeper.wake);
    });

  /** Lets time pass until `work` has ended. Throws when no sleeper is left, and after `maxMs`. */
  async until<T>(work: Promise<T>, maxMs = 3_600_000): Promise<T> {
    const limit = this.#now + maxMs;
    let ended = false;
    const end = work.finally(() => {
      ended = true;
    });
    end.catch(() => undefined);
    for (;;) {
      do await settle();
      while (this.busy());
      if (ended) return end;
      const [next] = this.#sleepers.sort((one, other) => one.at - other.at);
      if (next === undefined) throw new Error('nobody sleeps, and the work has not ended');
      if (next.at > limit) throw new Error(`the work has not ended after ${maxMs} ms`);
      this.#now = Math.max(this.#now, next.at);
      for (const sleeper of this.#sleepers.filter(({ at }) => at <= this.#now)) sleeper.wake();
    }
  }

  pass(ms: number): Promise<void> {
    return this.until(this.sleep(ms), ms + 1);
  }

  #next(): number {
    // SplitMix32, because a generator with a short period would repeat ids.
    this.#random = (this.#random + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 8;
  }
}

/** Runs all pending work: promises first, then work deferred to the next turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
