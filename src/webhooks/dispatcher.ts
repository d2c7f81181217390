import { joined } from '../domain/joined.ts';
import type { Runtime } from '../domain/runtime.ts';
import { type Store, StoreUnavailable } from '../domain/store.ts';
import type { WebhookTelemetry } from '../domain/telemetry.ts';
import type { ClaimedDelivery, SettledDelivery, Webhook, WebhookStore } from '../domain/webhook.ts';
import { ClaimedAhead } from './claimed-ahead.ts';
import { cloudEvent } from './cloud-event.ts';
import type { GrantFault } from './grants.ts';
import { type PostContext, postSigned } from './post.ts';
import { type AttemptResult, outcomeOf } from './schedule.ts';
import { maxPerWebhook, Shares } from './shares.ts';

/** Maximum number of events per webhook in one fan-out. */
const fanOutBatch = 200;
/** Milliseconds before the next fan-out, because changes of migrations come in bursts. */
const gatheringMs = 100;
/** Milliseconds before the next claim, because places become free one by one. */
const claimPauseMs = 10;
/** Maximum pause between two reads of the store in milliseconds, with and without an enabled webhook. */
const watchingMs = 1000;
const idleMs = 5000;
/**
 * Maximum wait of a leased delivery for a place, in milliseconds. Then it is released, because another process may have a place, and the
 * webhook may have changed.
 */
const maxHeldMs = 2000;
/** Maximum number of attempts that are open or whose result is not stored. From this number on nothing is claimed. */
const maxUnsettled = 1000;
/** Maximum number of results in one write. */
const settledAtOnce = 200;
const housekeepingMs = 3_600_000;
/** Milliseconds for which an ended delivery is kept. */
const keptMs = 7 * 24 * 3_600_000;

/** The dependencies of the dispatcher. */
export interface DispatcherContext extends PostContext {
  readonly store: WebhookStore & Pick<Store, 'onChange'>;
  readonly runtime: Runtime;
  /** Why an event may not be sent to a webhook; called before each attempt. */
  readonly grantFault: GrantFault;
  /** Duration of a delivery's lease in milliseconds. Longer than an attempt, because a delivery whose lease ends earlier is sent twice. */
  readonly leaseMs: number;
  readonly telemetry: WebhookTelemetry;
}

const toldAs = { delivered: 'delivered', pending: 'to_be_retried', failed: 'given_up' } as const;

/** Delivers events to receivers, each at least once. */
export interface Dispatcher {
  /** Starts the loops, which run until `stop`. */
  start(): void;
  /** Looks for events and due deliveries now. */
  wake(): void;
  /** Starts no further attempts, and waits at most `graceMs` milliseconds for open ones. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Creates the dispatcher. One loop makes deliveries of events, another claims due deliveries. When an attempt ends, the next claimed delivery
 * starts. Results are stored in batches.
 */
export function createDispatcher(context: DispatcherContext): Dispatcher {
  const { store, runtime, telemetry } = context;
  const attempts = new Set<Promise<void>>();
  const shares = new Shares();
  const ahead = new ClaimedAhead();
  const stopping = new AbortController();
  const settle = joined(
    async (settled: readonly SettledDelivery[]) => {
      await store.settleDeliveries(settled).catch((error: unknown) => {
        report(error);
        throw new NotSettled();
      });
      return settled.map(() => undefined);
    },
    { atOnce: 1, most: settledAtOnce },
  );
  let changing = new AbortController();
  let claiming = new AbortController();
  let watching = false;
  let beginning = false;
  let loop: Promise<void> = Promise.resolve();
  let stopListening = (): void => undefined;

  async function fanOutLoop(): Promise<void> {
    while (!stopping.signal.aborted) {
      changing = new AbortController();
      const { signal } = changing;
      const more = await fanOut();
      if (watching) claiming.abort();
      if (more) continue;
      await runtime.sleep(gatheringMs, stopping.signal);
      await runtime.sleep(watching ? watchingMs : idleMs, AbortSignal.any([signal, stopping.signal]));
    }
  }

  async function fanOut(): Promise<boolean> {
    try {
      const { enabled, more } = await store.fanOut(runtime.now(), fanOutBatch);
      watching = enabled;
      return more;
    } catch (error) {
      report(error);
      return false;
    }
  }

  async function claimLoop(): Promise<void> {
    while (!stopping.signal.aborted) {
      claiming = new AbortController();
      const { signal } = claiming;
      await claim();
      await runtime.sleep(claimPauseMs, stopping.signal);
      await runtime.sleep(watching ? watchingMs : idleMs, AbortSignal.any([signal, stopping.signal]));
    }
  }

  async function claim(): Promise<void> {
    if (!watching || stopping.signal.aborted || attempts.size >= maxUnsettled) return;
    const places = shares.forClaim();
    const roomOf = (webhook: Webhook): number => {
      const more = ahead.room(webhook.id, maxPerWebhook);
      return Math.max(0, places(webhook) - ahead.held(webhook.id)) + more;
    };
    try {
      const claims = await store.claimDeliveries(runtime.now(), context.leaseMs, maxUnsettled, roomOf);
      for (const each of claims) ahead.put(each, runtime.monotonic());
      begin();
    } catch (error) {
      report(error);
    }
  }

  /** Starts claimed deliveries that have a place, one per webhook in turn. */
  function begin(): void {
    beginning = false;
    if (stopping.signal.aborted) return;
    giveBack(ahead.takeBack({ before: runtime.monotonic() - maxHeldMs }));
    for (let begun = true; begun; ) {
      begun = false;
      for (const { webhook } of ahead.fronts()) {
        if (!shares.hasRoom(webhook)) continue;
        const next = ahead.take(webhook.id);
        if (next !== undefined) track(next);
        begun = true;
      }
    }
  }

  /** Starts deliveries once per turn of the event loop, because attempts often end together. */
  function beginSoon(): void {
    if (beginning) return;
    beginning = true;
    setImmediate(begin);
  }

  function giveBack(claims: readonly ClaimedDelivery[]): void {
    if (claims.length === 0) return;
    const given = store.releaseDeliveries(claims.map(({ delivery }) => delivery.id)).catch(report);
    const tracked = given.finally(() => attempts.delete(tracked));
    attempts.add(tracked);
  }

  function track(claimed: ClaimedDelivery): void {
    const tracked = attempt(claimed)
      .catch((error: unknown) => {
        if (!(error instanceof NotSettled)) report(error);
      })
      .finally(() => attempts.delete(tracked));
    attempts.add(tracked);
  }

  async function attempt({ delivery, webhook }: ClaimedDelivery): Promise<void> {
    const leave = shares.enter(webhook);
    const startedAt = runtime.monotonic();
    const refused = context.grantFault(webhook, delivery.event.account);
    const result: AttemptResult =
      refused === null
        ? await postSigned(context, webhook, delivery.event.id, cloudEvent(delivery.event))
        : { status: null, error: `nothing is sent: ${refused}` };
    const durationMs = runtime.monotonic() - startedAt;
    const silent = result.status === null && result.timedOut === true;
    leave(silent);
    ahead.attempted(webhook.id, result.status === null ? null : durationMs);
    // Waiting deliveries are released if the receiver did not respond or no longer wants any.
    if (result.status === null || result.status === 410) giveBack(ahead.takeBack({ webhookId: webhook.id }));
    if (ahead.runsLow(webhook.id, maxPerWebhook)) claiming.abort();
    beginSoon();
    const [byte = 0] = runtime.randomBytes(1);
    const outcome = outcomeOf(result, delivery.attempts, runtime.now(), byte / 255);
    await settle({ id: delivery.id, attempts: delivery.attempts, outcome });
    const { state, error } = outcome;
    telemetry.attempted({ webhookId: webhook.id, deliveryId: delivery.id, outcome: toldAs[state], error, durationMs });
    if (outcome.status === 410) await store.updateWebhook(webhook.id, (current) => switchedOff(current, webhook));
  }

  /** Disables the webhook after a response 410, unless a caller has changed it meanwhile. */
  function switchedOff(current: Webhook, called: Webhook): Webhook | null {
    if (!current.enabled || current.version !== called.version) return null;
    const disabledReason = 'The receiver answered 410 (Gone), which asks Godwit to stop sending.';
    return { ...current, enabled: false, disabledReason, updatedAt: runtime.now() };
  }

  async function forgetOld(): Promise<void> {
    while (!stopping.signal.aborted) {
      await store.forgetDeliveries(runtime.now() - keptMs).catch(report);
      await runtime.sleep(housekeepingMs, stopping.signal);
    }
  }

  function report(error: unknown): void {
    telemetry.interrupted(
      error instanceof StoreUnavailable ? `the store is unavailable: ${error.message}` : String(error),
    );
  }

  return {
    start() {
      stopListening = store.onChange(() => {
        if (watching) changing.abort();
      });
      loop = Promise.all([fanOutLoop(), claimLoop(), forgetOld()]).then(() => undefined);
    },
    wake() {
      changing.abort();
      claiming.abort();
    },
    async stop(graceMs) {
      stopListening();
      stopping.abort();
      await loop;
      giveBack(ahead.takeBack({}));
      await Promise.race([Promise.all([...attempts]), runtime.sleep(graceMs)]);
    },
  };
}

/** The results of a batch could not be stored. The failure is reported once for the batch. */
class NotSettled extends Error {}
