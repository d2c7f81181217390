import type { Instant } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { type Credentials, VendorError } from '../../domain/vendor.ts';
import { IssuedCache } from '../issued-cache.ts';
import type { CredentialSource } from './source.ts';

const renewal = { maxAheadMs: 15 * 60_000, leastUseMs: 10_000 };
const maxPauseMs = 30_000;

/**
 * Temporary credentials, shared by all callers. Failed exchanges are followed by a growing pause, at most 30 s. After a refusal no exchange
 * is attempted until its inputs change or the pause ends.
 */
export class RefreshingCredentials {
  readonly #source: CredentialSource;
  readonly #runtime: Pick<Runtime, 'now'>;
  readonly #issued: IssuedCache<Credentials>;
  #failures = 0;
  #pause: { readonly until: Instant; readonly error: unknown } | null = null;
  #refused: { readonly until: Instant; readonly fingerprint: string; readonly error: VendorError } | null = null;

  constructor(source: CredentialSource, runtime: Pick<Runtime, 'now'>) {
    this.#source = source;
    this.#runtime = runtime;
    this.#issued = new IssuedCache(() => runtime.now(), renewal);
  }

  /** Returns the current credentials. Throws `VendorError` if none are available. */
  get(): Promise<Credentials> {
    return this.#issued.get(() => this.#exchange());
  }

  /** Drops credentials that the vendor reports as expired. Newer credentials stay, and so do credentials that are younger than 10 s. */
  ended(credentials: Credentials): void {
    this.#issued.ended(credentials);
  }

  /** The refusal because of which no exchange is attempted now, or null. */
  get refusal(): VendorError | null {
    return this.#refused !== null && this.#runtime.now() < this.#refused.until ? this.#refused.error : null;
  }

  async #exchange() {
    if (this.#pause !== null && this.#runtime.now() < this.#pause.until) throw this.#pause.error;
    try {
      const fingerprint = await this.#source.fingerprint();
      if (this.#refused !== null && this.refusal !== null && this.#refused.fingerprint === fingerprint)
        throw this.#refused.error;
      return await this.#issue(fingerprint);
    } catch (error) {
      this.#failures++;
      const pauseMs = this.#failures < 2 ? 0 : Math.min(1000 * 2 ** (this.#failures - 2), maxPauseMs);
      this.#pause = { until: this.#runtime.now() + pauseMs, error };
      throw error;
    }
  }

  async #issue(fingerprint: string) {
    try {
      const { credentials, expiresAt } = await this.#source.issue();
      this.#failures = 0;
      this.#pause = null;
      this.#refused = null;
      return { value: credentials, expiresAt };
    } catch (error) {
      if (error instanceof VendorError && error.failure.kind === 'unauthenticated')
        this.#refused = { until: this.#runtime.now() + this.#source.refusalPauseMs, fingerprint, error };
      throw error;
    }
  }
}
