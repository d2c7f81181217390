import type { Instant } from '../domain/migration.ts';
import { type Session, VendorError } from '../domain/vendor.ts';
import { heldBackLogin, type RefusedLogins } from './refused-logins.ts';

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
  readonly #now: () => Instant;
  readonly #login: () => Promise<Session>;
  readonly #refusals: RefusedLogins;
  readonly #place: string;

  /** `place` names what the session opens; `refusals` are shared by all caches, because the vendor counts failures per user. */
  constructor(now: () => Instant, login: () => Promise<Session>, refusals: RefusedLogins, place = '') {
    this.#now = now;
    this.#login = login;
    this.#refusals = refusals;
    this.#place = place;
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

  #renew(fingerprint: string): Promise<Session> {
    const refused = this.#refusals.standing(fingerprint, this.#place);
    if (refused !== null) return Promise.reject(heldBackLogin(refused));
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
      this.#refusals.accepted(fingerprint, this.#place);
      return session;
    } catch (error) {
      if (error instanceof VendorError) this.#refusals.failed(fingerprint, this.#place, error);
      throw error;
    }
  }
}
