import type { Instant } from '../domain/migration.ts';
import { type Session, VendorError } from '../domain/vendor.ts';
import { IssuedCache } from './issued-cache.ts';
import { heldBackLogin, type RefusedLogins } from './refused-logins.ts';

/**
 * One session for all who need it, one forced renewal however many callers saw the session refused, and a pause after a refused
 * login.
 */
export class SessionCache {
  readonly #sessions: IssuedCache<Session>;
  readonly #login: () => Promise<Session>;
  readonly #refusals: RefusedLogins;
  readonly #place: string;

  /** `place` names what the session opens; `refusals` are shared by all caches, because the vendor counts failures per user. */
  constructor(now: () => Instant, login: () => Promise<Session>, refusals: RefusedLogins, place = '') {
    this.#sessions = new IssuedCache(now, { maxAheadMs: Number.POSITIVE_INFINITY, leastUseMs: 0 });
    this.#login = login;
    this.#refusals = refusals;
    this.#place = place;
  }

  /** The present session. `fingerprint` identifies the credentials: new ones end the pause after a refused login. */
  get(fingerprint: string): Promise<Session> {
    return this.#sessions.get(() => this.#begin(fingerprint));
  }

  /** Says that the vendor refused `session`. A session that has been replaced meanwhile stays. */
  invalidate(session: Session): void {
    this.#sessions.ended(session);
  }

  async #begin(fingerprint: string) {
    const refused = this.#refusals.standing(fingerprint, this.#place);
    if (refused !== null) throw heldBackLogin(refused);
    try {
      const session = await this.#login();
      this.#refusals.accepted(fingerprint, this.#place);
      return { value: session, expiresAt: session.expiresAt };
    } catch (error) {
      if (error instanceof VendorError) this.#refusals.failed(fingerprint, this.#place, error);
      throw error;
    }
  }
}
