import { type Share, wholeShare } from '../domain/call-budget.ts';
import { counting, type ReplicaTimes, type Roster, replicaTimes, rosterOf, shareOf } from '../domain/replicas.ts';
import type { Runtime } from '../domain/runtime.ts';
import { type SharedSlowDowns, shifted } from '../domain/slow-downs.ts';
import type { Store } from '../domain/store.ts';
import type { EngineLog } from './context.ts';

/** What this process may use of the vendors' limits beside others on the same store. */
export interface Replicas {
  /** Null: it is not known, or this process does not count yet. */
  share(): Share | null;
  /** Resolves when the store was asked for the first time. */
  start(): Promise<void>;
  /** There are slow-downs that the others do not know yet: they are told soon. */
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
  /** What the vendors' client knows of throttling. */
  slowDowns(): SharedSlowDowns;
  readonly times?: ReplicaTimes;
}

const alone: Replicas = {
  share: () => wholeShare,
  start: async () => undefined,
  tellSoon: () => undefined,
  stop: async () => undefined,
};

/** Says to the others that this process is there, and keeps the list of who counts. On a store of one process there is nothing to say. */
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
      // The database's clock was read before the answer came: nobody goes by an end that is too early.
      const shift = runtime.monotonic() - list.now;
      shared.heard(list.slowDowns.map((each) => shifted(each, shift)));
      roster = rosterOf(list, askedAt, times);
      silent = false;
      // A change is noted when it comes, and not with the next call.
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
      // Calls that are throttled together are told together.
      if (soon) await runtime.sleep(times.tellMs, stopped.signal);
      soon = false;
      if (!stopped.signal.aborted) await beat();
    }
  }

  function share(): Share | null {
    const now = runtime.monotonic();
    const processes = counting(roster, now);
    if (processes === null) return null;
    // The first list of a process that counts alone follows nobody.
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
