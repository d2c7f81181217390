import type { Instant } from '../domain/migration.ts';
import type { Account, VendorClockReport, VendorReply } from '../domain/vendor.ts';

/** Offsets below this are the resolution of a `Date` header. */
const clockNoiseMs = 2000;
/** Maximum offset of a clock; a `Date` header beyond it is a fault of its sender. */
const maxClockOffsetMs = 24 * 3_600_000;

/** The vendors' clocks, learnt for each account from the `Date` headers of replies. */
export class VendorClocks {
  readonly #offsets = new Map<string, number>();
  /** The last `Date` header: many replies of one second carry the same. */
  #last = { text: '', instant: Number.NaN };
  readonly #report: (report: VendorClockReport) => void;

  /** `report` hears of a clock that is learnt, and of one that changes by more than the resolution of a `Date` header. */
  constructor(report: (report: VendorClockReport) => void) {
    this.#report = report;
  }

  /** The vendor's clock minus ours, in milliseconds; 0 while it is not known. */
  offset({ name }: Account): number {
    return this.#offsets.get(name) ?? 0;
  }

  forget(name: string): void {
    this.#offsets.delete(name);
  }

  #instantOf(text: string): number {
    if (text !== this.#last.text) this.#last = { text, instant: Date.parse(text) };
    return this.#last.instant;
  }

  /** Reads the clock from a reply to a request that left at `startedAt`. */
  learn({ name, provider }: Account, reply: VendorReply, startedAt: Instant): void {
    const vendor = this.#instantOf(reply.headers.date ?? '');
    if (Number.isNaN(vendor)) return;
    // A `Date` header has whole seconds, so its middle is the best guess.
    const offset = vendor + 500 - (startedAt + reply.receivedAt) / 2;
    if (Math.abs(offset) > maxClockOffsetMs) return;
    const known = Math.abs(offset) < clockNoiseMs ? 0 : Math.round(offset);
    const before = this.#offsets.get(name);
    this.#offsets.set(name, known);
    if (before === undefined || Math.abs(known - before) > clockNoiseMs)
      this.#report({ provider, account: name, offsetMs: known });
  }
}
