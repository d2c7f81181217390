import { putNewest } from '../domain/bounded-map.ts';
import {
  type Asked,
  available,
  type CallBudget,
  fullBudget,
  nextAt,
  restored,
  type Share,
  type Slowness,
  slower,
  speedOf,
  spent,
  throttled,
} from '../domain/call-budget.ts';
import type { CallLimit } from '../domain/call-limits.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { CallPriority, Permit } from '../domain/vendor.ts';

/** Priorities of calls, the most urgent first. */
const priorities: readonly CallPriority[] = ['submission', 'caller', 'observation'];
/** Every fifth permit goes to the call that has waited longest, so that urgent calls cannot starve observations. */
const turnOfTheLast = 5;
/** Maximum pause of an operation after a throttled call, in milliseconds. A vendor that needs a longer pause throttles again. */
export const maxPauseMs = 2 * 60_000;
/** Maximum number of remembered budgets. Callers may name any region, so the number of budgets has no natural bound. */
const maxBudgets = 1000;

/** A call that needs a permit: its priority and the budget of its operation. The gate's own budget applies in addition. */
export interface WantedCall {
  readonly priority: CallPriority;
  /** Name of the budget. Calls of one operation in one region share a budget. */
  readonly budget: string;
  readonly limit: CallLimit;
}

interface Waiter extends WantedCall {
  readonly since: number;
  readonly deadline: number;
  resolve(permit: Permit | null): void;
}

/** Settings of a `CallGate`. */
export interface GateSettings {
  /** The limit of all calls of the gate together. */
  limit(): CallLimit;
  /** Maximum number of concurrent calls by priority. */
  readonly maxConcurrent: Readonly<Record<CallPriority, number>>;
  /** The share of every limit that this process may use; null: unknown, and no call is permitted. */
  share(): Share | null;
  /** The slow-down of a budget that this gate uses for the first time; null: none is known. */
  slowness?(budget: string): Slowness | null;
}

/** A budget that the vendor has slowed down. */
export interface HeldBack {
  readonly budget: string;
  /** The fraction of the limit in use, from 0 to 1. */
  readonly speed: number;
  /** Remaining pause in milliseconds. */
  readonly pauseLeftMs: number;
}

type GateRuntime = Pick<Runtime, 'now' | 'monotonic' | 'sleep'>;

/**
 * Grants permits for the calls of one account. A call must fit the account's limit and the limit of its operation, and the most urgent call
 * is served first. Each priority has its own maximum number of concurrent calls, so that calls that hang occupy the slots of their own
 * priority only.
 */
export class CallGate {
  readonly #settings: GateSettings;
  readonly #runtime: GateRuntime;
  readonly #underWay: Record<CallPriority, number> = { submission: 0, caller: 0, observation: 0 };
  readonly #budgets = new Map<string, { limit: CallLimit; budget: CallBudget }>();
  #all: CallBudget = fullBudget;
  #waiters: Waiter[] = [];
  #given = 0;
  #asked = 0;
  #timer: AbortController | null = null;
  #timerAt: number = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(settings: GateSettings, runtime: GateRuntime) {
    this.#settings = settings;
    this.#runtime = runtime;
  }

  /** Returns a permit if one is available and no equally or more urgent call waits for it. Otherwise returns null. */
  tryTake(call: WantedCall): Permit | null {
    if (this.#closed || this.#able().some((each) => !isBehind(each.priority, call.priority))) return null;
    return this.#permit(call);
  }

  /** Waits for a permit. Resolves to null if the wait would exceed `maxWaitMs` (milliseconds) or if the gate is closed. */
  take(call: WantedCall, maxWaitMs = Number.POSITIVE_INFINITY): Promise<Permit | null> {
    const permit = this.tryTake(call);
    if (permit !== null) return Promise.resolve(permit);
    if (this.#closed || this.waitMs(call) > maxWaitMs) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiters.push({
        ...call,
        since: this.#asked++,
        deadline: this.#runtime.monotonic() + maxWaitMs,
        resolve,
      });
      this.#wakeAtNext();
    });
  }

  /** Milliseconds until this call could get a permit. Considers rate limits and waiting calls, not concurrency. */
  waitMs(call: WantedCall): number {
    const ahead = this.#waiters.filter((each) => !isBehind(each.priority, call.priority));
    const same = ahead.filter(({ budget }) => budget === call.budget).length;
    const now = this.#runtime.monotonic();
    return this.#nextAt(call, ahead.length, same, now) - now;
  }

  /** Like `waitMs`, for any call of this priority whose own budget is not exhausted. */
  waitOfAnyMs(priority: CallPriority): number {
    const ahead = this.#waiters.filter((each) => !isBehind(each.priority, priority)).length;
    const now = this.#runtime.monotonic();
    return nextAt(this.#all, this.#ask(this.#settings.limit(), now), ahead) - now;
  }

  /** The number of calls of any operation that could be sent now. The scarcest of the budgets in use determines it. */
  get available(): number {
    if (this.#closed) return 0;
    const asked = this.#ask(this.#settings.limit());
    let least = available(this.#all, asked);
    for (const { limit, budget } of this.#budgets.values()) least = available(budget, { ...asked, limit }, least);
    return Math.max(least - this.#waiters.length, 0);
  }

  /** Milliseconds until `available` is at least 1; 0: it is now. */
  get nextTurnMs(): number {
    const asked = this.#ask(this.#settings.limit());
    let turn = nextAt(this.#all, asked, this.#waiters.length);
    for (const { limit, budget } of this.#budgets.values()) turn = Math.max(turn, nextAt(budget, { ...asked, limit }));
    return turn - asked.now;
  }

  /**
   * Records that the vendor throttled a call and returns the budget's slow-down. `ms`: the requested pause in milliseconds, of which at
   * most `maxPauseMs` is applied. `leftAt`: monotonic time at which the call was sent. The budget's speed decreases and recovers with time.
   */
  throttled(call: WantedCall, ms: number, leftAt: number = this.#runtime.monotonic()): Slowness {
    const known = this.#budget(call);
    known.budget = throttled(known.budget, Math.min(ms, maxPauseMs), this.#runtime.monotonic(), leftAt);
    return known.budget;
  }

  /** Applies a slow-down that another process received from the vendor. */
  slowDown(budget: string, slowness: Slowness): void {
    const known = this.#budgets.get(budget);
    if (known !== undefined) known.budget = { ...known.budget, ...slower(known.budget, slowness) };
  }

  /** Remaining pause of the call's budget, in milliseconds; 0: none. Without `call`, the longest pause of all budgets. */
  pauseLeftMs(call?: WantedCall): number {
    let until = call === undefined ? Number.NEGATIVE_INFINITY : this.#budget(call).budget.pausedUntil;
    if (call === undefined)
      for (const { budget } of this.#budgets.values()) until = Math.max(until, budget.pausedUntil);
    return Math.max(0, until - this.#runtime.monotonic());
  }

  /** The budgets that the vendor has slowed down. */
  get heldBack(): readonly HeldBack[] {
    const now = this.#runtime.monotonic();
    return [...this.#budgets].flatMap(([name, { budget }]) => {
      const speed = speedOf(budget, now);
      return speed < 1 ? [{ budget: name, speed, pauseLeftMs: Math.max(budget.pausedUntil - now, 0) }] : [];
    });
  }

  /** Grants no further permits. Every waiting call resolves to null. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.resolve(null);
    this.#waiters = [];
    this.#timer?.abort();
  }

  #ask(limit: CallLimit, now = this.#runtime.monotonic()): Asked {
    return { limit, share: this.#settings.share(), now, wall: this.#runtime.now() };
  }

  /** Time (monotonic) at which the gate's budget and the call's own budget both allow the call. */
  #nextAt(call: WantedCall, ahead = 0, same = 0, now = this.#runtime.monotonic()): number {
    const own = nextAt(this.#budget(call).budget, this.#ask(call.limit, now), same);
    return Math.max(nextAt(this.#all, this.#ask(this.#settings.limit(), now), ahead), own);
  }

  #budget({ budget: name, limit }: WantedCall): { limit: CallLimit; budget: CallBudget } {
    const known = this.#budgets.get(name);
    if (known !== undefined) {
      known.limit = limit;
      return known;
    }
    const begun = { limit, budget: { ...fullBudget, ...this.#settings.slowness?.(name) } };
    putNewest(this.#budgets, name, begun, maxBudgets);
    return begun;
  }

  #permit(call: WantedCall): Permit | null {
    const { priority } = call;
    if (this.#underWay[priority] >= this.#settings.maxConcurrent[priority]) return null;
    const ofAll = this.#ask(this.#settings.limit());
    const ofCall = { ...ofAll, limit: call.limit };
    const at = ofAll.now;
    const own = this.#budget(call);
    if (nextAt(own.budget, ofCall) > at || nextAt(this.#all, ofAll) > at) return null;
    this.#all = spent(this.#all, ofAll);
    own.budget = spent(own.budget, ofCall);
    this.#given++;
    this.#underWay[priority]++;
    let held = true;
    const release = (used: boolean): void => {
      if (!held) return;
      held = false;
      this.#underWay[priority]--;
      if (!used) {
        this.#all = restored(this.#all, at);
        own.budget = restored(own.budget, at);
      }
      this.#serve();
    };
    return { release: () => release(true), giveBack: () => release(false) };
  }

  #serve(): void {
    if (this.#waiters.length === 0) return;
    const now = this.#runtime.monotonic();
    const late = this.#waiters.filter((each) => each.deadline < now);
    this.#waiters = this.#waiters.filter((each) => each.deadline >= now);
    for (const waiter of late) waiter.resolve(null);
    for (;;) {
      const next = this.#next();
      const permit = next === undefined ? null : this.#permit(next);
      if (next === undefined || permit === null) break;
      this.#waiters = this.#waiters.filter((each) => each !== next);
      next.resolve(permit);
    }
    this.#wakeAtNext();
  }

  /**
   * The next call to serve: the most urgent one, or, at every fifth permit, the one that has waited longest. Skips calls without a free
   * slot or with an exhausted budget.
   */
  #next(): Waiter | undefined {
    const able = this.#able();
    if (this.#given % turnOfTheLast === turnOfTheLast - 1) return able.sort((one, other) => one.since - other.since)[0];
    return priorities.flatMap((priority) => able.filter((each) => each.priority === priority))[0];
  }

  /** Waiting calls with a free slot and a budget that allows a call now. */
  #able(): Waiter[] {
    if (this.#waiters.length === 0) return [];
    const now = this.#runtime.monotonic();
    const open = new Map<string, boolean>();
    return this.#placed().filter((each) => {
      const known = open.get(each.budget) ?? nextAt(this.#budget(each).budget, this.#ask(each.limit, now)) <= now;
      open.set(each.budget, known);
      return known;
    });
  }

  /** Waiting calls with a free slot. */
  #placed(): Waiter[] {
    const { maxConcurrent } = this.#settings;
    return this.#waiters.filter(({ priority }) => this.#underWay[priority] < maxConcurrent[priority]);
  }

  #wakeAtNext(): void {
    if (this.#waiters.length === 0 || this.#closed) return;
    const now = this.#runtime.monotonic();
    const deadline = Math.min(...this.#waiters.map((each) => each.deadline)) + 1;
    // If all slots are taken, the next permit depends on a released slot, and no timer is needed.
    const budgets = new Map(this.#placed().map((each) => [each.budget, each]));
    const turn = Math.min(...[...budgets.values()].map((each) => this.#nextAt(each)));
    const at = Math.min(deadline, turn);
    if (!Number.isFinite(at) || (this.#timer !== null && this.#timerAt <= at)) return;
    this.#timer?.abort();
    const timer = new AbortController();
    this.#timer = timer;
    this.#timerAt = at;
    void this.#runtime.sleep(Math.max(Math.ceil(at - now), 0), timer.signal).then(() => {
      if (timer.signal.aborted) return;
      this.#timer = null;
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#serve();
    });
  }
}

function isBehind(one: CallPriority, other: CallPriority): boolean {
  return priorities.indexOf(one) > priorities.indexOf(other);
}
