import type { MigrationEvent } from '../domain/event.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Store } from '../domain/store.ts';
import { EventTail } from './event-tail.ts';

/** Maximum number of events that a lagging reader reads at a time. */
const batchSize = 100;

/** The events to follow, and where to start. */
export interface FeedRequest {
  readonly migrationId: string | null;
  /** Undefined: all accounts. */
  readonly visibleAccounts?: readonly string[];
  /** Id of the event to start after; undefined: start with the first one. */
  readonly after?: string;
}

/** Live events for any number of readers. */
export interface EventFeed {
  /**
   * The matching events of all processes, each once and in order, in batches. An empty batch is a heartbeat. Readers share the objects. Ends
   * when `signal` aborts. Rejects with `StoreUnavailable`.
   */
  follow(request: FeedRequest, signal: AbortSignal): AsyncGenerator<readonly MigrationEvent[], void>;
}

/**
 * Creates the feed. A lagging reader reads from the store until the tail of the log (`EventTail`) covers its position, and then follows the
 * tail. A reader fetches its next events only after it has consumed the last ones, so a slow reader needs no buffer. `keptEvents`: number of
 * newest events in memory.
 */
export function createEventFeed(
  {
    store,
    runtime,
  }: {
    readonly store: Pick<Store, 'events' | 'latestEvent' | 'onChange'>;
    readonly runtime: Pick<Runtime, 'sleep'>;
  },
  keptEvents = 2000,
): EventFeed {
  let present: EventTail | null = null;

  function tailOfNow(): EventTail {
    if (present?.runs !== true) present = new EventTail(store, runtime, keptEvents);
    return present;
  }

  return {
    async *follow({ migrationId, visibleAccounts, after }, signal) {
      const filter = { ...(migrationId !== null && { migrationId }), ...(visibleAccounts && { visibleAccounts }) };
      const fits = (event: MigrationEvent): boolean =>
        (migrationId === null || event.migrationId === migrationId) &&
        (visibleAccounts === undefined || visibleAccounts.includes(event.account));
      const tail = tailOfNow();
      try {
        await tail.join();
        for (let place = after ?? ''; !signal.aborted; ) {
          const { end } = tail;
          if (!tail.covers(place)) {
            const events = await store.events(filter, { size: batchSize, ...(place !== '' && { after: place }) });
            const last = events.at(-1)?.id ?? place;
            if (events.length > 0) yield events;
            // A page that is not full has reached the end of the log, so the reader continues at the tail.
            place = events.length === batchSize ? last : later(last, end);
            continue;
          }
          const events = tail.after(place).filter(fits);
          place = later(place, end);
          if (events.length > 0) yield events;
          else if ((await tail.wait(fits, signal)) === 'idle') yield [];
        }
      } finally {
        tail.leave();
      }
    },
  };
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}
