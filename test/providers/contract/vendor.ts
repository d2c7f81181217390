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

/** A provider with what the laws need to try it. */
export interface Vendor {
  readonly provider: Provider;
  readonly account: Account;
  readonly credentials: readonly Credentials[];
  /** A full restore that the vendor has accepted. */
  readonly restoring: Migration;
  /** The vendor's answer to whatever is asked about that restore, when it failed with `text`. */
  failed(text: string, request: VendorRequest): VendorReply;
  /** Migrations in various situations, as requests that this vendor takes have made them; the last backup is the present one. */
  readonly migrations: readonly Migration[];
  /** Answers as the vendor gives them, good and bad. The laws spoil them in all ways. */
  readonly answers: readonly VendorReply[];
}

/** Runs a dialogue as the transport does: what the provider calls a failure is thrown into it. Fails when it does not end. */
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
