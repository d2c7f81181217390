import type { Runtime } from '../domain/runtime.ts';
import { type Store, StoreUnavailable } from '../domain/store.ts';
import type { WebhookTelemetry } from '../domain/telemetry.ts';
import type { ClaimedDelivery, Webhook, WebhookStore } from '../domain/webhook.ts';
import { cloudEvent } from './cloud-event.ts';
import type { GrantFault } from './grants.ts';
import { type PostContext, postSigned } from './post.ts';
import { type AttemptResult, outcomeOf } from './schedule.ts';
import { Shares } from './shares.ts';

/** Events that are taken up for one webhook at a time. */
const fanOutBatch = 100;
/** Changes of migrations come in swarms: they are waited for together. Milliseconds. */
const gatheringMs = 100;
/** The longest sleep between two looks at the store while there is a webhook, and while there is none. */
const watchingMs = 1000;
const idleMs = 5000;
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

/** The loop that makes deliveries of events and attempts those that are due. */
export function createDispatcher(context: DispatcherContext): Dispatcher {
  const { store, runtime, telemetry } = context;
  const attempts = new Set<Promise<void>>();
  const shares = new Shares();
  const stopping = new AbortController();
  let waking = new AbortController();
  let watching = false;
  let loop: Promise<void> = Promise.resolve();
  let stopListening = (): void => undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      const { signal } = waking;
      if (await takeUp()) continue;
      await runtime.sleep(gatheringMs, stopping.signal);
      await runtime.sleep(watching ? watchingMs : idleMs, AbortSignal.any([signal, stopping.signal]));
    }
  }

  /** Whether there is more to take up at once. */
  async function takeUp(): Promise<boolean> {
    try {
      const { enabled, more } = await store.fanOut(runtime.now(), fanOutBatch);
      watching = enabled;
      if (!enabled || shares.free === 0 || stopping.signal.aborted) return false;
      const claims = await store.claimDeliveries(runtime.now(), context.leaseMs, shares.free, shares.forClaim());
      for (const claim of claims) track(claim);
      return more;
    } catch (error) {
      report(error);
      return false;
    }
  }

  function track(claim: ClaimedDelivery): void {
    const leave = shares.enter(claim.webhook);
    let silent = false;
    const tracked = attempt(claim)
      .then((timedOut) => {
        silent = timedOut;
      })
      .catch(report)
      .finally(() => {
        attempts.delete(tracked);
        leave(silent);
        // What did not fit before may be waiting for the room.
        waking.abort();
      });
    attempts.add(tracked);
  }

  /** Whether no answer came in time. */
  async function attempt({ delivery, webhook }: ClaimedDelivery): Promise<boolean> {
    const startedAt = runtime.monotonic();
    const refused = context.grantFault(webhook, delivery.event.account);
    const result: AttemptResult =
      refused === null
        ? await postSigned(context, webhook, delivery.event.id, cloudEvent(delivery.event))
        : { status: null, error: `nothing is sent: ${refused}` };
    const durationMs = runtime.monotonic() - startedAt;
    const [byte = 0] = runtime.randomBytes(1);
    const outcome = outcomeOf(result, delivery.attempts, runtime.now(), byte / 255);
    await store.settleDelivery(delivery.id, delivery.attempts, outcome);
    const { state, error } = outcome;
    telemetry.attempted({ webhookId: webhook.id, deliveryId: delivery.id, outcome: toldAs[state], error, durationMs });
    if (outcome.status === 410) await store.updateWebhook(webhook.id, (current) => switchedOff(current, webhook));
    return result.status === null && result.timedOut === true;
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
        if (watching) waking.abort();
      });
      loop = Promise.all([run(), forgetOld()]).then(() => undefined);
    },
    wake() {
      waking.abort();
    },
    async stop(graceMs) {
      stopListening();
      stopping.abort();
      await loop;
      await Promise.race([Promise.all([...attempts]), runtime.sleep(graceMs)]);
    },
  };
}
