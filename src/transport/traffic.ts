import { putNewest } from '../domain/bounded-map.ts';
import { type Share, wholeShare } from '../domain/call-budget.ts';
import { type CallLimits, limitOf, limitPerSecond } from '../domain/call-limits.ts';
import { storageService } from '../domain/object-store.ts';
import type { Runtime } from '../domain/runtime.ts';
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
import { CallGate, type WantedCall } from './call-gate.ts';
import { earn, fullBudget, type RetryBudget, spend } from './retry.ts';

/** Calls under way at once per account. What hangs takes the places of its own kind only. */
const maxConcurrent = { submission: 32, caller: 8, observation: 16 } as const;
/** Of one account at its object store; the strictest of the three takes 1,000 reads and 50 lists of one folder a second. */
const storageReadsPerSecond = 100;

/** Places whose breakers are remembered. */
const maxPlaces = 10_000;

type Kind = Pick<VendorRequest, 'effect' | 'service'>;
type Operation = Pick<VendorRequest, 'operation' | 'effect' | 'service'>;

/** The changing calls of a vendor's own service. */
const asWrite: Kind = { effect: 'write', service: '' };
const asRead: Kind = { effect: 'read', service: '' };

export interface TrafficOptions {
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>;
  /** The figures that an account's vendor publishes. */
  limitsOf(account: Account): CallLimits;
  /** The part of every limit that this process may use; null: it is not known, and nothing leaves. Default: all. */
  readonly share?: (() => Share | null) | undefined;
}

/** What this process knows of the traffic with each vendor: limits, pauses, outages, and the budget for tries that were not asked for. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #runtime: TrafficOptions['runtime'];
  readonly #gates = new Map<string, { readonly gate: CallGate; readonly account: Account }>();
  readonly #breakers = new Map<string, { breaker: Breaker; readonly account: Account; readonly region: string }>();
  readonly #budgets = new Map<string, RetryBudget>();
  readonly #draining = new AbortController();
  /** Gates of accounts as they were configured before: whoever waits there has his turn all the same. */
  readonly #retired: CallGate[] = [];

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#runtime = options.runtime;
  }

  /** Aborts when the process ends. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  drain(): void {
    this.#draining.abort();
    for (const { gate } of this.#gates.values()) gate.close();
    for (const gate of this.#retired) gate.close();
  }

  /** Forgets an account that is configured otherwise now, or not any more. */
  forget(name: string): void {
    for (const [key, { gate }] of this.#gates)
      if (key.startsWith(`${name}|`)) {
        this.#retired.push(gate);
        this.#gates.delete(key);
      }
    for (const key of this.#breakers.keys()) if (key.startsWith(`${name}|`)) this.#breakers.delete(key);
    this.#budgets.delete(name);
  }

  /** The gate that the calls of one kind of an account go through. */
  gate(account: Account, { effect, service }: Kind): CallGate {
    const storage = service === storageService;
    const key = `${account.name}|${storage ? service : effect}`;
    const known = this.#gates.get(key);
    if (known) return known.gate;
    const { readsPerSecond, writesPerSecond } = account.limits;
    const perSecond = storage ? storageReadsPerSecond : effect === 'read' ? readsPerSecond : writesPerSecond;
    const share = this.#options.share ?? (() => wholeShare);
    const gate = new CallGate({ limit: limitPerSecond(perSecond), maxConcurrent, share }, this.#runtime);
    this.#gates.set(key, { gate, account });
    return gate;
  }

  /** The call as its gate wants it: with the budget of its operation in its region. */
  wanted(account: Account, region: string, request: Operation, priority: CallPriority = 'submission'): WantedCall {
    if (request.service === storageService)
      return { priority, budget: `${region}|${storageService}`, limit: limitPerSecond(storageReadsPerSecond) };
    const { budget, limit } = limitOf(this.#options.limitsOf(account), account, request);
    return { priority, budget: `${region}|${budget}`, limit };
  }

  /** For how long the vendor is not called because it does not answer; 0: it is. */
  breakLeftMs(account: Account, region: string, kind: Kind): number {
    return breakLeftMs(this.#place(account, region, kind).breaker, kind.effect, this.#runtime.monotonic());
  }

  /** A call is about to leave. False: it may not, because the vendor does not answer and another call finds out whether it is back. */
  leaves(account: Account, region: string, kind: Kind): boolean {
    const place = this.#place(account, region, kind);
    const after = admitted(place.breaker, kind.effect, this.#runtime.monotonic());
    if (after !== null) place.breaker = after;
    return after !== null;
  }

  /** A call that left was answered, or not. Null: it succeeded. */
  returns(account: Account, region: string, request: Operation, failure: VendorFailure | null): void {
    const place = this.#place(account, region, request);
    place.breaker = afterCall(place.breaker, failure, this.#runtime.monotonic());
    if (failure?.kind === 'throttled')
      this.gate(account, request).throttled(this.wanted(account, region, request), failure.retryAfterMs ?? 0);
    if (failure === null) this.#budgets.set(account.name, earn(this.budget(account)));
  }

  budget({ name }: Account): RetryBudget {
    return this.#budgets.get(name) ?? fullBudget;
  }

  spendTry(account: Account): void {
    this.#budgets.set(account.name, spend(this.budget(account)));
  }

  /** Asks for the right to send a changing call now. */
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
    return {
      room: gate.available,
      waitMs: Math.max(gate.nextTurnMs, breakMs),
      readWaitMs: this.gate(account, asRead).waitOfAnyMs('caller'),
      pauseLeftMs: Math.max(gate.pauseLeftMs(), breakMs),
    };
  }

  /** See `VendorClient.slowedOperations`. */
  slowedOperations(): readonly SlowedOperation[] {
    const now = this.#runtime.now();
    return [...this.#gates.values()].flatMap(({ gate, account }) =>
      gate.heldBack.map(({ budget, speed, pauseLeftMs }) => {
        const [region = '', operation = ''] = budget.split('|');
        const pausedUntil = pauseLeftMs > 0 ? now + Math.ceil(pauseLeftMs) : null;
        return { provider: account.provider, account: account.name, region, operation, speed, pausedUntil };
      }),
    );
  }

  /** Where calls have been made, and whether they are made now. */
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

  /** Object stores are apart from the services that restore. */
  #place(account: Account, region: string, { service }: Kind) {
    const key = `${account.name}|${region}|${service === storageService ? service : ''}`;
    const known = this.#breakers.get(key);
    if (known) return known;
    const place = { breaker: closed, account, region };
    // Callers may name any region.
    putNewest(this.#breakers, key, place, maxPlaces);
    return place;
  }
}
