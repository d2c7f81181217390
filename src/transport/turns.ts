import type { CallOptions, CallPriority, Permit } from '../domain/vendor.ts';

/** How long somebody who waits for an answer may wait for a turn, in milliseconds. */
export const maxCallerWaitMs = 5000;
/** What is left of a call's allowance for waiting. */
export interface Turns {
  readonly priority: CallPriority;
  readonly mayGo: () => boolean;
  permit: Permit | null;
  leftMs: number;
}

export function turnsOf(options: CallOptions | Turns): Turns {
  if ('leftMs' in options) return options;
  const { priority = 'submission', mayGo = () => true, permit = null } = options;
  const leftMs = options.maxWaitMs ?? (priority === 'caller' ? maxCallerWaitMs : Number.POSITIVE_INFINITY);
  return { priority, mayGo, permit, leftMs };
}
