import type { MigrationEvent } from '../domain/event.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Store } from '../domain/store.ts';

/** Maximum number of events per read. */
const batchSize = 500;
/** Milliseconds after which a reader without events gets a heartbeat: less than the idle timeout of common proxies. */
const signOfLifeMs = 15_000;
/** Milliseconds of gathering per reader, and at most. Each reader costs a write per batch, so more readers mean larger batches. */
const gatheringMsPerReader = 0.5;
const maxGatheringMs = 250;

/** `events`: there are matching events. `idle`: a heartbeat. `ended`: the reader's signal was aborted. */
export type Woken = 'events' | 'idle' | 'ended';

interface Waiter {
  readonly fits: (event: MigrationEvent) => boolean;
  readonly wake: (as: Woken) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The end of the event log, read once for all readers of this process. It runs until the last reader leaves or the store fails, and is not
 * reused. Positions are event ids, which sort in append order; the empty text precedes the first event.
 */
export class EventTail {
  readonly #store: Pick<Store, 'events' | 'latestEvent' | 'onChange'>;
  readonly #runtime: Pick<Runtime, 'sleep'>;
  readonly #maxKept: number;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<Waiter>();
  readonly #started: Promise<void>;
  #events: MigrationEvent[] = [];
  /** All events after `#begin` up to `#end` are in memory. */
  #begin = '';
  #end = '';
  #changed = false;
  #hear: () => void = () => undefined;
  #failure: { readonly error: unknown } | null = null;
  #readers = 0;

  /** `maxKept`: number of newest events in memory. */
  constructor(
    store: Pick<Store, 'events' | 'latestEvent' | 'onChange'>,
    runtime: Pick<Runtime, 'sleep'>,
    maxKept: number,
  ) {
    this.#maxKept = maxKept;
    this.#store = store;
    this.#runtime = runtime;
    // The listener is added before the first read, so no event is missed in between.
    const stopListening = store.onChange(() => {
      this.#changed = true;
      this.#hear();
    });
    this.#started = store.latestEvent().then((latest) => {
      this.#begin = latest ?? '';
      this.#end = this.#begin;
    });
    this.#started
      .then(() => Promise.all([this.#follow(), this.#giveSignsOfLife()]))
      .catch((error: unknown) => this.#fail(error))
      .finally(stopListening);
  }

  /** Whether readers can still join. */
  get runs(): boolean {
    return this.#failure === null && !this.#stopping.signal.aborted;
  }

  /** The position up to which events were read. */
  get end(): string {
    return this.#end;
  }

  /** Adds a reader. Resolves when the tail has its first position. Rejects with `StoreUnavailable`. */
  async join(): Promise<void> {
    this.#readers++;
    await this.#started;
  }

  /** Removes a reader. The tail stops with the last one. */
  leave(): void {
    this.#readers--;
    if (this.#readers > 0) return;
    this.#stopping.abort();
    this.#hear();
  }

  /** Whether all events after this position that were read are in memory. */
  covers(place: string): boolean {
    return place >= this.#begin;
  }

  /** The events after a position, which must be covered. */
  after(place: string): readonly MigrationEvent[] {
    return this.#events.slice(this.#events.findLastIndex(({ id }) => id <= place) + 1);
  }

  /** Waits until an event matches `fits`, a heartbeat is due, or `ended` aborts. Rejects if the store has failed. */
  wait(fits: (event: MigrationEvent) => boolean, ended: AbortSignal): Promise<Woken> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure.error);
      if (ended.aborted) return resolve('ended');
      const leave = (): void => {
        this.#waiting.delete(waiter);
        ended.removeEventListener('abort', stop);
      };
      const waiter: Waiter = {
        fits,
        wake: (as) => {
          leave();
          resolve(as);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const stop = (): void => waiter.wake('ended');
      ended.addEventListener('abort', stop);
      this.#waiting.add(waiter);
    });
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#changed = false;
      const events = await this.#store.events({}, { size: batchSize, ...(this.#end !== '' && { after: this.#end }) });
      this.#append(events);
      if (events.length === batchSize) continue;
      await this.#change();
      const gatheringMs = Math.floor(Math.min(maxGatheringMs, this.#readers * gatheringMsPerReader));
      if (gatheringMs > 0) await this.#runtime.sleep(gatheringMs, signal);
    }
  }

  /** Resolves when the log has changed since the last read began, or when the tail stops. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#hear = resolve;
      if (this.#changed || this.#stopping.signal.aborted) resolve();
    });
  }

  #append(events: readonly MigrationEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#events.push(...events);
    this.#end = last.id;
    const dropped = this.#events.splice(0, Math.max(0, this.#events.length - this.#maxKept));
    this.#begin = dropped.at(-1)?.id ?? this.#begin;
    for (const waiter of [...this.#waiting]) if (events.some(waiter.fits)) waiter.wake('events');
  }

  async #giveSignsOfLife(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#runtime.sleep(signOfLifeMs, signal);
      for (const waiter of [...this.#waiting]) waiter.wake('idle');
    }
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.#stopping.abort();
    for (const waiter of [...this.#waiting]) waiter.fail(error);
  }
}
