import type { Webhook } from '../domain/webhook.ts';

/** Maximum number of concurrent attempts of this process. */
export const maxAtOnce = 200;
/** Maximum of one webhook, and of one origin, which may have several webhooks. */
export const maxPerWebhook = 8;
const maxPerOrigin = 16;
/** The maximums of receivers whose last attempt timed out. They are still tried, with little delay for others. */
const maxSilentPerWebhook = 1;
const maxSilentPerOrigin = 2;
/** Maximum number of webhooks and origins that are remembered as silent. */
const maxSilent = 10_000;

/** The keys under which a place counts. */
interface Places {
  readonly webhook: string;
  readonly origin: string;
  readonly caller: string;
}

/**
 * Divides the places for attempts, so that unresponsive receivers of one caller never take all places. A caller may have as many places as stay
 * free: one caller gets half of all, two get a third each, and there is always room for one more.
 */
export class Shares {
  readonly #taken = new Map<string, number>();
  readonly #silent = new Set<string>();
  #underWay = 0;

  /** Number of free places. */
  get free(): number {
    return maxAtOnce - this.#underWay;
  }

  /**
   * Returns the function that grants places in one claim: the number of deliveries for a webhook. Granted places count as taken within the claim.
   * Call it in the order in which deliveries became due.
   */
  forClaim(): (webhook: Webhook) => number {
    const granted = new Map<string, number>();
    let grantedInAll = 0;
    return (webhook) => {
      const { webhook: id, origin, caller } = placesOf(webhook);
      const of = (key: string): number => (this.#taken.get(key) ?? 0) + (granted.get(key) ?? 0);
      const free = this.free - grantedInAll;
      // Half of the difference, so that afterwards the caller's places and the free ones are equal in number.
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

  /** Whether there is a free place for another attempt at this webhook. */
  hasRoom(webhook: Webhook): boolean {
    return this.forClaim()(webhook) > 0;
  }

  /** Takes a place for an attempt. Returns the function that releases it. `silent`: no response came in time. */
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
