import type { Instant } from '../../domain/migration.ts';
import type { VendorError, VendorReply } from '../../domain/vendor.ts';
import { type Fields, isObject, malformed, objectOf } from '../kit/json.ts';

/** Maximum length of a vendor text in characters. Longer texts are cut. */
const maxTextLength = 2_000;

/** The value of a field. An exact name takes precedence over one that differs in case. */
export function fieldOf(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const wanted = name.toLowerCase();
  const actual = Object.keys(fields).find((key) => key.toLowerCase() === wanted);
  return actual === undefined ? undefined : fields[actual];
}

/** A field as trimmed text. Accepts strings, booleans and safe integers. Null for other values and for blank text. */
export function textOf(fields: Fields, name: string): string | null {
  const value = fieldOf(fields, name);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  return value.trim() === '' ? null : value.trim();
}

/** A field as a non-negative integer of at most nine digits, or null. */
export function countOf(fields: Fields, name: string): number | null {
  const text = textOf(fields, name);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/**
 * The rows of `Items: { [rowName]: [...] }`. Also accepts forms of the documentation and of older revisions: an object instead of the
 * array, the array directly, a single row, null or no value.
 */
export function rowsOf(fields: Fields, container: string, rowName: string, keyField: string): readonly Fields[] {
  const items = fieldOf(fields, container);
  if (Array.isArray(items)) return items.filter(isObject);
  if (!isObject(items)) return [];
  const inner = fieldOf(items, rowName);
  if (Array.isArray(inner)) return inner.filter(isObject);
  if (isObject(inner)) return [inner];
  return fieldOf(items, keyField) === undefined ? [] : [items];
}

const maxTime = 40;
const timeForm =
  /^(\d{4})-(\d{1,2})-(\d{1,2})\s*T?\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?\s*(?:Z|([+-])(\d{2}):?(\d{2}))?$/i;

/**
 * Parses a time of the vendor into milliseconds since the epoch; null if it is not a time. Accepts the malformed examples of the
 * documentation (`2017-05-30 T12:11:4Z`). A time without an offset is UTC.
 */
export function instantOf(text: string | null): Instant | null {
  const match = text === null || text.length > maxTime ? null : timeForm.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? '0'));
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined || second === undefined) return null;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  const offset = (Number(match[8] ?? '0') * 60 + Number(match[9] ?? '0')) * (match[7] === '-' ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second) - offset * 60_000;
}

function unescapeXml(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
}

/** Parses `Code`, `Message` and `RequestId` of an XML error, which a gateway before the service may send. Null for other text. */
export function parseXmlError(body: string): Fields | null {
  if (!/^\s*(?:<\?xml[^>]*>\s*)?<Error[\s>]/i.test(body)) return null;
  const fields: Record<string, string> = {};
  for (const name of ['Code', 'Message', 'RequestId']) {
    const content = new RegExp(`<${name}>([^<]*)</${name}>`, 'i').exec(body)?.[1];
    if (content !== undefined) fields[name] = unescapeXml(content);
  }
  return fields.Code === undefined ? null : fields;
}

/**
 * Removes from a vendor text what must not be shown: the string to sign of a signature error (it contains tokens), queries of URLs, also
 * encoded ones, and values of secret parameters. Cuts the text at 2,000 characters.
 */
export function presentableText(text: string): string {
  const cleaned = text
    .slice(0, 4 * maxTextLength)
    .replace(/(string\s?to\s?sign(?: is)?\s?:?).*$/is, '$1 [removed]')
    .replace(/(https?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi, '$1?[removed]')
    .replace(/https?%(?:25)*3A%\S*/gi, '[removed]')
    .replace(
      /\b(SecurityToken|Signature|AccessKeySecret|OSSAccessKeyId|x-oss-signature)=[^\s&"'<>]+/gi,
      '$1=[removed]',
    );
  return cleaned.length > maxTextLength ? `${cleaned.slice(0, maxTextLength)}…` : cleaned;
}

/** The request id of a response, from its body or its headers; null if there is none. */
export function requestIdOf(reply: VendorReply, fields: Fields | null): string | null {
  return (fields === null ? null : textOf(fields, 'RequestId')) ?? reply.headers['x-acs-request-id'] ?? null;
}

/** The error for a malformed response. A changing call with this error is in doubt. */
export function garbled(operation: string, reply: VendorReply, what: string): VendorError {
  const requestId = requestIdOf(reply, objectOf(reply));
  const detail = `The response to ${operation} is malformed: ${what}.`;
  return malformed({ name: 'alibaba', operation, requestId }, reply, detail);
}

/** The JSON object of a response. Throws `VendorError` of kind `malformed`. */
export function answerOf(operation: string, reply: VendorReply): Fields {
  const fields = objectOf(reply);
  if (fields === null) throw garbled(operation, reply, 'the body is not a JSON object');
  return fields;
}
