import { hash } from 'node:crypto';
import { invalidParameter } from '../validation/invalid-request.ts';
import { canonicalJson } from './canonical-json.ts';

const quotedKey = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const visibleAscii = /^[\x21-\x7e]{1,255}$/;

/** Reads `Idempotency-Key`: a structured-field string in quotes, or bare; 1 to 255 visible ASCII characters. */
export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const text = header.trim();
  const quoted = quotedKey.exec(text)?.[1];
  const key = quoted === undefined ? text : quoted.replaceAll(/\\(["\\])/g, '$1');
  const halfQuoted = quoted === undefined && text.includes('"');
  if (halfQuoted || !visibleAscii.test(key))
    throw invalidParameter('Idempotency-Key', 'must have 1 to 255 visible ASCII characters, bare or in double quotes');
  return key;
}

/** Digest of a request: method, path with query, and body, independent of the order of members. */
export function requestFingerprint(method: string, url: string, body: unknown): string {
  return hash('sha256', `${method}\n${url}\n${canonicalJson(body ?? null)}`, 'hex');
}
