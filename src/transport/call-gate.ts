import type { Runtime } from '../domain/runtime.ts';
import { type BucketRate, fullBucket, paused, type TokenBucket, taken, waitMs } from '../domain/token-bucket.ts';
import type { CallPriority, Permit } from '../domain/vendor.ts';

/** Most urgent first. */
const priorities: readonly CallPriority[] = ['submission', 'caller', 'observation'];
/** Of this many tokens one goes to whoever has waited longest, so that a busy caller cannot keep the engine from observing. */
const turnOfTheLast = 5;
/** The longest pause that a vendor's answer imposes on an account, in ms; a longer one is asked for again. */
export const maxPauseMs = 2 * 60_000;
/** A throttled answer halves the rate, down to this part of it. */
const minFactor = 1 / 8;
/** How long a rate needs from nothing back to all of it, in milliseconds. */
const recoveryMs = 60_000;

interface Waiter {
  readonly priority: CallPriority;
  readonly since: number;
  readonly deadline: number;
  resolve(permit: Permit | null): void;
}

export interface GateSettings {
  readonly perSecond: number;
  /** Calls under way at once, for each priority. */
  readonly maxConcurrent: Readonly<Record<CallPriority, number>>;
}

/**
 * Lets the calls of one account to one vendor out: at the account's rate, the most urgent first, and only so many at once, so that calls
 * which hang leave room for others. It holds one second's worth of tokens.
 */
export class CallGate {
  readonly #fullRate: BucketRate;
  readonly #maxConcurrent: GateSettings['maxConcurrent'];
  readonly #runtime: Pick<Runtime, 'monotonic' | 'sleep'>;
  readonly #underWay: Record<CallPriority, number> = { submission: 0, caller: 0, observation: 0 };
  #bucket: TokenBucket;
  #vendorPause: number = Number.NEGATIVE_INFINITY;
  #waiters: Waiter[] = [];
  #slowed = { factor: 1, at: 0 };
  #given = 0;
  #asked = 0;
  #timer: AbortController | null = null;
  #timerAt: number = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor({ perSecond, maxConcurrent }: GateSettings, runtime: Pick<Runtime, 'monotonic' | 'sleep'>) {
    this.#fullRate = { perSecond, burst: Math.max(1, perSecond) };
    this.#maxConcurrent = maxConcurrent;
    this.#runtime = runtime;
    this.#bucket = fullBucket(this.#fullRate, runtime.monotonic());
  }

  /** A permit when one is to be had at once and nobody more urgent waits for it, or null. */
  tryTake(priority: CallPriority): Permit | null {
    if (this.#closed || this.#waiters.some((each) => !isBehind(each.priority, priority))) return null;
    return this.#permit(priority);
  }

  /** Waits for a permit. Null: it would come after `maxWaitMs`, or the gate was closed. */
  take(priority: CallPriority, maxWaitMs = Number.POSITIVE_INFINITY): Promise<Permit | null> {
    const permit = this.tryTake(priority);
    if (permit !== null) return Promise.resolve(permit);
    if (this.#closed || this.waitMs(priority) > maxWaitMs) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiters.push({ priority, since: this.#asked++, deadline: this.#runtime.monotonic() + maxWaitMs, resolve });
      this.#wakeAtNext();
    });
  }

  /** Milliseconds until somebody of that priority who asks now can expect a permit, by the rate alone. */
  waitMs(priority: CallPriority): number {
    const ahead = this.#waiters.filter((each) => !isBehind(each.priority, priority)).length;
    return waitMs(this.#bucket, this.#rate, this.#runtime.monotonic(), ahead + 1);
  }

  /** How many calls could go out at once now. */
  get available(): number {
    const now = this.#runtime.monotonic();
    if (this.#closed || waitMs(this.#bucket, this.#rate, now) > 0) return 0;
    let count = 1;
    while (count < this.#rate.burst && waitMs(this.#bucket, this.#rate, now, count + 1) === 0) count++;
    return Math.max(count - this.#waiters.length, 0);
  }

  /** The rate at present: less than the full one for a while after the vendor has throttled a call. */
  get #rate(): BucketRate {
    const factor = this.#factor();
    return factor === 1 ? this.#fullRate : { ...this.#fullRate, perSecond: this.#fullRate.perSecond * factor };
  }

  #factor(): number {
    const recoveredMs = Math.max(this.#runtime.monotonic() - this.#slowed.at, 0);
    return Math.min(this.#slowed.factor + recoveredMs / recoveryMs, 1);
  }

  /** The vendor throttled a call and asks to be left alone for this long; at most two minutes are granted. The rate goes down, and recovers. */
  pause(ms: number): void {
    const now = this.#runtime.monotonic();
    this.#slowed = { factor: Math.max(this.#factor() / 2, minFactor), at: now + Math.min(ms, maxPauseMs) };
    const until = now + Math.min(ms, maxPauseMs);
    const bucket = paused(this.#bucket, this.#rate, until, now);
    this.#bucket = { ...bucket, tokens: Math.min(bucket.tokens, 1) };
    this.#vendorPause = Math.max(this.#vendorPause, until);
  }

  /** For how much longer the vendor has asked to be left alone; 0 where it has not. Milliseconds. */
  get pauseLeftMs(): number {
    return Math.max(this.#vendorPause - this.#runtime.monotonic(), 0);
  }

  /** No more permits are given, and whoever waits fails at once. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.resolve(null);
    this.#waiters = [];
    this.#timer?.abort();
  }

  #permit(priority: CallPriority): Permit | null {
    if (this.#underWay[priority] >= this.#maxConcurrent[priority]) return null;
    const after = taken(this.#bucket, this.#rate, this.#runtime.monotonic());
    if (after === null) return null;
    this.#bucket = after;
    this.#given++;
    this.#underWay[priority]++;
    let held = true;
    const release = (used: boolean): void => {
      if (!held) return;
      held = false;
      this.#underWay[priority]--;
      if (!used) this.#bucket = { ...this.#bucket, tokens: Math.min(this.#bucket.tokens + 1, this.#rate.burst) };
      this.#serve();
    };
    return { release: () => release(true), giveBack: () => release(false) };
  }

  #serve(): void {
    const now = this.#runtime.monotonic();
    const late = this.#waiters.filter((each) => each.deadline < now);
    this.#waiters = this.#waiters.filter((each) => each.deadline >= now);
    for (const waiter of late) waiter.resolve(null);
    for (;;) {
      const next = this.#next();
      const permit = next === undefined ? null : this.#permit(next.priority);
      if (next === undefined || permit === null) break;
      this.#waiters = this.#waiters.filter((each) => each !== next);
      next.resolve(permit);
    }
    this.#wakeAtNext();
  }

  /** Who is served next: the most urgent, and in its turn whoever has waited longest. Those whose places are all taken are passed over. */
  #next(): Waiter | undefined {
    const able = this.#waiters.filter(({ priority }) => this.#underWay[priority] < this.#maxConcurrent[priority]);
    if (this.#given % turnOfTheLast === turnOfTheLast - 1) return able.sort((one, other) => one.since - other.since)[0];
    return priorities.flatMap((priority) => able.filter((each) => each.priority === priority))[0];
  }

  #wakeAtNext(): void {
    if (this.#waiters.length === 0 || this.#closed) return;
    const now = this.#runtime.monotonic();
    const deadline = Math.min(...this.#waiters.map((each) => each.deadline)) + 1;
    // Where all places are taken, the next permit comes with one that is given back, and not with time.
    const token = this.#next() === undefined ? Number.POSITIVE_INFINITY : now + waitMs(this.#bucket, this.#rate, now);
    const at = Math.min(deadline, token);
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
