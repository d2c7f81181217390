import type { CallOptions, CallPriority, Permit } from '../domain/vendor.ts';

/** Default maximum wait for a turn of a call with the priority `caller`, in milliseconds. */
export const maxCallerWaitMs = 5000;
/**
 * The remaining allowance of a call for waiting. `leftMs`: milliseconds. `mayGo`: whether this process may still send the call. `permit`: a
 * permit that the call already has.
 */
export interface Turns {
  readonly priority: CallPriority;
  readonly mayGo: () => boolean;
  permit: Permit | null;
  leftMs: number;
}

/** Creates the allowance from the options of a call. An existing allowance is returned as it is, so that all calls of a dialogue share it. */
export function turnsOf(options: CallOptions | Turns): Turns {
  if ('leftMs' in options) return options;
  const { priority = 'submission', mayGo = () => true, permit = null } = options;
  const leftMs = options.maxWaitMs ?? (priority === 'caller' ? maxCallerWaitMs : Number.POSITIVE_INFINITY);
  return { priority, mayGo, permit, leftMs };
}
