import type { CallLimits } from '../../domain/call-limits.ts';

/**
 * Published limits per operation: none. No page of the vendor states a figure for these operations; the limits of an account are shown in
 * the vendor's Quota Center, under API rate limits. They can be configured as `limits.operations`. Without them the account's limit for
 * reads or writes applies to each operation. The vendor throttles with HTTP 400 and a code that contains `Throttling`; the call rate then
 * decreases.
 */
export const callLimits: CallLimits = {};
