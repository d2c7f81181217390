import { dueWorkOf } from '../domain/due-work.ts';
import type { Instant } from '../domain/migration.ts';
import type { Account } from '../domain/vendor.ts';
import { type EngineContext, type LeasedMigration, leaseOf } from './context.ts';
import { Places } from './places.ts';
import { apart, reportInterruption, workOn } from './work.ts';

/** Maximum number of claims of one kind in one round. */
const maxShare = 200;
/** Maximum in the first round. It doubles with each round while the store responds quickly. */
const firstShare = 10;
/** Minimum wait until an account's limit allows a call, in milliseconds. */
const minTurnMs = 10;
/** Maximum pause between two claims in milliseconds: a notification from another replica may get lost. */
const idleMs = 1000;

/** Milliseconds until an idempotency key is deleted, and between two cleanups. */
const keyLifeMs = 48 * 3_600_000;
const housekeepingMs = 3_600_000;
/** Milliseconds for which vendor ids of deleted migrations are kept: longer than vendors list tasks (Alibaba: a week, others: not stated). */
const vendorIdLifeMs = 400 * 86_400_000;
/** Milliseconds for which positions of deleted events are kept. A reader that was away longer must start again. */
const removedEventLifeMs = 90 * 86_400_000;
/** Maximum number of rows deleted in one transaction, and the pause between two in milliseconds. */
const forgottenAtOnce = 250;
const portionPauseMs = 20;

/** The engine of one process. */
export interface Engine {
  /** Starts the loops, which run until `stop`. */
  start(): void;
  /** Works at once on a migration that was just created or changed by this process. Resolves when it has to wait or is finished. */
  take(leased: LeasedMigration): Promise<void>;
  /** Whether a new migration of the account can be worked on at once. Otherwise it is stored without a lease and waits for a claim. */
  admits(account: Account): boolean;
  /** Stops claiming, and waits at most `graceMs` milliseconds for work in progress. */
  stop(graceMs: number): Promise<void>;
  readonly draining: boolean;
}

/** An engine with a load figure. */
export interface CountedEngine extends Engine {
  /** Number of migrations in progress. */
  readonly inFlight: number;
  /** Call this after a step of the clock: it renews the leases before they appear to have ended, and wakes the claim loop. */
  clockStepped(): void;
}

/** Creates the engine, which claims due migrations and works on them. */
export function createEngine(context: EngineContext): CountedEngine {
  const { store, runtime, settings } = context;
  const inFlight = new Set<LeasedMigration>();
  const places = new Places(context.accounts, context.client);
  const tasks = new Set<Promise<void>>();
  const stopped = new AbortController();
  let share = firstShare;
  let draining = false;
  let wake = new AbortController();
  /** End of the current sleep; null while claiming. `toldOf`: the earliest due time that was notified meanwhile. */
  let sleepsUntil: number | null = null;
  let toldOf = Number.POSITIVE_INFINITY;
  let loop: Promise<void> = Promise.resolve();
  let stopListening = (): void => undefined;

  function track(work: Promise<void>): Promise<void> {
    const tracked = work
      .catch((error: unknown) => reportInterruption(context, error))
      .finally(() => tasks.delete(tracked));
    tasks.add(tracked);
    return tracked;
  }

  /** Wakes the claim loop for a migration that can be claimed at that time. */
  function wakeAt(claimableAt: Instant): void {
    if (sleepsUntil === null) toldOf = Math.min(toldOf, claimableAt);
    else if (claimableAt < sleepsUntil) wake.abort();
  }

  async function work(claims: readonly LeasedMigration[]): Promise<void> {
    const leased = claims.map((each) => ({ ...each, hold: { until: 0 } }));
    const leave = leased.map(({ migration }) => places.enter(migration.account, dueWorkOf(migration)));
    for (const each of leased) inFlight.add(each);
    try {
      await workOn(context, leased, () => draining);
    } finally {
      for (const each of leased) inFlight.delete(each);
      const waitedFor = leave.map((each) => each()).includes(true);
      if (waitedFor) wakeAt(runtime.now());
    }
  }

  async function claimLoop(): Promise<void> {
    while (!draining) {
      wake = new AbortController();
      toldOf = Number.POSITIVE_INFINITY;
      const claimed = await claimDue();
      if (draining) return;
      if (claimed?.more) continue;
      const pause =
        claimed === null
          ? idleMs
          : Math.min(pauseMs(claimed.count, claimed.due), Math.max(places.nextTurnMs(), minTurnMs));
      const now = runtime.now();
      sleepsUntil = Math.min(now + pause, Math.max(toldOf, now));
      await runtime.sleep(sleepsUntil - now, wake.signal);
      sleepsUntil = null;
    }
  }

  /** Claims due migrations and starts work on them. `due`: when the next one is due, or null. Returns null if the store fails. */
  async function claimDue(): Promise<{
    readonly count: number;
    readonly more: boolean;
    readonly due: Instant | null;
  } | null> {
    const rooms = places.rooms(share);
    try {
      const lease = leaseOf(context);
      // Usually nothing is due, and a claim runs one statement per account and kind of work.
      const due = await store.nextDue(lease.now);
      const claims = due === null || due > lease.now ? [] : await store.claim(lease, rooms);
      // A slow claim means a slow store. More work would outlast its leases while it waits for writes.
      const slow = runtime.now() - lease.now > settings.leaseMs / 10;
      share = slow ? Math.ceil(share / 2) : Math.min(share * 2, maxShare);
      if (claims.length > 0) context.telemetry?.report({ event: 'claimed', count: claims.length });
      for (const part of apart(context, claims)) track(work(part));
      const counts = Map.groupBy(claims, ({ migration }) => `${migration.account}|${dueWorkOf(migration)}`);
      const more = places.claimed(rooms, ({ account, work }) => counts.get(`${account}|${work}`)?.length ?? 0);
      return { count: claims.length, more, due };
    } catch (error) {
      reportInterruption(context, error);
      return null;
    }
  }

  function pauseMs(claimed: number, due: Instant | null): number {
    // Frequent polling needs no exact timing, because changes by callers wake the loop at once.
    const shortest = Math.min(settings.pollMinMs, Math.max(settings.pollMinMs / 25, 50));
    if (claimed > 0) return shortest;
    return due === null ? idleMs : Math.min(Math.max(due - runtime.now(), shortest), idleMs);
  }

  /** Renews the leases of long work. */
  async function heartbeat(): Promise<void> {
    while (!stopped.signal.aborted) {
      await runtime.sleep(settings.leaseMs / 3, stopped.signal);
      await renewLeases();
    }
  }

  async function renewLeases(): Promise<void> {
    const leased = [...inFlight];
    if (leased.length === 0) return;
    try {
      const lease = leaseOf(context);
      const renewed = await store.renewLeases(
        lease,
        leased.map(({ migration, fence }) => ({ id: migration.id, fence })),
      );
      for (const { migration, hold } of leased)
        if (hold !== undefined && renewed.has(migration.id)) hold.until = lease.now + lease.leaseMs;
    } catch (error) {
      reportInterruption(context, error);
    }
  }

  /** Deletes old records. The contract keeps idempotency keys for one day; they are deleted after two. */
  async function forgetWhatIsOld(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        const now = runtime.now();
        await inPortions((limit) => store.expireIdempotencyKeys(now - keyLifeMs, limit));
        await inPortions((limit) => store.forgetVendorIds(now - vendorIdLifeMs, limit));
        await inPortions((limit) => store.forgetRemovedEvents(now - removedEventLifeMs, limit));
      } catch (error) {
        reportInterruption(context, error);
      }
      await runtime.sleep(housekeepingMs, stopped.signal);
    }
  }

  /** Deletes in portions, with pauses in which other transactions can run. */
  async function inPortions(forget: (limit: number) => Promise<number>): Promise<void> {
    while (!stopped.signal.aborted && (await forget(forgottenAtOnce)) >= forgottenAtOnce)
      await runtime.sleep(portionPauseMs, stopped.signal);
  }

  return {
    start() {
      stopListening = store.onChange((_id, claimableAt) => {
        if (claimableAt !== null) wakeAt(claimableAt);
      });
      loop = Promise.all([claimLoop(), heartbeat(), forgetWhatIsOld()]).then(() => undefined);
    },
    take: (leased) => track(work([leased])),
    admits: (account) => places.admits(account),
    async stop(graceMs) {
      draining = true;
      stopListening();
      wake.abort();
      await Promise.race([Promise.all([...tasks]), runtime.sleep(graceMs)]);
      stopped.abort();
      await loop;
    },
    clockStepped() {
      // At once, so that the renewal reaches the store before the next claim.
      void renewLeases();
      wake.abort();
    },
    get draining() {
      return draining;
    },
    get inFlight() {
      return inFlight.size;
    },
  };
}
