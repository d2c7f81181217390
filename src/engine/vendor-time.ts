import type { Account, CallPriority, Dialogue } from '../domain/vendor.ts';
import type { EngineContext } from './context.ts';

/** A change of the known offset up to this is no reason to ask again: providers allow for more when they compare times. Milliseconds. */
const toleratedMs = 10_000;
const tries = 3;

/** Why nothing can be concluded from a vendor's answers, in words. */
export const clocksDisagree = 'The vendor’s answers carry clocks that disagree by more than seconds.';

/**
 * Runs a dialogue that reasons with the vendor's clock. A process that has just started learns that clock only from the answers, so what
 * was concluded under another one is asked again. `offset`: the vendor's clock minus ours, in milliseconds. Null: the clock would not hold
 * still, and nothing can be concluded. Throws `VendorError`.
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
