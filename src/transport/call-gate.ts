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

/** Most urgent first. */
const priorities: readonly CallPriority[] = ['submission', 'caller', 'observation'];
/** One in this many calls goes to the longest waiting one, so that a busy caller cannot block observations. */
const turnOfTheLast = 5;
/** Maximum pause of an operation by a vendor's answer, in milliseconds; the vendor repeats a longer one. */
export const maxPauseMs = 2 * 60_000;
/** Maximum number of remembered budgets, because callers may name any region. */
const maxBudgets = 1000;

/** A call that waits to be sent: its urgency and its operation's budget, beside the gate's own. */
export interface WantedCall {
  readonly priority: CallPriority;
  /** Name of the budget; calls of one operation in one region share it. */
  readonly budget: string;
  readonly limit: CallLimit;
}

interface Waiter extends WantedCall {
  readonly since: number;
  readonly deadline: number;
  resolve(permit: Permit | null): void;
}

export interface GateSettings {
  /** Limit of all calls of the gate together. */
  limit(): CallLimit;
  /** Maximum number of concurrent calls per priority. */
  readonly maxConcurrent: Readonly<Record<CallPriority, number>>;
  /** The part of every limit that this process may use. */
  share(): Share | null;
  /** The known slow-down of a budget not used here yet; null: none is known. */
  slowness?(budget: string): Slowness | null;
}

/** The slow-down of one budget by the vendor. */
export interface HeldBack {
  readonly budget: string;
  /** The part of the limit in use. */
  readonly speed: number;
  /** Remaining pause in milliseconds. */
  readonly pauseLeftMs: number;
}

type GateRuntime = Pick<Runtime, 'now' | 'monotonic' | 'sleep'>;

/**
 * Admits the calls of one account within its limit and that of each operation, the most urgent first, with a maximum number of concurrent
 * calls, so that hanging calls leave room for others.
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

  /** A permit that is free now and for which no more urgent call waits, or null. */
  tryTake(call: WantedCall): Permit | null {
    if (this.#closed || this.#able().some((each) => !isBehind(each.priority, call.priority))) return null;
    return this.#permit(call);
  }

  /** Waits for a permit. Null: it would take longer than `maxWaitMs`, or the gate was closed. */
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

  /** Milliseconds until such a call could get a permit, by the limits alone. */
  waitMs(call: WantedCall): number {
    const ahead = this.#waiters.filter((each) => !isBehind(each.priority, call.priority));
    const same = ahead.filter(({ budget }) => budget === call.budget).length;
    const now = this.#runtime.monotonic();
    return this.#nextAt(call, ahead.length, same, now) - now;
  }

  /** The same for any call of that priority whose operation's budget does not block it. */
  waitOfAnyMs(priority: CallPriority): number {
    const ahead = this.#waiters.filter((each) => !isBehind(each.priority, priority)).length;
    const now = this.#runtime.monotonic();
    return nextAt(this.#all, this.#ask(this.#settings.limit(), now), ahead) - now;
  }

  /** Number of calls that could be sent now, whatever their operation: the scarcest budget in use decides. */
  get available(): number {
    if (this.#closed) return 0;
    const asked = this.#ask(this.#settings.limit());
    let least = available(this.#all, asked);
    for (const { limit, budget } of this.#budgets.values()) least = available(budget, { ...asked, limit }, least);
    return Math.max(least - this.#waiters.length, 0);
  }

  /** Milliseconds until `available` is at least one; 0: it is. */
  get nextTurnMs(): number {
    const asked = this.#ask(this.#settings.limit());
    let turn = nextAt(this.#all, asked, this.#waiters.length);
    for (const { limit, budget } of this.#budgets.values()) turn = Math.max(turn, nextAt(budget, { ...asked, limit }));
    return turn - asked.now;
  }

  /**
   * The vendor throttled a call sent at `leftAt` and asks for a pause of this length, of which at most two minutes are granted. The budget
   * slows down and recovers.
   */
  throttled(call: WantedCall, ms: number, leftAt: number = this.#runtime.monotonic()): Slowness {
    const known = this.#budget(call);
    known.budget = throttled(known.budget, Math.min(ms, maxPauseMs), this.#runtime.monotonic(), leftAt);
    return known.budget;
  }

  /** The vendor throttled another process. */
  slowDown(budget: string, slowness: Slowness): void {
    const known = this.#budgets.get(budget);
    if (known !== undefined) known.budget = { ...known.budget, ...slower(known.budget, slowness) };
  }

  /** Remaining pause that the vendor asked for, in milliseconds; 0: none. Of one budget, or the longest of all. */
  pauseLeftMs(call?: WantedCall): number {
    let until = call === undefined ? Number.NEGATIVE_INFINITY : this.#budget(call).budget.pausedUntil;
    if (call === undefined)
      for (const { budget } of this.#budgets.values()) until = Math.max(until, budget.pausedUntil);
    return Math.max(0, until - this.#runtime.monotonic());
  }

  /** The budgets slowed down by the vendor. */
  get heldBack(): readonly HeldBack[] {
    const now = this.#runtime.monotonic();
    return [...this.#budgets].flatMap(([name, { budget }]) => {
      const speed = speedOf(budget, now);
      return speed < 1 ? [{ budget: name, speed, pauseLeftMs: Math.max(budget.pausedUntil - now, 0) }] : [];
    });
  }

  /** Grants no more permits and rejects every waiting call. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.resolve(null);
    this.#waiters = [];
    this.#timer?.abort();
  }

  #ask(limit: CallLimit, now = this.#runtime.monotonic()): Asked {
    return { limit, share: this.#settings.share(), now, wall: this.#runtime.now() };
  }

  /** Both budgets must allow it. */
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

  /** The next call to serve: the most urgent, and at times the longest waiting. Skips calls without a free slot or with an empty budget. */
  #next(): Waiter | undefined {
    const able = this.#able();
    if (this.#given % turnOfTheLast === turnOfTheLast - 1) return able.sort((one, other) => one.since - other.since)[0];
    return priorities.flatMap((priority) => able.filter((each) => each.priority === priority))[0];
  }

  /** Waiting calls with a free slot whose own budget allows a call. */
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
    // If all slots are taken, the next permit comes with a returned one, not with time.
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
