import type { Instant } from '../domain/migration.ts';
import { type FailureKind, VendorError } from '../domain/vendor.ts';

/** Pause after a refused login with the same credentials, in milliseconds. Vendors lock a user after repeated failures. */
export const refusedLoginPauseMs = 15 * 60_000;

/** Failures in which the vendor has judged the credentials. The same login would fail again and could lock the user. */
const judged: readonly FailureKind[] = ['unauthenticated', 'session_expired', 'rejected'];
/** Maximum number of remembered fingerprints. It covers every account in every region; temporary credentials are dropped in time. */
const maxKnown = 1000;

/** A refused login and the end of its pause. */
export interface RefusedLogin {
  readonly error: VendorError;
  readonly until: Instant;
}

/** The error of a login that is not attempted because the vendor has refused the same credentials. Its detail states the end of the pause. */
export function heldBackLogin({ error, until }: RefusedLogin): VendorError {
  const { failure } = error;
  const wait = `Godwit does not repeat the login with these credentials before ${new Date(until).toISOString()}, because vendors lock users after repeated failures.`;
  return new VendorError({ ...failure, detail: `${failure.detail} ${wait}` }, { cause: error });
}

/**
 * Remembers refused credentials. A refusal stops every login with the same credentials, in any region and for any account. Exception: if
 * the credentials have opened a session at another place and never at this one, the refusal applies to this place only.
 */
export class RefusedLogins {
  readonly #refusals = new Map<string, RefusedLogin>();
  readonly #proven = new Set<string>();
  readonly #now: () => Instant;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** The refusal that forbids a login now, or null. `fingerprint` identifies the credentials, `place` the account and region. */
  standing(fingerprint: string, place: string): RefusedLogin | null {
    const refusal = this.#refusals.get(fingerprint) ?? this.#refusals.get(`${fingerprint} ${place}`);
    return refusal !== undefined && this.#now() < refusal.until ? refusal : null;
  }

  accepted(fingerprint: string, place: string): void {
    this.#refusals.delete(fingerprint);
    this.#refusals.delete(`${fingerprint} ${place}`);
    this.#proven.add(fingerprint).add(`${fingerprint} ${place}`);
    for (const oldest of this.#proven) {
      if (this.#proven.size <= maxKnown) break;
      this.#proven.delete(oldest);
    }
  }

  /** Records a failed login. Ignores failures that are unrelated to the credentials. */
  failed(fingerprint: string, place: string, error: VendorError): void {
    if (!judged.includes(error.failure.kind)) return;
    const onlyHere = this.#proven.has(fingerprint) && !this.#proven.has(`${fingerprint} ${place}`);
    if (!onlyHere) this.#proven.delete(fingerprint);
    for (const [key, { until }] of this.#refusals) if (this.#now() >= until) this.#refusals.delete(key);
    const until = this.#now() + refusedLoginPauseMs;
    this.#refusals.set(onlyHere ? `${fingerprint} ${place}` : fingerprint, { error, until });
  }
}
