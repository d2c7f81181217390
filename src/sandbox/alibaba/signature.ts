import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A parameter or header with its value. */
export type Pair = readonly [name: string, value: string];

/** Percent-encodes by RFC 3986: everything except letters, digits, `-`, `_`, `.` and `~`. */
export function percentEncode(text: string): string {
  let result = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    result += /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}

/** The canonical query: pairs sorted by the bytes of their names, encoded and joined. */
export function canonicalQuery(pairs: readonly Pair[]): string {
  return [...pairs]
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** The string to sign of SignatureVersion 1.0. `pairs`: all parameters except `Signature`. */
export function rpcStringToSign(method: string, pairs: readonly Pair[]): string {
  return `${method}&${percentEncode('/')}&${percentEncode(canonicalQuery(pairs))}`;
}

/** HMAC-SHA1 in base64. The key is the secret followed by an ampersand. */
export function rpcSignature(secret: string, stringToSign: string): string {
  return createHmac('sha1', `${secret}&`).update(stringToSign, 'utf8').digest('base64');
}

/** The string to sign of ACS3-HMAC-SHA256. `headers`: lower-case names in the order of the signed header list. */
export function acs3StringToSign(request: {
  readonly method: string;
  readonly path: string;
  readonly query: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly bodyHash: string;
}): string {
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    request.headers.map(([name, value]) => `${name}:${value.trim()}\n`).join(''),
    request.headers.map(([name]) => name).join(';'),
    request.bodyHash,
  ].join('\n');
  return `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
}

/** HMAC-SHA256 in lower-case hexadecimal. The key is the secret itself. */
export function acs3Signature(secret: string, stringToSign: string): string {
  return createHmac('sha256', secret).update(stringToSign, 'utf8').digest('hex');
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Compares two signatures in constant time. */
export function same(one: string, other: string): boolean {
  const left = Buffer.from(one);
  const right = Buffer.from(other);
  return left.length === right.length && timingSafeEqual(left, right);
}
