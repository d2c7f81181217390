import type { Instant } from '../domain/migration.ts';

interface Held<T> {
  readonly value: T;
  readonly issuedAt: Instant;
  readonly renewAt: Instant;
  readonly endsAt: Instant;
}

export interface Renewal {
  /** Renewal starts in the last quarter of a lifetime, at most this long before its end. */
  readonly maxAheadMs: number;
  /** Minimum use of a value: a wrong clock must not turn every request into an exchange. */
  readonly leastUseMs: number;
}

/**
 * A temporary value of an issuer, shared by all callers: one exchange at a time, and renewal before the end while the present value
 * serves. `issue` decides when to leave a refusing issuer alone.
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

  /** The present value, or else what `issue` gives. A failed renewal is tried again by the next caller. */
  async get(issue: () => Promise<{ readonly value: T; readonly expiresAt: Instant }>): Promise<T> {
    const held = this.#held;
    const now = this.#now();
    if (held === null || now >= held.endsAt) return this.#renew(issue);
    if (now >= held.renewAt) this.#renew(issue).catch(() => undefined);
    return held.value;
  }

  /** The vendor says that this one has ended. Another that has replaced it stays, and so does a very young one. */
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
