import { createHash, createHmac } from 'node:crypto';
import type { SandboxRequest } from '../cloud.ts';
import { parseQuery, percentDecode, percentEncode } from './query.ts';

/** The parts of an `Authorization: SDK-HMAC-SHA256 …` header. */
export interface Claim {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Parses the header. Null if it has another scheme or is malformed. */
export function readClaim(authorization: string | undefined): Claim | null {
  const pattern = /^SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;
  const [, accessKeyId, names, signature] = pattern.exec(authorization ?? '') ?? [];
  if (accessKeyId === undefined || names === undefined || signature === undefined) return null;
  return { accessKeyId, signedHeaders: names.split(';'), signature };
}

/** Parses `YYYYMMDDTHHMMSSZ` into milliseconds since the epoch; null if it is not such a time. */
export function readSdkDate(text: string | undefined): number | null {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  return Number.isNaN(at) ? null : at;
}

/** Formats a time for `X-Sdk-Date`. */
export function sdkDate(at: number): string {
  return new Date(at)
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z')
    .replace(/[-:]/g, '');
}

/**
 * Builds the canonical request of a received request. Null in these cases: `host` or `x-sdk-date` is not signed; a signed header is absent;
 * header names are not lower-case, sorted and distinct; the encoding of the URL is invalid.
 */
export function canonicalRequest(request: SandboxRequest, signedHeaders: readonly string[]): string | null {
  const uri = canonicalUri(request.path);
  const query = canonicalQuery(request.query);
  if (uri === null || query === null) return null;
  if (!signedHeaders.includes('host') || !signedHeaders.includes('x-sdk-date')) return null;
  let headers = '';
  for (const [index, name] of signedHeaders.entries()) {
    const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
    const previous = signedHeaders[index - 1];
    if (value === undefined || name !== name.toLowerCase() || (previous !== undefined && previous >= name)) return null;
    headers += `${name}:${value.trim()}\n`;
  }
  return [request.method, uri, query, headers, signedHeaders.join(';'), payloadHash(request)].join('\n');
}

/** The signature of a canonical request. The secret is the HMAC key. */
export function signatureOf(canonical: string, date: string, secret: string): string {
  const toSign = `SDK-HMAC-SHA256\n${date}\n${sha256(canonical)}`;
  return createHmac('sha256', secret).update(toSign).digest('hex');
}

/** Encodes each segment once and adds a trailing slash if the path has none. */
function canonicalUri(path: string): string | null {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    const decoded = percentDecode(segment);
    if (decoded === null) return null;
    segments.push(percentEncode(decoded));
  }
  const joined = segments.join('/');
  return joined.endsWith('/') ? joined : `${joined}/`;
}

function canonicalQuery(raw: string): string | null {
  const query = parseQuery(raw);
  if (query === null) return null;
  return [...query]
    .sort(([nameA, valueA], [nameB, valueB]) => byCodeUnit(nameA, nameB) || byCodeUnit(valueA, valueB))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** Only a body other than JSON may be unsigned. */
function payloadHash(request: SandboxRequest): string {
  const claimed = request.headers['x-sdk-content-sha256'];
  const json = /json/i.test(request.headers['content-type'] ?? 'json');
  return claimed === 'UNSIGNED-PAYLOAD' && !json ? claimed : sha256(request.body);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
