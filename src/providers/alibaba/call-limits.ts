import type { CallLimits } from '../../domain/call-limits.ts';

/**
 * None: no page of the vendor names a figure for these operations. Those of an account stand in the vendor's Quota Center, under API rate limits, and can
 * be configured (`limits.operations`); else the account's limits per kind hold for each operation. The vendor throttles with HTTP 400 and a code that
 * begins with `Throttling`; then fewer calls are made.
 */
export const callLimits: CallLimits = {};
