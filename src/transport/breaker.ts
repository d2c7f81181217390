import type { VendorFailure } from '../domain/vendor.ts';

/** Number of consecutive failures that opens the circuit. */
const maxFailures = 5;
/** First pause of an open circuit, in milliseconds. Each failed probe doubles it. */
const firstPauseMs = 10_000;
/** Maximum pause of an open circuit, in milliseconds. */
export const maxBreakMs = 60_000;
/** Maximum wait of a call while a probe is in progress, in milliseconds. */
const probeMs = 5000;
/**
 * Delay after the pause before a changing call may be the probe, in milliseconds. Reads come first, because a failed read leaves nothing in
 * doubt.
 */
const readsFirstMs = 5000;

/**
 * The state of a circuit breaker. `closed`: calls are sent. `open`: no call is sent before `until`. `half_open`: one call probes whether
 * the vendor answers again; the other calls wait. Times are monotonic milliseconds.
 */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number; readonly pauseMs: number }
  | { readonly state: 'half_open'; readonly until: number; readonly pauseMs: number };

/** The initial state of every circuit. */
export const closed: Breaker = { state: 'closed', failures: 0 };

/** Admits a call and returns the next state of the breaker. Returns null if the call must wait. */
export function admitted(breaker: Breaker, effect: 'read' | 'write', now: number): Breaker | null {
  if (breaker.state === 'closed') return breaker;
  const due = effect === 'read' ? breaker.until : breaker.until + readsFirstMs;
  // A probe without a result is abandoned at `until`; the next call then becomes the probe.
  if (now < due) return null;
  return { state: 'half_open', until: now + breaker.pauseMs, pauseMs: breaker.pauseMs };
}

/** The time that a call with this effect must wait, in milliseconds; 0: it may be sent. */
export function breakLeftMs(breaker: Breaker, effect: 'read' | 'write', now: number): number {
  if (breaker.state === 'closed') return 0;
  const leftMs = Math.max((effect === 'read' ? breaker.until : breaker.until + readsFirstMs) - now, 0);
  // A probe normally ends long before it is abandoned, so waiting calls check again early.
  return breaker.state === 'half_open' ? Math.min(leftMs, probeMs) : leftMs;
}

/** Returns the next state after a call. `failure`: null for a successful call. `now`: monotonic milliseconds. */
export function afterCall(breaker: Breaker, failure: VendorFailure | null, now: number): Breaker {
  if (!indicatesOutage(failure)) return closed;
  if (breaker.state === 'closed')
    return breaker.failures + 1 < maxFailures
      ? { state: 'closed', failures: breaker.failures + 1 }
      : { state: 'open', until: now + firstPauseMs, pauseMs: firstPauseMs };
  if (breaker.state === 'open') return breaker;
  const pauseMs = Math.min(breaker.pauseMs * 2, maxBreakMs);
  return { state: 'open', until: now + pauseMs, pauseMs };
}

/**
 * Whether a failure indicates an outage: no connection, no response, or a server error without a vendor error code. A vendor error is a
 * sign of life.
 */
function indicatesOutage(failure: VendorFailure | null): boolean {
  if (failure === null) return false;
  if (failure.kind === 'timeout' || failure.kind === 'not_sent') return true;
  return (
    failure.kind === 'unavailable' &&
    (failure.provider.code === null || /^Service\s?Unavailable/i.test(failure.provider.code))
  );
}
