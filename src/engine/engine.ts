import { decide } from '../domain/decide.ts';
import { StoreUnavailable } from '../domain/store.ts';
import { advance, release } from './advance.ts';
import { type EngineContext, type Held, leaseOf } from './context.ts';
import { groupForObservation, observeGroup } from './observe.ts';

/** Claims of one round, and migrations worked on at once. */
const batch = 100;
/** The longest sleep between two looks at the store: another replica's work may have become due without a word. */
const idleMs = 1000;

/** The worker of one process. */
export interface Engine {
  /** Works until `stop`. */
  start(): void;
  /** Takes a migration that was just created or changed here and works on it at once. Resolves when it has to wait. */
  take(held: Held): Promise<void>;
  /** Claims nothing more, waits for what is under way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
  readonly draining: boolean;
}

/** The loop that claims what is due, advances it, and observes in groups. */
export function createEngine(context: EngineContext): Engine {
  const { store, runtime, settings, log } = context;
  const inFlight = new Map<string, Held>();
  const tasks = new Set<Promise<void>>();
  let draining = false;
  let wake = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  let stopListening = (): void => undefined;
  const isDraining = (): boolean => draining;

  function track(work: Promise<void>): Promise<void> {
    const tracked = work.catch((error: unknown) => reportError(error)).finally(() => tasks.delete(tracked));
    tasks.add(tracked);
    return tracked;
  }

  /** Works on a batch: everything is advanced, what has to be observed is observed in groups, and so on until all is at rest. */
  async function work(batchHeld: readonly Held[]): Promise<void> {
    for (const each of batchHeld) inFlight.set(each.migration.id, each);
    let current = batchHeld;
    try {
      while (current.length > 0) {
        const advanced = await Promise.all(current.map((each) => advanceSafely(each)));
        const toObserve = advanced.filter((each): each is Held => each !== null);
        if (draining) {
          await Promise.all(toObserve.map((each) => release(context, each)));
          return;
        }
        const observed = await Promise.all(
          groupForObservation(context, toObserve).map((group) => observeSafely(group)),
        );
        current = observed.flat();
      }
    } finally {
      for (const each of batchHeld) inFlight.delete(each.migration.id);
    }
  }

  async function advanceSafely(held: Held): Promise<Held | null> {
    try {
      const result = await advance(context, held, isDraining);
      return result.next === 'observe' ? result.held : null;
    } catch (error) {
      reportError(error, held.migration.id);
      return null;
    }
  }

  async function observeSafely(group: Parameters<typeof observeGroup>[1]): Promise<readonly Held[]> {
    try {
      return await observeGroup(context, group);
    } catch (error) {
      reportError(error, group.members[0]?.migration.id);
      return [];
    }
  }

  function reportError(error: unknown, migrationId?: string): void {
    const text =
      error instanceof StoreUnavailable
        ? 'the store is not available'
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    log.error(
      { ...(migrationId && { migrationId }), error: text },
      'work on a migration was interrupted; it is taken up again when its lease ends',
    );
  }

  async function claimLoop(): Promise<void> {
    while (!draining) {
      let claimed = 0;
      try {
        const claims = tasks.size < batch ? await store.claim(leaseOf(context), batch) : [];
        claimed = claims.length;
        const [toObserve, toAdvance] = partition(claims);
        // A slow call of one migration must not keep the others from being observed.
        if (toObserve.length > 0) track(work(toObserve));
        for (const each of toAdvance) track(work([each]));
      } catch (error) {
        reportError(error);
      }
      if (draining) return;
      if (claimed === batch) continue;
      wake = new AbortController();
      await runtime.sleep(await pauseMs(claimed), wake.signal);
    }
  }

  function partition(claims: readonly Held[]): [readonly Held[], readonly Held[]] {
    const observed = claims.filter(
      ({ migration }) => decide(migration, context.providers[migration.provider]).do === 'observe',
    );
    return [observed, claims.filter((each) => !observed.includes(each))];
  }

  async function pauseMs(claimed: number): Promise<number> {
    // A change that came in while claiming must not wait for the next full pause.
    const shortest = Math.min(settings.pollMinMs, 50);
    if (claimed > 0) return shortest;
    try {
      const due = await store.nextDue(runtime.now());
      return due === null ? idleMs : Math.min(Math.max(due - runtime.now(), shortest), idleMs);
    } catch {
      return idleMs;
    }
  }

  /** Long work keeps its lease. */
  async function heartbeat(): Promise<void> {
    while (!draining || tasks.size > 0) {
      await runtime.sleep(settings.leaseMs / 3, stopped.signal);
      if (stopped.signal.aborted) return;
      await Promise.all(
        [...inFlight.values()].map(({ migration, fence }) =>
          store
            .update(migration.id, () => null, { fence, renewLease: leaseOf(context) })
            .catch((error: unknown) => reportError(error, migration.id)),
        ),
      );
    }
  }
  const stopped = new AbortController();

  return {
    start() {
      stopListening = store.onChange(() => wake.abort());
      loop = claimLoop();
      track(heartbeat());
    },
    take: (held) => track(work([held])),
    async stop(graceMs) {
      draining = true;
      stopListening();
      wake.abort();
      await loop;
      stopped.abort();
      await Promise.race([Promise.all([...tasks]), runtime.sleep(graceMs)]);
    },
    get draining() {
      return draining;
    },
  };
}
