import type { Instant } from '../domain/migration.ts';

interface Held<T> {
  readonly value: T;
  readonly issuedAt: Instant;
  readonly renewAt: Instant;
  readonly endsAt: Instant;
}

export interface Renewal {
  /** Renewal begins in the last quarter of a life, and at most this long before its end. */
  readonly maxAheadMs: number;
  /** A value is used for at least this long: a wrong clock must not turn every request into an exchange. */
  readonly leastUseMs: number;
}

/**
 * What an issuer gives for a time, for all who need it: one exchange at a time, and renewal ahead of the end while the present value
 * still serves. When not to ask an issuer that refuses is the business of `issue`.
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
