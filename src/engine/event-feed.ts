import type { MigrationEvent } from '../domain/event.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Store } from '../domain/store.ts';
import { EventTail } from './event-tail.ts';

/** Maximum number of events that a lagging reader reads at once. */
const batchSize = 100;

/** The selection of events and their start. */
export interface FeedRequest {
  readonly migrationId: string | null;
  /** Undefined: all accounts. */
  readonly visibleAccounts?: readonly string[];
  /** The event after which to start; undefined: the first. */
  readonly after?: string;
}

/** Appended events for any number of readers. */
export interface EventFeed {
  /**
   * The matching events of all processes, each once and in order; an empty batch is a heartbeat. Several readers share the objects. Ends
   * with `signal`; rejects with `StoreUnavailable`.
   */
  follow(request: FeedRequest, signal: AbortSignal): AsyncGenerator<readonly MigrationEvent[], void>;
}

/**
 * A lagging reader reads from the store until the tail of the log covers its position, and then follows the tail. A reader takes its next
 * events after it has passed on the last ones, so a slow reader costs only its position. `keptEvents`: number of newest events in memory.
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
            // A page that is not full has reached the end of the log, wherever its last matching event is.
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
