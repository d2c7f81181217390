import type { Instant, Migration } from './migration.ts';
import type { VendorFailure } from './vendor.ts';

/** Intervals of the engine, in milliseconds. */
/** Minimum and maximum interval of observations. */
export interface EngineSettings {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  /** Maximum duration of one vendor call. */
  readonly callTimeoutMs: number;
  /** Duration of a migration's lease. */
  readonly leaseMs: number;
  /** Settling time: how long after an unknown outcome the vendor's lists may still lack its effect. */
  readonly settleMs: number;
  /** Maximum number of sends of a changing call that the vendor answers with an internal error and that proves absent each time. At least 1. */
  readonly resendTries: number;
  /** How long a call onto a busy target is retried. */
  readonly busyMs: number;
  /** Time without progress at the vendor after which a migration is `stalled`. */
  readonly stallMs: number;
}

/** Maximum number of attempts at the cleanup after a refused submission. */
export const maxCleanupTries = 10;
/** Factor on `pollMaxMs` for observing a chain at rest, and for the maximum back-off. */
const restFactor = 5;

/**
 * Milliseconds in doubt after which `blocking` asks an operator to decide; probing continues. 30 times `settleMs`, but at most 15 minutes
 * unless `settleMs` itself is longer.
 */
export function askOperatorAfterMs({ settleMs }: Pick<EngineSettings, 'settleMs'>): number {
  return Math.max(settleMs, Math.min(settleMs * 30, 15 * 60_000));
}

/** Maximum back-off after so many failures, in milliseconds: doubles from `pollMinMs` up to five times `pollMaxMs`. */
export function backOffMs(failures: number, settings: EngineSettings): number {
  return Math.min(settings.pollMinMs * 2 ** Math.min(failures, 20), settings.pollMaxMs * restFactor);
}

/**
 * Milliseconds from a failure to the next attempt: a random part of the back-off (full jitter), so that calls that failed together are not
 * retried together, but at least `retryAfterMs`. A call that was held back locally is retried after exactly `retryAfterMs`. `spread`: the
 * seed of the jitter.
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
 * Milliseconds between `pollMinMs` and the back-off (full jitter). The jitter is a hash of `spread` and `failures`, so that a change that is
 * computed again gives the same time. `spread` differs between migrations.
 */
export function spreadBackOffMs(failures: number, settings: EngineSettings, spread: string): number {
  const { pollMinMs } = settings;
  return jitteredMs(backOffMs(failures, settings), pollMinMs, hash(`${spread} ${failures}`) / 2 ** 32);
}

/** A value between `minMs` and `maxMs`. `random`: from 0 to 1. */
export function jitteredMs(maxMs: number, minMs: number, random: number): number {
  return Math.round(minMs + random * Math.max(maxMs - minMs, 0));
}

/**
 * The time of the next observation. The interval is a tenth of the time since the last accepted call, from `pollMinMs` to `pollMaxMs`; of a
 * chain at rest, five times `pollMaxMs`. Times are aligned to a grid as wide as the interval and shifted by group, so that one list call serves
 * all migrations of a group with the same interval. Grids of shorter intervals contain those of longer ones.
 */
export function nextObservation(migration: Migration, group: string, now: Instant, settings: EngineSettings): Instant {
  const { pollMinMs, pollMaxMs } = settings;
  const resting = migration.state === 'awaiting_backup' && migration.heldByVendor !== true;
  const since = activeSince(migration) ?? now;
  const grid = resting ? pollMaxMs * restFactor : gridMs((now - since) / 10, settings);
  const phase = hash(group) % grid;
  return Math.ceil((now + pollMinMs - phase) / grid) * grid + phase;
}

/** The widest grid that is not wider than the interval: `pollMaxMs`, or `pollMinMs` times a power of two. */
function gridMs(intervalMs: number, { pollMinMs, pollMaxMs }: EngineSettings): number {
  if (intervalMs >= pollMaxMs) return pollMaxMs;
  return pollMinMs * 2 ** Math.max(Math.floor(Math.log2(intervalMs / pollMinMs)), 0);
}

/** When the vendor accepted the last call. */
function activeSince(migration: Migration): Instant | undefined {
  const calls = migration.calls.filter((call) => call.state === 'accepted');
  return calls.at(-1)?.settledAt ?? undefined;
}

/** 32-bit FNV-1a hash. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}
