import type { VendorFailure } from '../domain/vendor.ts';

/** Number of consecutive failures after which a vendor counts as down. */
const maxFailures = 5;
/** Pause after that in milliseconds: the first one, and the maximum after further failed probes. */
const firstPauseMs = 10_000;
export const maxBreakMs = 60_000;
/** Time after which a call that waits for an open probe asks again, in milliseconds. */
const probeMs = 5000;
/** A changing call becomes the probe only if no read has come for this long, because a failed read leaves no doubt. Milliseconds. */
const readsFirstMs = 5000;

/**
 * The state of a circuit. `closed`: the vendor is called. `open`: not until `until`. `half_open`: one call tests whether the vendor is
 * back; the others wait. Times are monotonic milliseconds.
 */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number; readonly pauseMs: number }
  | { readonly state: 'half_open'; readonly until: number; readonly pauseMs: number };

export const closed: Breaker = { state: 'closed', failures: 0 };

/** The breaker after an admitted call; null: the call is not admitted. */
export function admitted(breaker: Breaker, effect: 'read' | 'write', now: number): Breaker | null {
  if (breaker.state === 'closed') return breaker;
  const due = effect === 'read' ? breaker.until : breaker.until + readsFirstMs;
  // A test call without a result is abandoned after a pause.
  if (now < due) return null;
  return { state: 'half_open', until: now + breaker.pauseMs, pauseMs: breaker.pauseMs };
}

/** Wait of a call of that kind, in milliseconds; 0: it may be sent. */
export function breakLeftMs(breaker: Breaker, effect: 'read' | 'write', now: number): number {
  if (breaker.state === 'closed') return 0;
  const leftMs = Math.max((effect === 'read' ? breaker.until : breaker.until + readsFirstMs) - now, 0);
  // A probe is open: its result is known long before it would be abandoned.
  return breaker.state === 'half_open' ? Math.min(leftMs, probeMs) : leftMs;
}

/** The breaker after an answer, or after an attempt without one. */
export function afterCall(breaker: Breaker, failure: VendorFailure | null, now: number): Breaker {
  if (!tellsOfOutage(failure)) return closed;
  if (breaker.state === 'closed')
    return breaker.failures + 1 < maxFailures
      ? { state: 'closed', failures: breaker.failures + 1 }
      : { state: 'open', until: now + firstPauseMs, pauseMs: firstPauseMs };
  if (breaker.state === 'open') return breaker;
  const pauseMs = Math.min(breaker.pauseMs * 2, maxBreakMs);
  return { state: 'open', until: now + pauseMs, pauseMs };
}

/** Whether there was no connection, no answer, or a server error without a vendor error. An error with a cause is an answer. */
function tellsOfOutage(failure: VendorFailure | null): boolean {
  if (failure === null) return false;
  if (failure.kind === 'timeout' || failure.kind === 'not_sent') return true;
  return (
    failure.kind === 'unavailable' &&
    (failure.provider.code === null || /^Service\s?Unavailable/i.test(failure.provider.code))
  );
}
