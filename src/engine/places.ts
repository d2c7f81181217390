import type { DueWork } from '../domain/due-work.ts';
import type { ClaimRoom } from '../domain/store.ts';
import type { Account, VendorClient } from '../domain/vendor.ts';

/** Maximum number of migrations of one account in flight in this process, by their first need. Accounts do not share places. */
const placesOf: Readonly<Record<DueWork, number>> = { send: 32, reconcile: 16, observe: 200 };
/** The same for all unconfigured accounts together, whose migrations are only marked. */
const placesOfOthers = 20;
/** Claimed at a time while the vendor wants no calls: they record that and come back when the pause is over. */
const toldAtOnce = 20;
/** The shortest pause of a vendor that migrations record, in ms; a shorter one is over before the record is written. */
const worthTellingMs = 1000;

/** Counts the occupied places, and computes how many of each kind may be claimed. */
export class Places {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #client: Pick<VendorClient, 'outlook'>;
  readonly #taken = new Map<string, number>();
  /** Kinds whose last claim filled their room, or had no room. */
  readonly #crowded = new Set<string>();

  constructor(accounts: ReadonlyMap<string, Account>, client: Pick<VendorClient, 'outlook'>) {
    this.#accounts = accounts;
    this.#client = client;
  }

  /** Takes a place. Returns the function that releases it; true: others may be waiting for it. */
  enter(account: string, work: DueWork): () => boolean {
    const kind = this.#kind(account, work);
    this.#taken.set(kind, this.#takenOf(kind) + 1);
    return () => {
      this.#taken.set(kind, this.#takenOf(kind) - 1);
      return this.#crowded.has(kind);
    };
  }

  /** Whether a new migration of the account can start at once: a place and a turn are free and nobody waits for them. */
  admits({ name }: Account): boolean {
    const account = this.#accounts.get(name);
    return account !== undefined && !this.#crowded.has(this.#kind(name, 'send')) && this.#roomToSend(account) > 0;
  }

  /** What may be claimed now; `share` of each kind at most. Rooms without place are left out. */
  rooms(share: number): readonly ClaimRoom[] {
    const rooms: ClaimRoom[] = [];
    for (const account of this.#accounts.values()) {
      const { name } = account;
      rooms.push(
        { account: name, work: 'send', limit: this.#roomToSend(account) },
        { account: name, work: 'reconcile', limit: this.#free(name, 'reconcile') },
        { account: name, work: 'observe', limit: this.#free(name, 'observe') },
      );
    }
    const others = placesOfOthers - this.#takenOf('others');
    rooms.push({ account: { except: [...this.#accounts.keys()] }, limit: others });
    for (const { account, work, limit } of rooms)
      if (limit < 1 && typeof account === 'string' && work !== undefined) this.#crowded.add(this.#kind(account, work));
    return rooms
      .filter(({ limit }) => limit >= 1)
      .map((room) => ({ ...room, limit: Math.min(room.limit, Math.max(Math.floor(share), 1)) }));
  }

  /** Records the result of a claim: `count` by room. True: more can be claimed at once, because a filled room has grown or was shared. */
  claimed(rooms: readonly ClaimRoom[], count: (room: ClaimRoom) => number): boolean {
    let more = false;
    for (const room of rooms) {
      if (typeof room.account !== 'string' || room.work === undefined) continue;
      const kind = this.#kind(room.account, room.work);
      const full = count(room) >= room.limit;
      if (full) this.#crowded.add(kind);
      else this.#crowded.delete(kind);
      more ||= full && this.#room(room.account, room.work) > 0;
    }
    return more;
  }

  /** Milliseconds until an account gets a turn that migrations may be waiting for; infinite: none. */
  nextTurnMs(): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const account of this.#accounts.values()) {
      if (!this.#crowded.has(this.#kind(account.name, 'send'))) continue;
      const { room, waitMs } = this.#client.outlook(account);
      if (room < 1) soonest = Math.min(soonest, waitMs);
    }
    return soonest;
  }

  #room(name: string, work: DueWork): number {
    const account = this.#accounts.get(name);
    return work === 'send' && account !== undefined ? this.#roomToSend(account) : this.#free(name, work);
  }

  #roomToSend(account: Account): number {
    const { room, pauseLeftMs } = this.#client.outlook(account);
    return Math.min(this.#free(account.name, 'send'), pauseLeftMs > worthTellingMs ? toldAtOnce : room);
  }

  #free(account: string, work: DueWork): number {
    return placesOf[work] - this.#takenOf(this.#kind(account, work));
  }

  #takenOf(kind: string): number {
    return this.#taken.get(kind) ?? 0;
  }

  #kind(account: string, work: DueWork): string {
    return this.#accounts.has(account) ? `${account}|${work}` : 'others';
  }
}
