import { createHash } from 'node:crypto';
import { invalidParameter } from '../validation/invalid-request.ts';
import { canonicalJson } from './canonical-json.ts';

/** Digest of a list's filters, independent of the order of members. */
export function filterDigest(filter: unknown): string {
  return createHash('sha256').update(canonicalJson(filter)).digest('base64url').slice(0, 16);
}

/** An opaque token for the page after the item with that id. */
export function writePageToken(after: string, digest: string): string {
  return Buffer.from(`1.${digest}.${after}`).toString('base64url');
}

/** The id after which the page starts. Throws `invalid_request` for a malformed token or a token of a list with other filters. */
export function readPageToken(token: string, digest: string): string {
  const match = /^1\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_.:-]{1,64})$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw invalidParameter('pageToken', 'is not a token of this list');
  if (match[1] !== digest)
    throw invalidParameter('pageToken', 'belongs to a list with other filters; start again without it');
  return match[2] ?? '';
}
