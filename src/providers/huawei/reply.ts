import type { Instant } from '../../domain/migration.ts';
import type { VendorError, VendorReply } from '../../domain/vendor.ts';
import { type Fields, malformed, objectOf } from '../kit/json.ts';

/** A non-empty text, or a number as text, because the vendor mixes the two types. Null for any other value. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** A non-negative integer of at most nine digits, as a number or a text; null for any other value. */
export function count(value: unknown): number | null {
  const digits = text(value);
  return digits !== null && /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

const timePattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Parses a time in any of the vendor's formats into milliseconds since the epoch: ISO with `Z` (DRS), with six fractional digits (IAM),
 * with an offset without a colon (RDS), with a space instead of `T`, or epoch milliseconds as a number or text. A time without an offset is
 * UTC. Null if it is not a time.
 */
export function instant(value: unknown): Instant | null {
  const written = text(value)?.trim() ?? '';
  if (/^\d{12,14}$/.test(written)) return Number(written);
  const [, date, clock, fraction = '', zone = 'Z'] = timePattern.exec(written) ?? [];
  if (date === undefined) return null;
  const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const parsed = Date.parse(`${date}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(parsed) ? null : parsed;
}

/** The request id of a response, which the vendor's support needs; null if there is none. */
export function requestIdOf(reply: VendorReply, body: Fields | null): string | null {
  return text(reply.headers['x-request-id']) ?? text(reply.headers['x-iam-trace-id']) ?? text(body?.request_id);
}

/** The error for a response without a required member. A changing call with this error is in doubt. */
export function malformedReply(operation: string, reply: VendorReply, lacking: string): VendorError {
  const requestId = requestIdOf(reply, objectOf(reply));
  const detail = `Huawei Cloud answered ${operation} with HTTP ${reply.httpStatus}, but ${lacking}.`;
  return malformed({ name: 'huawei', operation, requestId }, reply, detail);
}
