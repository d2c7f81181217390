import type { Instant } from '../domain/migration.ts';
import { type FailureKind, VendorError } from '../domain/vendor.ts';

/** Pause after a refused login with the same credentials, because vendors lock users after repeated failures. */
export const refusedLoginPauseMs = 15 * 60_000;

/** The vendor has judged the login; asking the same again gets the same answer, or locks the user. */
const judged: readonly FailureKind[] = ['unauthenticated', 'session_expired', 'rejected'];
/** Enough for every account in every region; temporary credentials come and go. */
const maxKnown = 1000;

export interface RefusedLogin {
  readonly error: VendorError;
  readonly until: Instant;
}

/** The error for a login that is not tried because the vendor has refused the same one: it says so, and until when. */
export function heldBackLogin({ error, until }: RefusedLogin): VendorError {
  const { failure } = error;
  const wait = `It is not tried again with the same credentials before ${new Date(until).toISOString()}, because vendors lock users that fail repeatedly.`;
  return new VendorError({ ...failure, detail: `${failure.detail} ${wait}` }, { cause: error });
}

/**
 * The refused credentials. A refusal stops every login with them, in any region and for any account. If they have opened a session
 * elsewhere and never here, it stops only this place.
 */
export class RefusedLogins {
  readonly #refusals = new Map<string, RefusedLogin>();
  readonly #proven = new Set<string>();
  readonly #now: () => Instant;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** The refusal that forbids a login now, or null. `fingerprint` identifies the credentials, `place` what they open. */
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

  /** Records a failed login; ignores failures that say nothing about the credentials. */
  failed(fingerprint: string, place: string, error: VendorError): void {
    if (!judged.includes(error.failure.kind)) return;
    const onlyHere = this.#proven.has(fingerprint) && !this.#proven.has(`${fingerprint} ${place}`);
    if (!onlyHere) this.#proven.delete(fingerprint);
    for (const [key, { until }] of this.#refusals) if (this.#now() >= until) this.#refusals.delete(key);
    const until = this.#now() + refusedLoginPauseMs;
    this.#refusals.set(onlyHere ? `${fingerprint} ${place}` : fingerprint, { error, until });
  }
}
