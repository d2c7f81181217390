import type { Migration } from '../../../src/domain/migration.ts';
import type { Provider } from '../../../src/domain/provider.ts';
import {
  type Account,
  type Credentials,
  type Dialogue,
  VendorError,
  type VendorReply,
  type VendorRequest,
} from '../../../src/domain/vendor.ts';

/** A provider with the samples that the laws need. */
export interface Vendor {
  readonly provider: Provider;
  readonly account: Account;
  readonly credentials: readonly Credentials[];
  /** A full restore that the vendor has accepted. */
  readonly restoring: Migration;
  /** The vendor's answer to every read about that restore after it failed with `text`. */
  failed(text: string, request: VendorRequest): VendorReply;
  /**
   * Migrations in various situations, created by requests that this vendor accepts. The last backup is the current one.
   */
  readonly migrations: readonly Migration[];
  /** Answers of the vendor, successful and failed. The laws damage them in many ways. */
  readonly answers: readonly VendorReply[];
}

/**
 * Runs a dialogue as the transport does: it throws what the provider classifies as a failure. Fails when the dialogue
 * never ends.
 */
export function converse<T>(
  { provider }: Pick<Vendor, 'provider'>,
  dialogue: Dialogue<T>,
  answer: (request: VendorRequest, number: number) => VendorReply,
): T {
  let step = dialogue.next();
  for (let number = 0; !step.done; number++) {
    if (number > 400) throw new Error('a dialogue without end');
    const reply = answer(step.value, number);
    const failure = provider.failureOf(step.value, reply);
    step = failure === null ? dialogue.next(reply) : dialogue.throw(new VendorError(failure));
  }
  return step.value;
}
