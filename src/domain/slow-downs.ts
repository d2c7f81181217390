import { recoversAt, type Slowness, slower } from './call-budget.ts';
import type { ProviderId } from './vocabulary.ts';

/** A vendor throttled the calls of one budget. All processes that share the limit go by it. */
export interface SlowDown extends Slowness {
  readonly provider: ProviderId;
  readonly account: string;
  /** Which of the account's gates the calls go through. */
  readonly gate: string;
  /** Region and operation, as the gate names the budget. */
  readonly budget: string;
}

/** What a vendors' client has to do with slow-downs of processes that share its limits. Times are monotonic milliseconds of this process. */
export interface SharedSlowDowns {
  /** What the vendors have said to this process and the others do not know yet. */
  untold(): readonly SlowDown[];
  /** The others can know these now. */
  told(those: readonly SlowDown[]): void;
  /** All that any process has told and that is not over; what was heard before counts no more where it is not among them. */
  heard(all: readonly SlowDown[]): void;
}

/** Slow-downs of the same key are about the same budget. */
export function slowDownKey({ provider, account, gate, budget }: Omit<SlowDown, keyof Slowness>): string {
  return [provider, account, gate, budget].join('|');
}

/** The slow-down with its times by another clock, which shows `ms` more. */
export function shifted(slowDown: SlowDown, ms: number): SlowDown {
  return { ...slowDown, slowedAt: slowDown.slowedAt + ms, pausedUntil: slowDown.pausedUntil + ms };
}

/** One slow-down for each budget, without those that are over at `now`. */
export function together(all: readonly SlowDown[], now: number): readonly SlowDown[] {
  const byKey = new Map<string, SlowDown>();
  for (const each of all) {
    const key = slowDownKey(each);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? each : { ...each, ...slower(known, each) });
  }
  return [...byKey.values()].filter((each) => recoversAt(each) > now);
}
