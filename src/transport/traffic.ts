import { storageService } from '../domain/object-store.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Account, Admission, Circuit, Outlook, VendorFailure, VendorRequest } from '../domain/vendor.ts';
import { admitted, afterCall, type Breaker, breakLeftMs, closed } from './breaker.ts';
import { CallGate } from './call-gate.ts';
import { earn, fullBudget, type RetryBudget, spend } from './retry.ts';

/** Calls under way at once per account. What hangs takes the places of its own kind only. */
const maxConcurrent = { submission: 32, caller: 8, observation: 16 } as const;
/** Of one account at its object store; the strictest of the three takes 1,000 reads and 50 lists of one folder a second. */
const storageReadsPerSecond = 100;

/** Places whose breakers are remembered. */
const maxPlaces = 10_000;

type Kind = Pick<VendorRequest, 'effect' | 'service'>;

/** The changing calls of a vendor's own service. */
const asWrite: Kind = { effect: 'write', service: '' };
const asRead: Kind = { effect: 'read', service: '' };

/** What this process knows of the traffic with each vendor: limits, pauses, outages, and the budget for tries that were not asked for. */
export class Traffic {
  readonly #runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>;
  readonly #gates = new Map<string, CallGate>();
  readonly #breakers = new Map<string, { breaker: Breaker; readonly account: Account; readonly region: string }>();
  readonly #budgets = new Map<string, RetryBudget>();
  readonly #draining = new AbortController();

  constructor(runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>) {
    this.#runtime = runtime;
  }

  /** Aborts when the process ends. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  drain(): void {
    this.#draining.abort();
    for (const gate of this.#gates.values()) gate.close();
  }

  gate(account: Account, { effect, service }: Kind): CallGate {
    const storage = service === storageService;
    const key = `${account.name}|${storage ? service : effect}`;
    const known = this.#gates.get(key);
    if (known) return known;
    const { readsPerSecond, writesPerSecond } = account.limits;
    const perSecond = storage ? storageReadsPerSecond : effect === 'read' ? readsPerSecond : writesPerSecond;
    const gate = new CallGate({ perSecond, maxConcurrent }, this.#runtime);
    this.#gates.set(key, gate);
    return gate;
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
  returns(account: Account, region: string, kind: Kind, failure: VendorFailure | null): void {
    const place = this.#place(account, region, kind);
    place.breaker = afterCall(place.breaker, failure, this.#runtime.monotonic());
    if (failure?.kind === 'throttled') this.gate(account, kind).pause(failure.retryAfterMs ?? 0);
    if (failure === null) this.#budgets.set(account.name, earn(this.budget(account)));
  }

  budget({ name }: Account): RetryBudget {
    return this.#budgets.get(name) ?? fullBudget;
  }

  spendTry(account: Account): void {
    this.#budgets.set(account.name, spend(this.budget(account)));
  }

  /** Asks for the right to send one changing call now. */
  admit(account: Account, region: string): Admission {
    const breakMs = this.breakLeftMs(account, region, asWrite);
    if (breakMs > 0) return { open: false, waitMs: breakMs, reason: 'outage' };
    const gate = this.gate(account, asWrite);
    const permit = this.draining.aborted ? null : gate.tryTake('submission');
    if (permit !== null) return { open: true, permit };
    return { open: false, waitMs: gate.waitMs('submission'), reason: gate.pauseLeftMs > 0 ? 'vendor' : 'limit' };
  }

  /** See `VendorClient.outlook`. */
  outlook(account: Account): Outlook {
    const gate = this.gate(account, asWrite);
    const breakMs = this.breakLeftMs(account, account.region, asWrite);
    return {
      room: gate.available,
      waitMs: Math.max(gate.waitMs('submission'), breakMs),
      readWaitMs: this.gate(account, asRead).waitMs('caller'),
      pauseLeftMs: Math.max(gate.pauseLeftMs, breakMs),
    };
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
    const oldest = this.#breakers.size >= maxPlaces ? this.#breakers.keys().next().value : undefined;
    if (oldest !== undefined) this.#breakers.delete(oldest);
    this.#breakers.set(key, place);
    return place;
  }
}
