import { recoversAt, type Slowness, slower } from './call-budget.ts';
import type { ProviderId } from './vocabulary.ts';

/** The slow-down of one budget after a vendor throttled it. It applies to all processes that share the limit. */
export interface SlowDown extends Slowness {
  readonly provider: ProviderId;
  readonly account: string;
  /** Name of the account's gate that the calls go through. */
  readonly gate: string;
  /** Region and operation, in the gate's name of the budget. */
  readonly budget: string;
}

/** Exchange of slow-downs between the processes that share a vendor's limits. Times are monotonic milliseconds of this process. */
export interface SharedSlowDowns {
  /** Slow-downs of this process that the other processes do not know yet. */
  unpublished(): readonly SlowDown[];
  /** Marks slow-downs as known to the other processes. */
  published(those: readonly SlowDown[]): void;
  /** Replaces the slow-downs of all processes by those in force. */
  received(all: readonly SlowDown[]): void;
}

/** The key of the budget that a slow-down is about. */
export function slowDownKey({ provider, account, gate, budget }: Omit<SlowDown, keyof Slowness>): string {
  return [provider, account, gate, budget].join('|');
}

/** Converts the times of a slow-down to a clock that is `ms` milliseconds ahead. */
export function shifted(slowDown: SlowDown, ms: number): SlowDown {
  return { ...slowDown, slowedAt: slowDown.slowedAt + ms, pausedUntil: slowDown.pausedUntil + ms };
}

/** Combines slow-downs to one per budget, without those that are over at `now`. */
export function together(all: readonly SlowDown[], now: number): readonly SlowDown[] {
  const byKey = new Map<string, SlowDown>();
  for (const each of all) {
    const key = slowDownKey(each);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? each : { ...each, ...slower(known, each) });
  }
  return [...byKey.values()].filter((each) => recoversAt(each) > now);
}
