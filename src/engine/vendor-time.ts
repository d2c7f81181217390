import type { Account, CallPriority, Dialogue } from '../domain/vendor.ts';
import type { EngineContext } from './context.ts';

/** Milliseconds by which the known offset may change without a repetition. Providers tolerate more when they compare times. */
const toleratedMs = 10_000;
const tries = 3;

/** Why a vendor's responses allow no conclusion, in words. */
export const clocksDisagree = 'The times in the vendor’s answers disagree by more than ten seconds.';

/**
 * Runs a dialogue that depends on the vendor's clock. `offset`: the vendor's clock minus this process's clock, in milliseconds. A new process
 * learns the offset only from responses, so if it changes meanwhile, the dialogue is repeated. Null: the offset did not settle, and there is
 * no valid result. Rejects with `VendorError`.
 */
export async function converseInVendorTime<T>(
  { client }: Pick<EngineContext, 'client'>,
  account: Account,
  region: string,
  dialogue: (offset: number) => Dialogue<T>,
  priority: CallPriority = 'submission',
): Promise<T | null> {
  for (let attempt = 1; attempt <= tries; attempt++) {
    const offset = client.clockOffset(account);
    const result = await client.converse(account, region, dialogue(offset), { priority });
    if (Math.abs(client.clockOffset(account) - offset) <= toleratedMs) return result;
  }
  return null;
}
