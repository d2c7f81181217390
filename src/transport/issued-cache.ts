import type { Instant } from '../domain/migration.ts';

interface Held<T> {
  readonly value: T;
  readonly issuedAt: Instant;
  readonly renewAt: Instant;
  readonly endsAt: Instant;
}

/** When an issued value is renewed. */
export interface Renewal {
  /**
   * Maximum time before the end of a value at which its renewal starts, in milliseconds. Renewal never starts before the last quarter of
   * the lifetime.
   */
  readonly maxAheadMs: number;
  /** Minimum time that a value is used, in milliseconds. It prevents an exchange per request if a clock is wrong. */
  readonly leastUseMs: number;
}

/**
 * Keeps a temporary value of an issuer (a session or credentials) for all callers. At most one exchange runs at a time, and the current
 * value stays in use during a renewal. `issue` itself decides when to stop calling an issuer that refuses.
 */
export class IssuedCache<T> {
  #held: Held<T> | null = null;
  #flight: Promise<T> | null = null;
  readonly #now: () => Instant;
  readonly #renewal: Renewal;

  constructor(now: () => Instant, renewal: Renewal) {
    this.#now = now;
    this.#renewal = renewal;
  }

  /** Returns the current value, or calls `issue` if there is none. After a failed renewal the next caller tries again. */
  async get(issue: () => Promise<{ readonly value: T; readonly expiresAt: Instant }>): Promise<T> {
    const held = this.#held;
    const now = this.#now();
    if (held === null || now >= held.endsAt) return this.#renew(issue);
    if (now >= held.renewAt) this.#renew(issue).catch(() => undefined);
    return held.value;
  }

  /** Drops a value that the vendor reports as expired. A newer value stays, and so does a value younger than `leastUseMs`. */
  ended(value: T): void {
    const held = this.#held;
    if (held?.value === value && this.#now() - held.issuedAt >= this.#renewal.leastUseMs) this.#held = null;
  }

  #renew(issue: () => Promise<{ readonly value: T; readonly expiresAt: Instant }>): Promise<T> {
    this.#flight ??= this.#fly(issue).finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #fly(issue: () => Promise<{ readonly value: T; readonly expiresAt: Instant }>): Promise<T> {
    const { value, expiresAt } = await issue();
    const { maxAheadMs, leastUseMs } = this.#renewal;
    const issuedAt = this.#now();
    const lifeMs = Math.max(expiresAt - issuedAt, leastUseMs);
    const endsAt = issuedAt + lifeMs;
    this.#held = { value, issuedAt, endsAt, renewAt: endsAt - Math.min(maxAheadMs, lifeMs / 4) };
    return value;
  }
}
