import type { Instant, Migration } from './migration.ts';
import type { VendorFailure } from './vendor.ts';

/** Intervals of the engine, in milliseconds. */
export interface EngineSettings {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  /** How long one vendor call may take. */
  readonly callTimeoutMs: number;
  readonly leaseMs: number;
  /** How long after an unknown outcome the vendor's lists are believed to be complete. */
  readonly settleMs: number;
  /**
   * Maximum number of sends of a changing call that the vendor answers with an internal error each time and that proves absent. At least
   * 1.
   */
  readonly resendTries: number;
  /** How long a busy target is waited for. */
  readonly busyMs: number;
  /** Time without any change at the vendor after which the migration is `stalled`, in ms. */
  readonly stallMs: number;
}

/** Maximum number of tries to clean up after a refused submission. */
export const maxCleanupTries = 10;
/** Factor between the intervals of observing a chain at rest and a long restore. */
const restFactor = 5;

/**
 * Time of unsuccessful probing in milliseconds after which `blocking` asks an operator to decide; probing continues slowly. Far beyond
 * `settleMs`: 15 minutes with its default.
 */
export function askOperatorAfterMs({ settleMs }: Pick<EngineSettings, 'settleMs'>): number {
  return Math.max(settleMs, Math.min(settleMs * 30, 15 * 60_000));
}

/** Back-off before try number `failures + 1`: doubles from the shortest poll interval to five times the longest. */
export function backOffMs(failures: number, settings: EngineSettings): number {
  return Math.min(settings.pollMinMs * 2 ** Math.min(failures, 20), settings.pollMaxMs * restFactor);
}

/**
 * How long after a failure the next try follows, in milliseconds: anything up to the back-off (full jitter), so that what failed together is not tried
 * together again. `spread` tells tries apart that need not come together. What was not sent because the vendor is not called now follows as soon as it is.
 */
export function nextTryMs(
  failures: number,
  { kind, retryAfterMs }: Pick<VendorFailure, 'kind' | 'retryAfterMs'>,
  settings: EngineSettings,
  spread: string,
): number {
  if (kind === 'not_sent' && retryAfterMs !== undefined) return retryAfterMs;
  return Math.max(spreadBackOffMs(failures, settings, spread), retryAfterMs ?? 0);
}

/**
 * Anything between the shortest poll interval and the back-off (full jitter). What decides is drawn from `spread`, which differs from one migration to the
 * next: a change that is computed again, because its row had changed meanwhile, comes to the same.
 */
export function spreadBackOffMs(failures: number, settings: EngineSettings, spread: string): number {
  const { pollMinMs } = settings;
  return jitteredMs(backOffMs(failures, settings), pollMinMs, hash(`${spread} ${failures}`) / 2 ** 32);
}

/** Anything between `leastMs` and `mostMs`. `random`: from 0 to 1. */
export function jitteredMs(mostMs: number, leastMs: number, random: number): number {
  return Math.round(leastMs + random * Math.max(mostMs - leastMs, 0));
}

/**
 * The time of the next observation: frequent at the start of a restore, then after every tenth of its age, within the limits. Times lie on a grid as wide as
 * the interval, shifted by group: however far apart the migrations of a group were begun, one list call answers for those of the same interval, and the grids
 * of shorter intervals contain those of longer ones.
 */
export function nextObservation(migration: Migration, group: string, now: Instant, settings: EngineSettings): Instant {
  const { pollMinMs, pollMaxMs } = settings;
  const resting = migration.state === 'awaiting_backup' && migration.heldByVendor !== true;
  const since = activeSince(migration) ?? now;
  const grid = resting ? pollMaxMs * restFactor : gridMs((now - since) / 10, settings);
  const phase = hash(group) % grid;
  return Math.ceil((now + pollMinMs - phase) / grid) * grid + phase;
}

/** The widest grid that is no wider than the interval: the longest interval, or the shortest one doubled some times. */
function gridMs(intervalMs: number, { pollMinMs, pollMaxMs }: EngineSettings): number {
  if (intervalMs >= pollMaxMs) return pollMaxMs;
  return pollMinMs * 2 ** Math.max(Math.floor(Math.log2(intervalMs / pollMinMs)), 0);
}

function activeSince(migration: Migration): Instant | undefined {
  const calls = migration.calls.filter((call) => call.state === 'accepted');
  return calls.at(-1)?.settledAt ?? undefined;
}

/** FNV-1a, to spread groups over time. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}
