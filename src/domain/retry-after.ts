import type { Instant } from './migration.ts';

/** Maximum wait that Godwit accepts from a vendor or receiver, in milliseconds. */
export const maxRetryAfterMs = 15 * 60_000;

/** An HTTP date in the preferred format (RFC 9110, section 5.6.7). Obsolete formats are not accepted. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds or an HTTP date. Returns milliseconds from 0 to `maxMs`, or undefined if
 * the header is absent or malformed. A date is compared with the response's own `Date` header, so that neither clock has to be right;
 * without that header, with `receivedAt`.
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
