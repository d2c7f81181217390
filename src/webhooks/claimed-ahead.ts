import { putNewest } from '../domain/bounded-map.ts';
import type { ClaimedDelivery } from '../domain/webhook.ts';

/** Milliseconds of work to claim in advance for a receiver, at its own pace. */
const aheadMs = 250;
/** Maximum number of waiting deliveries, of one webhook and in total. */
const maxOfOne = 128;
const maxInAll = 2000;
/** Weight of the last attempt in the average duration of a receiver's attempts. */
const weight = 0.2;
/** Maximum number of webhooks whose pace is remembered. */
const maxKnown = 10_000;

interface Waiting {
  readonly claim: ClaimedDelivery;
  readonly since: number;
}

/**
 * Leased deliveries that wait for a free place. Only receivers that respond have any, so that their next attempt starts without a database
 * statement. The dispatcher releases deliveries that wait too long.
 */
export class ClaimedAhead {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #paces = new Map<string, number>();
  #size = 0;

  /** Number of waiting deliveries of the webhook. */
  held(webhookId: string): number {
    return this.#queues.get(webhookId)?.length ?? 0;
  }

  /** Number of deliveries that may be claimed in advance for the webhook, beyond its `atOnce` places. */
  room(webhookId: string, atOnce: number): number {
    const pace = this.#paces.get(webhookId);
    if (pace === undefined) return 0;
    const wanted = Math.min(maxOfOne, Math.floor((atOnce * aheadMs) / Math.max(1, pace)));
    return Math.max(0, Math.min(wanted - this.held(webhookId), maxInAll - this.#size));
  }

  /** Whether so few deliveries are waiting that more should be claimed. */
  runsLow(webhookId: string, atOnce: number): boolean {
    return this.room(webhookId, atOnce) >= this.held(webhookId);
  }

  /** Adds a leased delivery. `now`: monotonic milliseconds. */
  put(claim: ClaimedDelivery, now: number): void {
    const { id } = claim.webhook;
    const queue = this.#queues.get(id) ?? [];
    queue.push({ claim, since: now });
    this.#queues.set(id, queue);
    this.#size++;
  }

  /** The first waiting delivery of each webhook. The webhook that was served last comes last. */
  fronts(): readonly ClaimedDelivery[] {
    return [...this.#queues.values()].flatMap(([first]) => (first === undefined ? [] : [first.claim]));
  }

  /** Removes and returns the next waiting delivery of a webhook; undefined: there is none. */
  take(webhookId: string): ClaimedDelivery | undefined {
    const queue = this.#queues.get(webhookId);
    const next = queue?.shift();
    this.#queues.delete(webhookId);
    if (queue !== undefined && queue.length > 0) this.#queues.set(webhookId, queue);
    if (next !== undefined) this.#size--;
    return next?.claim;
  }

  /** Removes and returns the deliveries of one webhook, or of all, that were added before `before` (monotonic milliseconds; default: all). */
  takeBack(of: { readonly webhookId?: string; readonly before?: number }): readonly ClaimedDelivery[] {
    const { webhookId, before = Number.POSITIVE_INFINITY } = of;
    const taken: ClaimedDelivery[] = [];
    for (const [id, queue] of this.#queues) {
      if (webhookId !== undefined && id !== webhookId) continue;
      const kept = queue.filter(({ since }) => since >= before);
      taken.push(...queue.filter(({ since }) => since < before).map(({ claim }) => claim));
      if (kept.length > 0) this.#queues.set(id, kept);
      else this.#queues.delete(id);
    }
    this.#size -= taken.length;
    return taken;
  }

  /** Updates the pace after an attempt. `durationMs`: null without a response; then nothing is claimed in advance until the next response. */
  attempted(webhookId: string, durationMs: number | null): void {
    const known = this.#paces.get(webhookId);
    if (durationMs === null) this.#paces.delete(webhookId);
    else {
      const pace = known === undefined ? durationMs : known + (durationMs - known) * weight;
      putNewest(this.#paces, webhookId, pace, maxKnown);
    }
  }
}
