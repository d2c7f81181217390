import type { Instant } from '../../domain/migration.ts';
import type { VendorError, VendorReply } from '../../domain/vendor.ts';
import { type Fields, malformed, objectOf } from '../kit/json.ts';

/** A non-empty text, or a number as its digits, because the vendor mixes the two. Anything else is null. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** A count, also in a string; null for anything else. */
export function count(value: unknown): number | null {
  const digits = text(value);
  return digits !== null && /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

const timePattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * A time in any of the vendor's spellings: ISO with `Z` (DRS), six fractional digits (IAM), an offset without colon (RDS), a
 * space instead of `T`, epoch milliseconds as number or text. Without a zone it is UTC. Null when it is no time.
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

/** The id under which Huawei's support finds the call. */
export function requestIdOf(reply: VendorReply, body: Fields | null): string | null {
  return text(reply.headers['x-request-id']) ?? text(reply.headers['x-iam-trace-id']) ?? text(body?.request_id);
}

/** The error for a response without a required member. The outcome of a changing call is then unknown. */
export function malformedReply(operation: string, reply: VendorReply, lacking: string): VendorError {
  const requestId = requestIdOf(reply, objectOf(reply));
  const detail = `Huawei Cloud answered ${operation} with HTTP ${reply.httpStatus}, but ${lacking}.`;
  return malformed({ name: 'huawei', operation, requestId }, reply, detail);
}
