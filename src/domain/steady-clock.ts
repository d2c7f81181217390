import type { Instant } from './migration.ts';
import type { Runtime } from './runtime.ts';

/** Differences between two clocks up to this are no step, in milliseconds. */
const stepMs = 1000;

/** A step of the wall clock that was noticed. */
export interface ClockStep {
  readonly direction: 'back' | 'forward';
  /** How far, in milliseconds. */
  readonly ms: number;
}

export interface SteadyClock {
  /** Milliseconds since the epoch; it never goes back. */
  now(): Instant;
  /**
   * The same without steps forward that were noticed within the last `patienceMs`: what has to have waited for so long has really waited.
   */
  patientNow(): Instant;
}

export interface SteadyClockOptions {
  readonly patienceMs: number;
  onStep(step: ClockStep): void;
}

/**
 * The wall clock without its steps. Stepped back, it would make everything that is due wait until the old time came round: this clock goes on, at half
 * its speed, until the wall clock has caught up. Stepped forward, it is followed, but not by what has to wait.
 */
export function steadyClock(
  { now: wall, monotonic }: Pick<Runtime, 'now' | 'monotonic'>,
  { patienceMs, onStep }: SteadyClockOptions,
): SteadyClock {
  let at = wall();
  let readAt = monotonic();
  let ahead = 0;
  let jumps: { readonly ms: number; readonly until: number }[] = [];

  function read(): number {
    const mono = monotonic();
    const elapsed = Math.max(0, mono - readAt);
    const shown = wall();
    const difference = at + elapsed - shown;
    const step = difference - ahead;
    readAt = mono;
    at = difference > 0 ? Math.max(shown, at + elapsed / 2) : shown;
    ahead = at - shown;
    if (step < -stepMs) jumps = [...jumps.filter(({ until }) => until > mono), { ms: -step, until: mono + patienceMs }];
    // Last, since whoever is told may ask for the time.
    if (Math.abs(step) > stepMs) onStep({ direction: step > 0 ? 'back' : 'forward', ms: Math.round(Math.abs(step)) });
    return at;
  }

  return {
    now: () => Math.floor(read()),
    patientNow() {
      const present = read();
      const recent = jumps.filter(({ until }) => until > readAt);
      return Math.floor(present - recent.reduce((sum, { ms }) => sum + ms, 0));
    },
  };
}

/** The wall clock as it was read once, and went on from there. */
export function unsteppedNow({ now, monotonic }: Pick<Runtime, 'now' | 'monotonic'>): () => Instant {
  const difference = now() - monotonic();
  return () => Math.floor(monotonic() + difference);
}
