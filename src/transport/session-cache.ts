import type { Instant } from '../domain/migration.ts';
import { type Session, VendorError } from '../domain/vendor.ts';

/** After a refused login nothing is tried with the same credentials for this long: vendors lock users that fail repeatedly. */
export const refusedLoginPauseMs = 15 * 60_000;
/** A session is renewed in the background after this part of its life. */
const renewAfter = 0.75;

interface Held {
  readonly session: Session;
  readonly renewAt: Instant;
}

/**
 * One session for all who need it: one login at a time, renewal before the end, one forced renewal however many callers saw the
 * session refused, and a pause after a refused login.
 */
export class SessionCache {
  #held: Held | null = null;
  #flight: Promise<Session> | null = null;
  #refused: { readonly fingerprint: string; readonly until: Instant; readonly error: VendorError } | null = null;
  readonly #now: () => Instant;
  readonly #login: () => Promise<Session>;

  constructor(now: () => Instant, login: () => Promise<Session>) {
    this.#now = now;
    this.#login = login;
  }

  /** The present session. `fingerprint` tells credentials apart: new ones end the pause after a refused login. */
  async get(fingerprint: string): Promise<Session> {
    const held = this.#held;
    const now = this.#now();
    if (held && now < held.session.expiresAt) {
      // A failed renewal is tried again by the next caller; the session at hand is still good.
      if (now >= held.renewAt) this.#renew(fingerprint).catch(() => undefined);
      return held.session;
    }
    return this.#renew(fingerprint);
  }

  /** Says that the vendor refused `session`. A session that has been replaced meanwhile stays. */
  invalidate(session: Session): void {
    if (this.#held?.session === session) this.#held = null;
  }

  /** Why no login is tried at present, or null. */
  get refusal(): VendorError | null {
    return this.#refused !== null && this.#now() < this.#refused.until ? this.#refused.error : null;
  }

  #renew(fingerprint: string): Promise<Session> {
    const refused = this.#refused;
    if (refused && refused.fingerprint === fingerprint && this.#now() < refused.until)
      return Promise.reject(refused.error);
    this.#flight ??= this.#fly(fingerprint).finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #fly(fingerprint: string): Promise<Session> {
    try {
      const session = await this.#login();
      const now = this.#now();
      this.#held = { session, renewAt: now + (session.expiresAt - now) * renewAfter };
      this.#refused = null;
      return session;
    } catch (error) {
      if (error instanceof VendorError && error.failure.kind === 'unauthenticated')
        this.#refused = { fingerprint, until: this.#now() + refusedLoginPauseMs, error };
      throw error;
    }
  }
}
