import type { Instant } from '../domain/migration.ts';
import type { Account, VendorClockReport, VendorReply } from '../domain/vendor.ts';

/** Smaller offsets, in milliseconds, are within the resolution of a `Date` header and count as 0. */
const clockNoiseMs = 2000;
/** Maximum plausible clock offset in milliseconds. A `Date` header beyond it is an error of the sender. */
const maxClockOffsetMs = 24 * 3_600_000;

/** The clock offset of each account's vendor, measured with the `Date` headers of responses. */
export class VendorClocks {
  readonly #offsets = new Map<string, number>();
  /** Cache of the last parsed `Date` header. Many responses within one second carry the same header. */
  #last = { text: '', instant: Number.NaN };
  readonly #report: (report: VendorClockReport) => void;

  /** Calls `report` when an offset is first measured, and when it changes by more than the resolution of a `Date` header. */
  constructor(report: (report: VendorClockReport) => void) {
    this.#report = report;
  }

  /** The vendor's clock minus ours, in milliseconds; 0 if it is unknown. */
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

  /** Measures the offset from a response to a request that was sent at `startedAt`. */
  learn({ name, provider }: Account, reply: VendorReply, startedAt: Instant): void {
    const vendor = this.#instantOf(reply.headers.date ?? '');
    if (Number.isNaN(vendor)) return;
    // A `Date` header has a resolution of one second, so the middle of that second is the best estimate.
    const offset = vendor + 500 - (startedAt + reply.receivedAt) / 2;
    if (Math.abs(offset) > maxClockOffsetMs) return;
    const known = Math.abs(offset) < clockNoiseMs ? 0 : Math.round(offset);
    const before = this.#offsets.get(name);
    this.#offsets.set(name, known);
    if (before === undefined || Math.abs(known - before) > clockNoiseMs)
      this.#report({ provider, account: name, offsetMs: known });
  }
}
