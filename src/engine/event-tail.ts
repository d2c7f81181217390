import type { MigrationEvent } from '../domain/event.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Store } from '../domain/store.ts';

/** At most so many events are read at once. */
const batchSize = 500;
/** A reader for whom nothing comes is woken after that time, in milliseconds: shorter than the idle time of common proxies. */
const signOfLifeMs = 15_000;
/** Of many readers each costs a write per batch: events of this time are told together, in milliseconds for each reader and at most. */
const gatheringMsPerReader = 0.5;
const maxGatheringMs = 250;

/** `events`: there are some for this reader. `idle`: nothing has come for a while. `ended`: the reader’s signal. */
export type Woken = 'events' | 'idle' | 'ended';

interface Waiter {
  readonly fits: (event: MigrationEvent) => boolean;
  readonly wake: (as: Woken) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The end of the event log, read once for all readers of this process. It runs until the last reader leaves or the store fails; then it is not used
 * again. Places are event ids, which sort as events were appended; the empty text stands before the first.
 */
export class EventTail {
  readonly #store: Pick<Store, 'events' | 'latestEvent' | 'onChange'>;
  readonly #runtime: Pick<Runtime, 'sleep'>;
  readonly #maxKept: number;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<Waiter>();
  readonly #started: Promise<void>;
  #events: MigrationEvent[] = [];
  /** All events after it, up to `end`, are at hand. */
  #begin = '';
  #end = '';
  #changed = false;
  #hear: () => void = () => undefined;
  #failure: { readonly error: unknown } | null = null;
  #readers = 0;

  /** `maxKept`: so many of the newest events are at hand for readers. */
  constructor(
    store: Pick<Store, 'events' | 'latestEvent' | 'onChange'>,
    runtime: Pick<Runtime, 'sleep'>,
    maxKept: number,
  ) {
    this.#maxKept = maxKept;
    this.#store = store;
    this.#runtime = runtime;
    // The listener stands before the first read, so nothing falls between reading and waiting.
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

  /** Whether it can be joined. */
  get runs(): boolean {
    return this.#failure === null && !this.#stopping.signal.aborted;
  }

  /** The place up to which events have been read. */
  get end(): string {
    return this.#end;
  }

  /** Counts a reader in, and resolves when the tail has a place. Rejects with `StoreUnavailable`. */
  async join(): Promise<void> {
    this.#readers++;
    await this.#started;
  }

  leave(): void {
    this.#readers--;
    if (this.#readers > 0) return;
    this.#stopping.abort();
    this.#hear();
  }

  /** Whether every event after that place that has been read is at hand. */
  covers(place: string): boolean {
    return place >= this.#begin;
  }

  /** The events after a place that is covered. */
  after(place: string): readonly MigrationEvent[] {
    return this.#events.slice(this.#events.findLastIndex(({ id }) => id <= place) + 1);
  }

  /** Waits for events that fit, or for a reason to go on without. `end` of the reader: `ended`. Rejects when the store has failed. */
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

  /** Resolves when something has changed since the last read began, or when all is over. */
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
