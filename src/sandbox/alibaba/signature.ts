import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type Pair = readonly [name: string, value: string];

/** Percent-encodes by RFC 3986: only letters, digits, `-`, `_`, `.` and `~` stay. */
export function percentEncode(text: string): string {
  let result = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    result += /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}

/** Pairs sorted by the bytes of their names, encoded and joined. */
export function canonicalQuery(pairs: readonly Pair[]): string {
  return [...pairs]
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** The string to sign of SignatureVersion 1.0. `pairs`: all parameters but `Signature`. */
export function rpcStringToSign(method: string, pairs: readonly Pair[]): string {
  return `${method}&${percentEncode('/')}&${percentEncode(canonicalQuery(pairs))}`;
}

/** HMAC-SHA1 with the secret and an ampersand, in base64. */
export function rpcSignature(secret: string, stringToSign: string): string {
  return createHmac('sha1', `${secret}&`).update(stringToSign, 'utf8').digest('base64');
}

/** The input of ACS3-HMAC-SHA256: lower-case header names in the order of the list of signed headers. */
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

/** HMAC-SHA256 with the plain secret, in lower-case hex. */
export function acs3Signature(secret: string, stringToSign: string): string {
  return createHmac('sha256', secret).update(stringToSign, 'utf8').digest('hex');
}

/** Lower-case hex SHA-256. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Whether two signatures are equal. */
export function same(one: string, other: string): boolean {
  const left = Buffer.from(one);
  const right = Buffer.from(other);
  return left.length === right.length && timingSafeEqual(left, right);
}
