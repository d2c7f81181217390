import { GodwitWaitTimeout } from './errors.ts';
import { type Connection, defaultPatienceMs, type FollowOptions, followEvents, mayPass } from './events.ts';
import { backoffMs, retryAfterMs } from './retry.ts';
import type { Timing } from './timing.ts';
import { hasEnded, type Migration, type MigrationState } from './types.ts';

/** Options of `waitFor`. */
export interface WaitOptions extends FollowOptions {
  /** A state, a list of states, or a condition. Default: any terminal state. A migration that ends in another state is returned too. */
  readonly until?: MigrationState | readonly MigrationState[] | ((migration: Migration) => boolean) | undefined;
  /** Maximum wait in milliseconds, after which `GodwitWaitTimeout` is thrown. Default: no limit, because a restore may take a day. */
  readonly timeoutMs?: number | undefined;
}

/** Interval of reads in milliseconds, used without a `Retry-After`. */
const lookMs = 10_000;
/** Time in milliseconds over which a burst of events is combined into one read. */
const gatherMs = 50;

/**
 * Yields the migration now and after each change, until it has ended. Events trigger the next read. Without events (a proxy buffers
 * streams, or there are too many) the migration is read at the interval of the gateway's `Retry-After`. Rejects like `followEvents`.
 */
export async function* watchMigration(
  connection: Connection,
  id: string,
  { signal, patienceMs = defaultPatienceMs, onTrouble }: FollowOptions,
): AsyncGenerator<Migration, void> {
  const { timing } = connection;
  const left = new AbortController();
  const following = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const bell = createBell(timing);
  void (async () => {
    for await (const _ of followEvents(connection, { migrationId: id, signal: following, patienceMs })) bell.ring();
    // A failed stream does not end the watch: reads continue, and meet the same error if it lasts.
  })().catch(() => undefined);
  try {
    let etag: string | null = null;
    let failingSince: number | null = null;
    for (let failures = 0; ; ) {
      let pause: number;
      try {
        const look = await lookAt(connection, id, etag, signal);
        failingSince = null;
        failures = 0;
        pause = look.pauseMs ?? lookMs;
        etag = look.etag;
        if (look.migration !== null) {
          yield look.migration;
          if (hasEnded(look.migration)) return;
        }
      } catch (error) {
        signal?.throwIfAborted();
        failingSince ??= timing.monotonic();
        if (!mayPass(error) || timing.monotonic() - failingSince > patienceMs) throw error;
        onTrouble?.(error);
        pause = backoffMs(++failures, timing.random());
      }
      await bell.wait(pause, following);
    }
  } finally {
    left.abort();
  }
}

/**
 * Resolves with the migration once it meets `until` or has ended in another state. Rejects with `GodwitWaitTimeout`, with the signal's
 * reason, or like `watchMigration`.
 */
export async function waitForMigration(
  connection: Connection,
  id: string,
  { until = [], timeoutMs, signal, patienceMs, onTrouble }: WaitOptions,
): Promise<Migration> {
  const isWanted = typeof until === 'function' ? until : ({ state }: Migration) => [until].flat().includes(state);
  const over = new AbortController();
  const left = new AbortController();
  if (timeoutMs !== undefined)
    connection.timing.sleep(timeoutMs, left.signal).then(
      () => over.abort(),
      () => undefined,
    );
  const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  let last: Migration | null = null;
  try {
    for await (const migration of watchMigration(connection, id, { signal: either, patienceMs, onTrouble })) {
      last = migration;
      if (isWanted(migration)) break;
    }
  } catch (error) {
    if (timeoutMs !== undefined && over.signal.aborted && !signal?.aborted)
      throw new GodwitWaitTimeout(id, timeoutMs, last);
    throw error;
  } finally {
    left.abort();
  }
  if (last === null) throw new Error('a watch ended before it began');
  return last;
}

/** Reads the migration once; `migration` is null if it is unchanged since the entity tag. */
async function lookAt(
  { url, send, timing }: Connection,
  id: string,
  etag: string | null,
  signal: AbortSignal | undefined,
): Promise<{ readonly migration: Migration | null; readonly etag: string | null; readonly pauseMs: number | null }> {
  const headers = new Headers({ accept: 'application/json' });
  if (etag !== null) headers.set('if-none-match', etag);
  const request = new Request(`${url}/migrations/${encodeURIComponent(id)}`, { headers, ...(signal && { signal }) });
  const response = await send(request, { attempts: 1 });
  const pauseMs = retryAfterMs(response.headers.get('retry-after'), timing.now());
  if (response.status === 304) return { migration: null, etag, pauseMs };
  return { migration: (await response.json()) as Migration, etag: response.headers.get('etag'), pauseMs };
}

/** A signal that may be given before or during a wait. */
function createBell(timing: Timing): {
  ring(): void;
  /** Resolves after `ms` milliseconds, or `gatherMs` after the signal. Rejects with the signal's reason when aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
} {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async wait(ms, signal) {
      await timing.sleep(ms, AbortSignal.any([signal, rung.signal])).catch(() => signal.throwIfAborted());
      if (rung.signal.aborted) await timing.sleep(gatherMs, signal);
      rung = new AbortController();
    },
  };
}
