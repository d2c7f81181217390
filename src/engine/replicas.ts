import { type Share, wholeShare } from '../domain/call-budget.ts';
import { counting, type ReplicaTimes, type Roster, replicaTimes, rosterOf, shareOf } from '../domain/replicas.ts';
import type { Runtime } from '../domain/runtime.ts';
import { type SharedSlowDowns, shifted } from '../domain/slow-downs.ts';
import type { Store } from '../domain/store.ts';
import type { EngineLog } from './context.ts';

/** This process's share of the vendors' limits among the processes on the same store. */
export interface Replicas {
  /** Null: the share is unknown, or this process does not count yet; then no call may be sent. */
  share(): Share | null;
  /** Resolves after the first heartbeat, successful or not. */
  start(): Promise<void>;
  /** Schedules the next heartbeat within `publishMs`, to share new slow-downs. */
  publishSoon(): void;
  /** Stops the heartbeats and leaves the list. Call it after the last call was sent. */
  stop(): Promise<void>;
}

/** The dependencies of the heartbeat. */
export interface ReplicasOptions {
  readonly store: Pick<Store, 'receivesNotifications' | 'beat' | 'part'>;
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>;
  /** Unique id of the process. */
  readonly id: string;
  readonly log: EngineLog;
  /** The vendor client's exchange of slow-downs. */
  slowDowns(): SharedSlowDowns;
  readonly times?: ReplicaTimes;
}

const alone: Replicas = {
  share: () => wholeShare,
  start: async () => undefined,
  publishSoon: () => undefined,
  stop: async () => undefined,
};

/** Creates the heartbeat of this process, which keeps the list of processes. Without effect on a store with a single process. */
export function createReplicas({
  store,
  runtime,
  id,
  log,
  slowDowns,
  times = replicaTimes,
}: ReplicasOptions): Replicas {
  if (store.receivesNotifications() === null) return alone;
  const stopped = new AbortController();
  let rest = new AbortController();
  let soon = false;
  let roster: Roster = { rows: [], until: Number.NEGATIVE_INFINITY };
  let known: { readonly processes: readonly string[]; readonly since: number } | null = null;
  let loop: Promise<void> = Promise.resolve();
  let silent = false;

  async function beat(): Promise<void> {
    const askedAt = runtime.monotonic();
    const shared = slowDowns();
    const unpublished = shared.unpublished();
    try {
      const counted = unpublished.map((each) => shifted(each, -askedAt));
      const list = await store.beat(id, runtime.now(), times, counted);
      shared.published(unpublished);
      // The database's clock was read before the response arrived, so this shift never makes a slow-down end too early.
      const shift = runtime.monotonic() - list.now;
      shared.received(list.slowDowns.map((each) => shifted(each, shift)));
      roster = rosterOf(list, askedAt, times);
      silent = false;
      // Notices a change of the processes now, not at the next call.
      share();
    } catch (error) {
      if (!silent)
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'this process’s share of the vendors’ rate limits cannot be refreshed',
        );
      silent = true;
    }
  }

  async function keepBeating(): Promise<void> {
    while (!stopped.signal.aborted) {
      rest = new AbortController();
      if (!soon) await runtime.sleep(times.beatMs, rest.signal);
      // A short wait gathers slow-downs that occur together.
      if (soon) await runtime.sleep(times.publishMs, stopped.signal);
      soon = false;
      if (!stopped.signal.aborted) await beat();
    }
  }

  function share(): Share | null {
    const now = runtime.monotonic();
    const processes = counting(roster, now);
    if (processes === null) return null;
    // If the first list has only this process, no calls under earlier shares can count.
    if (known === null) known = { processes, since: processes.length > 1 ? now : Number.NEGATIVE_INFINITY };
    else if (processes.join() !== known.processes.join()) known = { processes, since: now };
    return shareOf(id, known.processes, known.since);
  }

  return {
    share,
    async start() {
      await beat();
      loop = keepBeating();
    },
    publishSoon() {
      soon = true;
      rest.abort();
    },
    async stop() {
      stopped.abort();
      rest.abort();
      await loop;
      await store.part(id, runtime.now(), times).catch(() => undefined);
    },
  };
}
