import type { Instant } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { type Credentials, VendorError } from '../../domain/vendor.ts';
import type { CredentialSource } from './source.ts';

/** Renewal begins this long before the end, or in the last quarter of a shorter life. */
const aheadMs = 15 * 60_000;
/** Credentials are used for at least this long: a wrong clock must not turn every request into an exchange. */
const leastUseMs = 10_000;
const mostPauseMs = 30_000;

interface Held {
  readonly credentials: Credentials;
  readonly issuedAt: Instant;
  readonly renewAt: Instant;
  readonly endsAt: Instant;
}

/**
 * Temporary credentials for all who need them: one exchange at a time, renewal ahead of the end while the present ones still serve,
 * and after failures a growing pause instead of a storm. A refusal rests until its inputs change or its pause ends.
 */
export class RefreshingCredentials {
  readonly #source: CredentialSource;
  readonly #runtime: Pick<Runtime, 'now'>;
  #held: Held | null = null;
  #flight: Promise<Credentials> | null = null;
  #failures = 0;
  #pause: { readonly until: Instant; readonly error: unknown } | null = null;
  #refused: { readonly until: Instant; readonly fingerprint: string; readonly error: VendorError } | null = null;

  constructor(source: CredentialSource, runtime: Pick<Runtime, 'now'>) {
    this.#source = source;
    this.#runtime = runtime;
  }

  /** The present credentials. Throws `VendorError` when there are none to be had. */
  async get(): Promise<Credentials> {
    const held = this.#held;
    const now = this.#runtime.now();
    if (held === null || now >= held.endsAt) return this.#renew();
    if (now >= held.renewAt) this.#renew().catch(() => undefined);
    return held.credentials;
  }

  /** The vendor says that these have ended. Others that have replaced them stay, and so do very young ones. */
  ended(credentials: Credentials): void {
    const held = this.#held;
    if (held?.credentials !== credentials || this.#runtime.now() - held.issuedAt < leastUseMs) return;
    this.#held = null;
  }

  /** Why no exchange is tried at present, or null. */
  get refusal(): VendorError | null {
    return this.#refused !== null && this.#runtime.now() < this.#refused.until ? this.#refused.error : null;
  }

  #renew(): Promise<Credentials> {
    if (this.#flight !== null) return this.#flight;
    if (this.#pause !== null && this.#runtime.now() < this.#pause.until) return Promise.reject(this.#pause.error);
    this.#flight = this.#exchange().finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #exchange(): Promise<Credentials> {
    try {
      const fingerprint = await this.#source.fingerprint();
      if (this.#refused !== null && this.refusal !== null && this.#refused.fingerprint === fingerprint)
        throw this.#refused.error;
      return await this.#issue(fingerprint);
    } catch (error) {
      this.#failures++;
      const pauseMs = this.#failures < 2 ? 0 : Math.min(1000 * 2 ** (this.#failures - 2), mostPauseMs);
      this.#pause = { until: this.#runtime.now() + pauseMs, error };
      throw error;
    }
  }

  async #issue(fingerprint: string): Promise<Credentials> {
    try {
      const { credentials, expiresAt } = await this.#source.issue();
      const issuedAt = this.#runtime.now();
      const lifeMs = Math.max(expiresAt - issuedAt, leastUseMs);
      const endsAt = issuedAt + lifeMs;
      this.#held = { credentials, issuedAt, endsAt, renewAt: endsAt - Math.min(aheadMs, lifeMs / 4) };
      this.#failures = 0;
      this.#pause = null;
      this.#refused = null;
      return credentials;
    } catch (error) {
      if (error instanceof VendorError && error.failure.kind === 'unauthenticated')
        this.#refused = { until: this.#runtime.now() + this.#source.refusalPauseMs, fingerprint, error };
      throw error;
    }
  }
}
