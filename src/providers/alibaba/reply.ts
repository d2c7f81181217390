import type { Instant } from '../../domain/migration.ts';
import type { VendorError, VendorReply } from '../../domain/vendor.ts';
import { type Fields, isObject, malformed, objectOf } from '../kit/json.ts';

/** Maximum length of a vendor text that is passed on, in characters. */
const maxWords = 2_000;

/** The value of a field; the name matches exactly or, failing that, without regard to case. */
export function fieldOf(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const wanted = name.toLowerCase();
  const actual = Object.keys(fields).find((key) => key.toLowerCase() === wanted);
  return actual === undefined ? undefined : fields[actual];
}

/** The field as trimmed text: strings, booleans, and numbers that JSON carries exactly. Null for anything else and for blanks. */
export function textOf(fields: Fields, name: string): string | null {
  const value = fieldOf(fields, name);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  return value.trim() === '' ? null : value.trim();
}

/** The field as a count, or null. */
export function countOf(fields: Fields, name: string): number | null {
  const text = textOf(fields, name);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/**
 * The rows of `Items: { [rowName]: [...] }`. Accepts what documentation and old revisions show instead: one object for the array,
 * the array directly, a bare row, null, nothing.
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

/** A time of the vendor in milliseconds, also in the broken forms of its samples (`2017-05-30 T12:11:4Z`); UTC unless it says otherwise. */
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

/** `Code`, `Message` and `RequestId` of an XML error, as a gateway in front of the service may send one; null for other text. */
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
 * The vendor's words without what must not be shown: the string to sign of a signature fault (it holds tokens), queries of URLs, also
 * encoded ones, and values of secret parameters. Cut at 2,000 characters.
 */
export function presentableWords(text: string): string {
  const cleaned = text
    .slice(0, 4 * maxWords)
    .replace(/(string\s?to\s?sign(?: is)?\s?:?).*$/is, '$1 [removed]')
    .replace(/(https?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi, '$1?[removed]')
    .replace(/https?%(?:25)*3A%\S*/gi, '[removed]')
    .replace(
      /\b(SecurityToken|Signature|AccessKeySecret|OSSAccessKeyId|x-oss-signature)=[^\s&"'<>]+/gi,
      '$1=[removed]',
    );
  return cleaned.length > maxWords ? `${cleaned.slice(0, maxWords)}…` : cleaned;
}

/** The request id of a reply, from its body or its headers. */
export function requestIdOf(reply: VendorReply, fields: Fields | null): string | null {
  return (fields === null ? null : textOf(fields, 'RequestId')) ?? reply.headers['x-acs-request-id'] ?? null;
}

/** The error for a malformed response: the effect of the call, if any, is unknown. */
export function garbled(operation: string, reply: VendorReply, what: string): VendorError {
  const requestId = requestIdOf(reply, objectOf(reply));
  const detail = `The answer to ${operation} cannot be understood: ${what}.`;
  return malformed({ name: 'alibaba', operation, requestId }, reply, detail);
}

/** The JSON object of an answer. Throws `VendorError` of kind `malformed`. */
export function answerOf(operation: string, reply: VendorReply): Fields {
  const fields = objectOf(reply);
  if (fields === null) throw garbled(operation, reply, 'the body is not a JSON object');
  return fields;
}
