import type { Instant } from '../domain/migration.ts';
import { type Session, VendorError } from '../domain/vendor.ts';
import { IssuedCache } from './issued-cache.ts';
import { heldBackLogin, type RefusedLogins } from './refused-logins.ts';

/**
 * Keeps one session for all callers. At most one login runs at a time, also after several callers saw the session rejected. After a refused
 * login no login with the same credentials is attempted during a pause.
 */
export class SessionCache {
  readonly #sessions: IssuedCache<Session>;
  readonly #login: () => Promise<Session>;
  readonly #refusals: RefusedLogins;
  readonly #place: string;

  /** `place` names the account and region that the session is for. All caches share `refusals`, because the vendor counts failures per user. */
  constructor(now: () => Instant, login: () => Promise<Session>, refusals: RefusedLogins, place = '') {
    this.#sessions = new IssuedCache(now, { maxAheadMs: Number.POSITIVE_INFINITY, leastUseMs: 0 });
    this.#login = login;
    this.#refusals = refusals;
    this.#place = place;
  }

  /**
   * Returns the current session, or logs in. `fingerprint` identifies the credentials; new credentials end the pause after a refused login.
   * Throws `VendorError`.
   */
  get(fingerprint: string): Promise<Session> {
    return this.#sessions.get(() => this.#begin(fingerprint));
  }

  /** Drops a session that the vendor has rejected. A newer session stays. */
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
