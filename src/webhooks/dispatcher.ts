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

/** Events that are taken up for one webhook at a time. */
const fanOutBatch = 200;
/** Changes of migrations come in swarms: they are waited for together. Milliseconds. */
const gatheringMs = 100;
/** Places become free one by one: so long they are waited for before more is claimed, in milliseconds. */
const claimPauseMs = 10;
/** The longest sleep between two looks at the store while there is a webhook, and while there is none. */
const watchingMs = 1000;
const idleMs = 5000;
/** What has waited here for a place for so long is given back, in milliseconds: another process may have one, and the webhook may have been changed. */
const maxHeldMs = 2000;
/** Attempts that have ended and are not written down yet: with more of them nothing is claimed. */
const maxUnsettled = 1000;
const settledAtOnce = 200;
const housekeepingMs = 3_600_000;
/** How long a delivery that has ended can be looked at. */
const keptMs = 7 * 24 * 3_600_000;

export interface DispatcherContext extends PostContext {
  readonly store: WebhookStore & Pick<Store, 'onChange'>;
  readonly runtime: Runtime;
  /** Asked before each attempt. */
  readonly grantFault: GrantFault;
  /** Longer than the sender's deadline: one that is taken again after it is sent twice. Milliseconds. */
  readonly leaseMs: number;
  readonly telemetry: WebhookTelemetry;
}

const toldAs = { delivered: 'delivered', pending: 'to_be_retried', failed: 'given_up' } as const;

/** Sends events to their receivers, at least once each. */
export interface Dispatcher {
  start(): void;
  /** There may be something to do. */
  wake(): void;
  /** Takes nothing more up, and waits for what is on its way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Two loops: one makes deliveries of events, the other claims those that are due. Whenever an attempt ends, the next one that is claimed already begins;
 * what came of attempts is written down for many together.
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

  /** Begins what has a place, one of each webhook in turn. */
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

  /** Those that end in one turn of the event loop make room together. */
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
    // Nothing more of what it has waiting here is sent to one that does not answer, or wants nothing.
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

  /** Nobody listens there: unless a caller has said something else about it meanwhile. */
  function switchedOff(current: Webhook, called: Webhook): Webhook | null {
    if (!current.enabled || current.version !== called.version) return null;
    const disabledReason = 'The receiver answered 410: it wants nothing more.';
    return { ...current, enabled: false, disabledReason, updatedAt: runtime.now() };
  }

  async function forgetOld(): Promise<void> {
    while (!stopping.signal.aborted) {
      await store.forgetDeliveries(runtime.now() - keptMs).catch(report);
      await runtime.sleep(housekeepingMs, stopping.signal);
    }
  }

  function report(error: unknown): void {
    telemetry.interrupted(error instanceof StoreUnavailable ? 'the store is not available' : String(error));
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

/** It has been reported, once for all that were to be written down together. */
class NotSettled extends Error {}
