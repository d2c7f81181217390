import type { Runtime } from '../domain/runtime.ts';

/**
 * A token bucket that makes callers wait their turn, in order. It holds one second's worth, so a burst after a pause is at most one
 * second of the rate.
 */
export class RateLimit {
  readonly #perSecond: number;
  readonly #runtime: Pick<Runtime, 'now' | 'sleep'>;
  /** When the next token is free, in milliseconds since the epoch; may lie in the past. */
  #nextFree = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, runtime: Pick<Runtime, 'now' | 'sleep'>) {
    this.#perSecond = perSecond;
    this.#runtime = runtime;
  }

  /** Resolves when a call may go out. */
  async take(): Promise<void> {
    const now = this.#runtime.now();
    const start = Math.max(this.#nextFree, now - burstMs(this.#perSecond));
    this.#nextFree = start + 1000 / this.#perSecond;
    if (start > now) await this.#runtime.sleep(start - now);
  }

  /** Nobody may go out for this long: the vendor asked for it. */
  pause(ms: number): void {
    this.#nextFree = Math.max(this.#nextFree, this.#runtime.now() + ms);
  }
}

/** How far the bucket reaches back: one second, less the token that is taken. */
function burstMs(perSecond: number): number {
  return Math.max(0, 1000 - 1000 / perSecond);
}
