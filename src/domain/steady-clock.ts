import type { Instant } from './migration.ts';
import type { Runtime } from './runtime.ts';

/** Differences between the two clocks up to this many milliseconds are not a step. */
const stepMs = 1000;

/** A detected step of the wall clock. */
export interface ClockStep {
  readonly direction: 'back' | 'forward';
  /** Size of the step in milliseconds. */
  readonly ms: number;
}

/** A clock that hides steps of the wall clock. */
export interface SteadyClock {
  /** Milliseconds since the epoch. Never goes back. */
  now(): Instant;
  /** As `now`, without forward steps of the last `patienceMs`, so that a wait of up to `patienceMs` is never shortened by a step. */
  patientNow(): Instant;
}

/** `patienceMs`: see `SteadyClock.patientNow`. `onStep` is called at each detected step. */
export interface SteadyClockOptions {
  readonly patienceMs: number;
  onStep(step: ClockStep): void;
}

/**
 * The wall clock without its steps. After a step back the wall clock would delay everything that is due, so this clock runs on at half speed
 * until the wall clock has caught up. It follows a step forward at once, except `patientNow`.
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
    // Last, because the listener may read the clock.
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

/** A clock that starts at the wall clock's time and then follows the monotonic clock. */
export function unsteppedNow({ now, monotonic }: Pick<Runtime, 'now' | 'monotonic'>): () => Instant {
  const difference = now() - monotonic();
  return () => Math.floor(monotonic() + difference);
}
