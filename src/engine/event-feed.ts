import type { MigrationEvent } from '../domain/event.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Store } from '../domain/store.ts';

/** At most so many events are read at once. */
const batchSize = 100;
/** Without an event a sign of life comes after that time, in milliseconds: shorter than the idle time of common proxies. */
const signOfLifeMs = 15_000;

/** Which events, and from where on. */
export interface FeedRequest {
  readonly migrationId: string | null;
  /** Undefined: all accounts. */
  readonly visibleAccounts?: readonly string[];
  /** The event after which it begins; undefined: before the first. */
  readonly after?: string;
}

/**
 * Events as they are appended, by this process or another, each once and in order; an empty batch is a sign of life. Ends with `signal`,
 * rejects with `StoreUnavailable`. The listener stands before the first read, so nothing falls between reading and waiting.
 */
export async function* followEvents(
  { store, runtime }: { readonly store: Store; readonly runtime: Runtime },
  { migrationId, visibleAccounts, after }: FeedRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly MigrationEvent[], void> {
  const filter = { ...(migrationId !== null && { migrationId }), ...(visibleAccounts && { visibleAccounts }) };
  let waking = new AbortController();
  const stop = store.onChange((changed) => {
    if (migrationId === null || changed === migrationId) waking.abort();
  });
  try {
    for (let last = after; !signal.aborted; ) {
      if (waking.signal.aborted) waking = new AbortController();
      const woken = waking.signal;
      const events = await store.events(filter, { size: batchSize, ...(last !== undefined && { after: last }) });
      last = events.at(-1)?.id ?? last;
      if (events.length > 0) yield events;
      else {
        await runtime.sleep(signOfLifeMs, AbortSignal.any([woken, signal]));
        if (!woken.aborted && !signal.aborted) yield [];
      }
    }
  } finally {
    stop();
  }
}
