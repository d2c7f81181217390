import type { Webhook } from '../domain/webhook.ts';

/** Deliveries attempted at once by this process. */
export const maxAtOnce = 200;
/** Maximum share of one webhook, and of one origin, which several webhooks may use. */
export const maxPerWebhook = 8;
const maxPerOrigin = 16;
/** The same for receivers whose last attempt timed out: they are still tried but delay hardly anybody. */
const maxSilentPerWebhook = 1;
const maxSilentPerOrigin = 2;
/** Maximum number of webhooks and origins remembered as silent. */
const maxSilent = 10_000;

/** The owners of the place that a delivery takes. */
interface Places {
  readonly webhook: string;
  readonly origin: string;
  readonly caller: string;
}

/**
 * Divides the places for attempts, so that one caller's hanging receivers never take those of others. A caller may hold as many places as
 * are free: one alone gets half of all, two get a third each, and there is always room for another.
 */
export class Shares {
  readonly #taken = new Map<string, number>();
  readonly #silent = new Set<string>();
  #underWay = 0;

  get free(): number {
    return maxAtOnce - this.#underWay;
  }

  /**
   * Number of deliveries that each webhook may get in one claim. Granted places count as taken within the claim. Called in the order in
   * which deliveries became due.
   */
  forClaim(): (webhook: Webhook) => number {
    const granted = new Map<string, number>();
    let grantedInAll = 0;
    return (webhook) => {
      const { webhook: id, origin, caller } = placesOf(webhook);
      const of = (key: string): number => (this.#taken.get(key) ?? 0) + (granted.get(key) ?? 0);
      const free = this.free - grantedInAll;
      // Half of the free places beyond the caller's own, so that its places and the free ones become equal.
      const share = Math.ceil((free - of(caller)) / 2);
      const room = Math.min(
        free,
        share,
        (this.#silent.has(id) ? maxSilentPerWebhook : maxPerWebhook) - of(id),
        (this.#silent.has(origin) ? maxSilentPerOrigin : maxPerOrigin) - of(origin),
      );
      if (room <= 0) return 0;
      for (const key of [id, origin, caller]) granted.set(key, (granted.get(key) ?? 0) + room);
      grantedInAll += room;
      return room;
    };
  }

  /** Whether there is a free place for another attempt at that webhook. */
  hasRoom(webhook: Webhook): boolean {
    return this.forClaim()(webhook) > 0;
  }

  /** Takes a place for an attempt. Returns the function that releases it; `silent`: no response came in time. */
  enter(webhook: Webhook): (silent: boolean) => void {
    const places = placesOf(webhook);
    const keys = [places.webhook, places.origin, places.caller];
    for (const key of keys) this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    this.#underWay++;
    return (silent) => {
      this.#underWay--;
      for (const key of keys) {
        const left = (this.#taken.get(key) ?? 1) - 1;
        if (left > 0) this.#taken.set(key, left);
        else this.#taken.delete(key);
      }
      for (const key of [places.webhook, places.origin]) {
        this.#silent.delete(key);
        if (silent) this.#silent.add(key);
      }
      const oldest = this.#silent.size > maxSilent ? this.#silent.values().next().value : undefined;
      if (oldest !== undefined) this.#silent.delete(oldest);
    };
  }
}

function placesOf({ id, url, caller }: Webhook): Places {
  const origin = URL.canParse(url.display) ? new URL(url.display).origin : url.display;
  return { webhook: `webhook ${id}`, origin: `origin ${origin}`, caller: `caller ${caller}` };
}
