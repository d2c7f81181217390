import { type Share, wholeShare } from '../domain/call-budget.ts';
import { counting, type ReplicaTimes, type Roster, replicaTimes, rosterOf, shareOf } from '../domain/replicas.ts';
import type { Runtime } from '../domain/runtime.ts';
import { type SharedSlowDowns, shifted } from '../domain/slow-downs.ts';
import type { Store } from '../domain/store.ts';
import type { EngineLog } from './context.ts';

/** This process's share of the vendors' limits among processes on the same store. */
export interface Replicas {
  /** Null: unknown, or this process does not count yet. */
  share(): Share | null;
  /** Resolves after the first answer of the store. */
  start(): Promise<void>;
  /** Signals that there are slow-downs to share; they are sent soon. */
  tellSoon(): void;
  /** After the last call has left. */
  stop(): Promise<void>;
}

export interface ReplicasOptions {
  readonly store: Pick<Store, 'hearsOthers' | 'beat' | 'part'>;
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>;
  /** Unique per process. */
  readonly id: string;
  readonly log: EngineLog;
  /** The vendor client's knowledge of throttling. */
  slowDowns(): SharedSlowDowns;
  readonly times?: ReplicaTimes;
}

const alone: Replicas = {
  share: () => wholeShare,
  start: async () => undefined,
  tellSoon: () => undefined,
  stop: async () => undefined,
};

/** Reports that this process is alive and keeps the list of counting processes. Does nothing on a store of one process. */
export function createReplicas({
  store,
  runtime,
  id,
  log,
  slowDowns,
  times = replicaTimes,
}: ReplicasOptions): Replicas {
  if (store.hearsOthers() === null) return alone;
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
    const untold = shared.untold();
    try {
      const counted = untold.map((each) => shifted(each, -askedAt));
      const list = await store.beat(id, runtime.now(), times, counted);
      shared.told(untold);
      // The database's clock was read before the answer arrived, so no end is assumed too early.
      const shift = runtime.monotonic() - list.now;
      shared.heard(list.slowDowns.map((each) => shifted(each, shift)));
      roster = rosterOf(list, askedAt, times);
      silent = false;
      // A change is recorded when it arrives, not at the next call.
      share();
    } catch (error) {
      if (!silent)
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'share of the vendors’ limits not known',
        );
      silent = true;
    }
  }

  async function keepBeating(): Promise<void> {
    while (!stopped.signal.aborted) {
      rest = new AbortController();
      if (!soon) await runtime.sleep(times.beatMs, rest.signal);
      // Slow-downs that occur together are sent together.
      if (soon) await runtime.sleep(times.tellMs, stopped.signal);
      soon = false;
      if (!stopped.signal.aborted) await beat();
    }
  }

  function share(): Share | null {
    const now = runtime.monotonic();
    const processes = counting(roster, now);
    if (processes === null) return null;
    // The first list of a process that counts alone follows no other.
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
    tellSoon() {
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
