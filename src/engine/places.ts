import type { DueWork } from '../domain/due-work.ts';
import type { ClaimRoom } from '../domain/store.ts';
import type { Account, VendorClient } from '../domain/vendor.ts';

/** Maximum number of migrations of one account in progress in this process, by their first need. Accounts do not share places. */
const placesOf: Readonly<Record<DueWork, number>> = { send: 32, reconcile: 16, observe: 200 };
/** Maximum number for all unconfigured accounts together. Their migrations only get a reason. */
const placesOfOthers = 20;
/** Maximum number of claims during a vendor's pause. These migrations record the pause as their reason and wait for its end. */
const reportedAtOnce = 20;
/** Milliseconds of the shortest pause that migrations record. A shorter one ends before the record is written. */
const reportedPauseMs = 1000;

/** Counts the migrations in progress and computes how many of each kind may be claimed. A kind is an account and a first need. */
export class Places {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #client: Pick<VendorClient, 'outlook'>;
  readonly #taken = new Map<string, number>();
  /** Kinds whose last claim reached its limit, or that had no free place. Further due migrations may be waiting. */
  readonly #crowded = new Set<string>();

  constructor(accounts: ReadonlyMap<string, Account>, client: Pick<VendorClient, 'outlook'>) {
    this.#accounts = accounts;
    this.#client = client;
  }

  /** Takes a place. Returns the function that releases it, which returns true if migrations may be waiting for the place. */
  enter(account: string, work: DueWork): () => boolean {
    const kind = this.#kind(account, work);
    this.#taken.set(kind, this.#takenOf(kind) + 1);
    return () => {
      this.#taken.set(kind, this.#takenOf(kind) - 1);
      return this.#crowded.has(kind);
    };
  }

  /** Whether a new migration of the account can start at once: a place is free, the limit allows a call, and none is waiting. */
  admits({ name }: Account): boolean {
    const account = this.#accounts.get(name);
    return account !== undefined && !this.#crowded.has(this.#kind(name, 'send')) && this.#roomToSend(account) > 0;
  }

  /** The rooms to claim from now, with at most `share` migrations each. Rooms without a free place are left out. */
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

  /** Records the result of a claim. `count`: migrations per room. True: claim again at once, because a full room has places left. */
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

  /** Milliseconds until an account's limit allows a call that migrations may be waiting for; `Infinity`: none waits. */
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
    return Math.min(this.#free(account.name, 'send'), pauseLeftMs > reportedPauseMs ? reportedAtOnce : room);
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
