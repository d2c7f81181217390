import { putNewest } from '../domain/bounded-map.ts';
import { type Share, speedOf, wholeShare } from '../domain/call-budget.ts';
import { type CallLimit, type CallLimits, limitOf, limitPerSecond } from '../domain/call-limits.ts';
import { storageService } from '../domain/object-store.ts';
import type { Runtime } from '../domain/runtime.ts';
import { type SharedSlowDowns, type SlowDown, slowDownKey, together } from '../domain/slow-downs.ts';
import type {
  Account,
  Admission,
  CallPriority,
  Circuit,
  Outlook,
  SlowedOperation,
  VendorFailure,
  VendorRequest,
} from '../domain/vendor.ts';
import { admitted, afterCall, type Breaker, breakLeftMs, closed } from './breaker.ts';
import { CallGate, type HeldBack, maxPauseMs, type WantedCall } from './call-gate.ts';
import { earn, fullBudget, type RetryBudget, spend } from './retry.ts';

/** Maximum number of concurrent calls per gate, by priority. Calls that hang occupy the slots of their own priority only. */
const maxConcurrent = { submission: 32, caller: 8, observation: 16 } as const;
/**
 * Maximum reads per second of one account at its object store. The strictest of the three vendors allows 1,000 reads and 50 list calls of
 * one folder per second.
 */
const storageReadsPerSecond = 100;

/** Maximum number of remembered circuit breakers. */
const maxPlaces = 10_000;
/** Maximum number of remembered gates, including those of accounts that are no longer configured. */
const maxGates = 10_000;

type Kind = Pick<VendorRequest, 'effect' | 'service'>;
type Operation = Pick<VendorRequest, 'operation' | 'effect' | 'service'>;

/** Stands for the changing calls of a vendor's own service. */
const asWrite: Kind = { effect: 'write', service: '' };
const asRead: Kind = { effect: 'read', service: '' };

/** Dependencies of `Traffic`. */
export interface TrafficOptions {
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>;
  /** The limits that the account's vendor publishes. */
  limitsOf(account: Account): CallLimits;
  /** The share of every limit that this process may use; null: unknown, and no call is sent. Default: the whole limit. */
  readonly share?: (() => Share | null) | undefined;
  /** Called when a vendor has throttled a call. `slowDowns.unpublished` then holds a slow-down for the other processes. */
  readonly slowedDown?: (() => void) | undefined;
}

/** A gate, with the account whose calls pass it. */
interface GateOfAccount {
  readonly gate: CallGate;
  /** The current configuration of the account, or its last one. */
  account: Account;
  limit: CallLimit;
  configured: boolean;
}

/** The three gates of an account: changing calls, reads, and calls to the object store. */
type GateName = 'write' | 'read' | typeof storageService;

const gateName = ({ effect, service }: Kind): GateName => (service === storageService ? storageService : effect);

/** The limit of all calls of a gate together. */
function limitOfGate({ limits }: Account, gate: GateName): CallLimit {
  const ofVendor = gate === 'read' ? limits.readsPerSecond : limits.writesPerSecond;
  return limitPerSecond(gate === storageService ? storageReadsPerSecond : ofVendor);
}

/** The traffic state of this process for each vendor: call limits, pauses, circuit breakers and retry budgets. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #runtime: TrafficOptions['runtime'];
  readonly #gates = new Map<string, GateOfAccount>();
  readonly #breakers = new Map<string, { breaker: Breaker; readonly account: Account; readonly region: string }>();
  readonly #budgets = new Map<string, RetryBudget>();
  readonly #draining = new AbortController();
  /** Earlier configurations of accounts. */
  readonly #former = new WeakSet<Account>();
  #unpublished: readonly SlowDown[] = [];
  /** The slow-downs that other processes have reported, by `slowDownKey`. */
  #received: ReadonlyMap<string, SlowDown> = new Map();

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#runtime = options.runtime;
  }

  /** Aborts when the process shuts down. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  drain(): void {
    this.#draining.abort();
    for (const { gate } of this.#gates.values()) gate.close();
  }

  /**
   * Forgets the circuit breakers and the retry budget of an account whose configuration was changed or removed. The gates stay, because
   * earlier calls still count against the vendor's limits. Calls that wait for a turn keep their place.
   */
  forget(account: Account): void {
    const { name } = account;
    this.#former.add(account);
    for (const known of this.#gates.values()) if (known.account === account) known.configured = false;
    for (const key of this.#breakers.keys()) if (key.startsWith(`${name}|`)) this.#breakers.delete(key);
    this.#budgets.delete(name);
  }

  /** The gate for one kind of calls of an account. */
  gate(account: Account, kind: Kind): CallGate {
    const name = gateName(kind);
    const key = `${account.provider}|${account.name}|${name}`;
    const known = this.#gates.get(key);
    if (known === undefined) return this.#newGate(account, name, key);
    if (known.account !== account && !this.#former.has(account)) {
      known.account = account;
      known.limit = limitOfGate(account, name);
      known.configured = true;
    }
    return known.gate;
  }

  #newGate(account: Account, name: GateName, key: string): CallGate {
    const { provider } = account;
    const gate: CallGate = new CallGate(
      {
        limit: () => of.limit,
        maxConcurrent,
        share: this.#options.share ?? (() => wholeShare),
        slowness: (budget) =>
          this.#received.get(slowDownKey({ provider, account: account.name, gate: name, budget })) ?? null,
      },
      this.#runtime,
    );
    const of: GateOfAccount = {
      gate,
      account,
      limit: limitOfGate(account, name),
      configured: !this.#former.has(account),
    };
    putNewest(this.#gates, key, of, maxGates);
    return gate;
  }

  /** Adds priority, budget and limit to a call. The budget belongs to the operation in its region. */
  wanted(account: Account, region: string, request: Operation, priority: CallPriority = 'submission'): WantedCall {
    if (request.service === storageService)
      return { priority, budget: `${region}|${storageService}`, limit: limitPerSecond(storageReadsPerSecond) };
    const { budget, limit } = limitOf(this.#options.limitsOf(account), account, request);
    return { priority, budget: `${region}|${budget}`, limit };
  }

  /** Milliseconds until the circuit breaker admits a call; 0: it admits one now. */
  breakLeftMs(account: Account, region: string, kind: Kind): number {
    return breakLeftMs(this.#place(account, region, kind).breaker, kind.effect, this.#runtime.monotonic());
  }

  /**
   * Registers a call that is about to be sent. False: the circuit breaker is open, or another call is the probe, and the call must not be
   * sent.
   */
  leaves(account: Account, region: string, kind: Kind): boolean {
    const place = this.#place(account, region, kind);
    const after = admitted(place.breaker, kind.effect, this.#runtime.monotonic());
    if (after !== null) place.breaker = after;
    return after !== null;
  }

  /** Registers the result of a call that was sent at `leftAt` (monotonic milliseconds). `failure`: null for a successful call. */
  returns(account: Account, region: string, request: Operation, failure: VendorFailure | null, leftAt: number): void {
    const place = this.#place(account, region, request);
    place.breaker = afterCall(place.breaker, failure, this.#runtime.monotonic());
    if (failure?.kind === 'throttled') this.#throttled(account, region, request, failure.retryAfterMs ?? 0, leftAt);
    if (failure === null) this.#budgets.set(account.name, earn(this.budget(account)));
  }

  #throttled(account: Account, region: string, request: Operation, pauseMs: number, leftAt: number): void {
    const call = this.wanted(account, region, request);
    const { speed, slowedAt, pausedUntil } = this.gate(account, request).throttled(call, pauseMs, leftAt);
    const { provider, name } = account;
    const slowDown = { provider, account: name, gate: gateName(request), budget: call.budget };
    const now = this.#runtime.monotonic();
    this.#unpublished = together([...this.#unpublished, { ...slowDown, speed, slowedAt, pausedUntil }], now);
    this.#options.slowedDown?.();
  }

  /** The slow-downs that processes with shared limits exchange. */
  readonly slowDowns: SharedSlowDowns = {
    unpublished: () => this.#unpublished,
    published: (those) => {
      this.#unpublished = this.#unpublished.filter((each) => !those.includes(each));
    },
    received: (all) => {
      // Caps the times, so that a wrong clock of another process cannot prolong a pause.
      const latest = this.#runtime.monotonic() + maxPauseMs;
      const credible = all.map((each) => ({
        ...each,
        slowedAt: Math.min(each.slowedAt, latest),
        pausedUntil: Math.min(each.pausedUntil, latest),
      }));
      this.#received = new Map(credible.map((each) => [slowDownKey(each), each]));
      for (const each of credible)
        this.#gates.get(`${each.provider}|${each.account}|${each.gate}`)?.gate.slowDown(each.budget, each);
    },
  };

  budget({ name }: Account): RetryBudget {
    return this.#budgets.get(name) ?? fullBudget;
  }

  spendTry(account: Account): void {
    this.#budgets.set(account.name, spend(this.budget(account)));
  }

  /** Requests a permit to send a changing call now. */
  admit(account: Account, region: string, operation: string): Admission {
    const breakMs = this.breakLeftMs(account, region, asWrite);
    if (breakMs > 0) return { open: false, waitMs: breakMs, reason: 'outage' };
    const gate = this.gate(account, asWrite);
    const call = this.wanted(account, region, { ...asWrite, operation });
    const permit = this.draining.aborted ? null : gate.tryTake(call);
    if (permit !== null) return { open: true, permit };
    return { open: false, waitMs: gate.waitMs(call), reason: gate.pauseLeftMs(call) > 0 ? 'vendor' : 'limit' };
  }

  /** See `VendorClient.outlook`. */
  outlook(account: Account): Outlook {
    const gate = this.gate(account, asWrite);
    const breakMs = this.breakLeftMs(account, account.region, asWrite);
    const reads = this.gate(account, asRead);
    // Getters, because a caller needs only one or two of the values.
    return {
      get room() {
        return gate.available;
      },
      get waitMs() {
        return Math.max(gate.nextTurnMs, breakMs);
      },
      get readWaitMs() {
        return reads.waitOfAnyMs('caller');
      },
      get pauseLeftMs() {
        return Math.max(gate.pauseLeftMs(), breakMs);
      },
    };
  }

  /** See `VendorClient.slowedOperations`. */
  slowedOperations(): readonly SlowedOperation[] {
    const [now, wall] = [this.#runtime.monotonic(), this.#runtime.now()];
    const own = [...this.#gates].flatMap(
      ([
        key,
        {
          gate,
          account: { provider, name: account },
          configured,
        },
      ]) =>
        configured
          ? gate.heldBack.map((each): [string, SlowedOperation] => [
              `${key}|${each.budget}`,
              { provider, account, ...slowedAs(each, wall) },
            ])
          : [],
    );
    // Includes slow-downs of operations that only other processes have called.
    const received = [...this.#received].flatMap(([key, slowDown]): [string, SlowedOperation][] => {
      const { provider, account, gate, budget } = slowDown;
      const speed = speedOf(slowDown, now);
      if (speed >= 1 || this.#gates.get(`${provider}|${account}|${gate}`)?.configured === false) return [];
      const each = { budget, speed, pauseLeftMs: Math.max(slowDown.pausedUntil - now, 0) };
      return [[key, { provider, account, ...slowedAs(each, wall) }]];
    });
    return [...new Map([...received, ...own]).values()];
  }

  /** The circuit breakers of all places that were called. `retryAt`: wall-clock time of the next probe. */
  circuits(): readonly Circuit[] {
    const now = this.#runtime.monotonic();
    return [...this.#breakers.values()].map(({ breaker, account, region }) => ({
      provider: account.provider,
      account: account.name,
      region,
      state: breaker.state,
      retryAt: breaker.state === 'closed' ? null : this.#runtime.now() + Math.max(Math.ceil(breaker.until - now), 0),
    }));
  }

  /** The object store has a circuit breaker of its own, separate from the vendor's restore services. */
  #place(account: Account, region: string, { service }: Kind) {
    const key = `${account.name}|${region}|${service === storageService ? service : ''}`;
    const known = this.#breakers.get(key);
    if (known) return known;
    const place = { breaker: closed, account, region };
    // The bound is needed because callers may name any region.
    putNewest(this.#breakers, key, place, maxPlaces);
    return place;
  }
}

/** Converts a slow-down for display. `now`: wall-clock time. */
function slowedAs({ budget, speed, pauseLeftMs }: HeldBack, now: number) {
  const [region = '', operation = ''] = budget.split('|');
  return { region, operation, speed, pausedUntil: pauseLeftMs > 0 ? now + Math.ceil(pauseLeftMs) : null };
}
