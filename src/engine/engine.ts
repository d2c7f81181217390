import { dueWorkOf } from '../domain/due-work.ts';
import type { Instant } from '../domain/migration.ts';
import type { Account } from '../domain/vendor.ts';
import { type EngineContext, type LeasedMigration, leaseOf } from './context.ts';
import { Places } from './places.ts';
import { apart, reportInterruption, workOn } from './work.ts';

/** The most claims of one kind in one round. */
const maxShare = 200;
/** Claims of one kind in the first round; while the store answers quickly each round may take twice as many as the one before. */
const firstShare = 10;
/** Minimum wait for a turn under an account's limit, in milliseconds. */
const minTurnMs = 10;
/** Maximum pause between two claims: another replica may make work due without a notification. */
const idleMs = 1000;

const keyLifeMs = 48 * 3_600_000;
const housekeepingMs = 3_600_000;
/** Vendor ids of removed migrations are kept for longer than any vendor is known to list its tasks (Alibaba: a week; the others name no end). */
const vendorIdLifeMs = 400 * 86_400_000;
/** Places of removed events are kept for longer than anybody stays away who follows events; after that they are told to read again. */
const removedEventLifeMs = 90 * 86_400_000;
/** Forgotten at once, so that no transaction is long. */
const forgottenAtOnce = 1000;
const portionPauseMs = 20;

/** The worker of one process. */
export interface Engine {
  /** Works until `stop`. */
  start(): void;
  /** Takes a migration that was just created or changed here and works on it at once. Resolves when it has to wait. */
  take(leased: LeasedMigration): Promise<void>;
  /** Whether a new migration of that account can be taken at once; else it waits in line, stored and leased by nobody. */
  admits(account: Account): boolean;
  /** Claims nothing more, and waits at most `graceMs` for the work in flight. */
  stop(graceMs: number): Promise<void>;
  readonly draining: boolean;
}

/** An engine that reports how busy it is. */
export interface CountedEngine extends Engine {
  /** Migrations that it works on now. */
  readonly inFlight: number;
  /** The clock has stepped: leases are renewed before anybody finds them ended, and the loop looks what is due. */
  clockStepped(): void;
}

/** The loop that claims what is due and works on it. */
export function createEngine(context: EngineContext): CountedEngine {
  const { store, runtime, settings } = context;
  const inFlight = new Set<LeasedMigration>();
  const places = new Places(context.accounts, context.client);
  const tasks = new Set<Promise<void>>();
  const stopped = new AbortController();
  let share = firstShare;
  let draining = false;
  let wake = new AbortController();
  /** While it sleeps: until when. While it claims: the earliest due time that it was notified of meanwhile. */
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

  /** Something can be claimed from then on. */
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
      if (claimed.more) continue;
      const pause = Math.min(await pauseMs(claimed.count), Math.max(places.nextTurnMs(), minTurnMs));
      const now = runtime.now();
      sleepsUntil = Math.min(now + pause, Math.max(toldOf, now));
      await runtime.sleep(sleepsUntil - now, wake.signal);
      sleepsUntil = null;
    }
  }

  async function claimDue(): Promise<{ readonly count: number; readonly more: boolean }> {
    const rooms = places.rooms(share);
    try {
      const lease = leaseOf(context);
      const claims = await store.claim(lease, rooms);
      // A store that is slow to hand out work is also slow to store its results; more work would outlast the leases.
      const slow = runtime.now() - lease.now > settings.leaseMs / 10;
      share = slow ? Math.ceil(share / 2) : Math.min(share * 2, maxShare);
      if (claims.length > 0) context.telemetry?.report({ event: 'claimed', count: claims.length });
      for (const part of apart(context, claims)) track(work(part));
      const counts = Map.groupBy(claims, ({ migration }) => `${migration.account}|${dueWorkOf(migration)}`);
      const more = places.claimed(rooms, ({ account, work }) => counts.get(`${account}|${work}`)?.length ?? 0);
      return { count: claims.length, more };
    } catch (error) {
      reportInterruption(context, error);
      return { count: 0, more: false };
    }
  }

  async function pauseMs(claimed: number): Promise<number> {
    // Polling every few seconds needs no exact claim; changes by callers wake the loop at once.
    const shortest = Math.min(settings.pollMinMs, Math.max(settings.pollMinMs / 25, 50));
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

  /** Idempotency keys are promised for a day and deleted after two. */
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

  /** Others have their turn between two portions. */
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
      // Asked for at once, so that the store has it before the next claim.
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
