import type { Instant } from './migration.ts';

/** The longest wait that is believed and stored for one migration or one delivery, in milliseconds. */
export const maxRetryAfterMs = 15 * 60_000;

/** An HTTP date in its preferred form (RFC 9110, section 5.6.7), which is all that is sent today. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds or an HTTP date. Returns milliseconds from 0 to `maxRetryAfterMs`, or
 * undefined for anything else. A date is compared with the answer's own `Date` header, so that neither clock has to be right;
 * `receivedAt` stands in where there is none.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  receivedAt: Instant,
  maxMs = maxRetryAfterMs,
): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,15}(\.\d{1,6})?$/.test(value)) return Math.min(Math.ceil(Number(value) * 1000), maxMs);
  if (!httpDate.test(value)) return undefined;
  const sentAt = Date.parse(headers.date ?? '');
  const waitMs = Date.parse(value) - (Number.isNaN(sentAt) ? receivedAt : sentAt);
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), maxMs);
}
