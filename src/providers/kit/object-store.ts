import { createRequire } from 'node:module';
import type { XMLParser } from 'fast-xml-parser';
import type { ObjectPage, ObjectPart, ObjectStore, StoredObject } from '../../domain/object-store.ts';
import { storageService } from '../../domain/object-store.ts';
import { readRetryAfter } from '../../domain/retry-after.ts';
import type {
  FailureKind,
  SignedRequest,
  VendorError,
  VendorFailure,
  VendorReply,
  VendorRequest,
} from '../../domain/vendor.ts';
import type { ProviderId } from '../../domain/vocabulary.ts';
import { malformed } from './json.ts';
import { cutEntries } from './list-entries.ts';
import { percentEncode } from './percent.ts';

/** The common parts of the three object stores: list requests, ranged reads, errors, and the address of an object. */

/** Maximum number of objects on a page. All three stores have this limit. */
export const pageSize = 1000;

/** Encodes a key as the path of a URL. Keeps the slashes. */
export function encodeKey(key: string): string {
  return key.split('/').map(percentEncode).join('/');
}

/** The URL of a request and its parts. */
export interface Address {
  readonly url: string;
  readonly host: string;
  /** Encoded path of the URL. It contains the bucket if the host does not. */
  readonly path: string;
}

/**
 * Returns the address of a bucket or object below an endpoint. The bucket becomes the first label of the host. A loopback endpoint has no
 * subdomains, so there the bucket is the first part of the path.
 */
export function addressOf(endpoint: string, { object, query }: VendorRequest): Address {
  const base = new URL(endpoint);
  const bucket = object?.bucket ?? '';
  const key = encodeKey(object?.key ?? '');
  const inPath = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(base.hostname);
  const host = inPath ? base.host : `${bucket}.${base.host}`;
  const path = inPath ? `/${bucket}/${key}` : `/${key}`;
  const search = query.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
  return { url: `${base.protocol}//${host}${path}${search === '' ? '' : `?${search}`}`, host, path };
}

/** A request for one page of a bucket's list. Keys are requested in percent-encoded form, because XML cannot contain every key. */
export function listRequest(bucket: string, query: VendorRequest['query']): VendorRequest {
  const sent = [...query, ['max-keys', String(pageSize)], ['encoding-type', 'url']] as const;
  return storageRequest('ListObjects', bucket, null, sent, {});
}

/** A request for the bytes from `first` to `last`, both included, of an object. */
export function readRequest(bucket: string, key: string, first: number, last: number): VendorRequest {
  const request = storageRequest('GetObject', bucket, key, [], { range: `bytes=${first}-${last}` });
  return { ...request, object: { bucket, key, maxBytes: last - first + 1 } };
}

function storageRequest(
  operation: string,
  bucket: string,
  key: string | null,
  query: VendorRequest['query'],
  headers: Readonly<Record<string, string>>,
): VendorRequest {
  const common = { operation, service: storageService, effect: 'read', method: 'GET', body: undefined } as const;
  return { ...common, path: `/${key === null ? '' : encodeKey(key)}`, query, headers, object: { bucket, key } };
}

/** Completes a signed read request. `cutAt` limits the response to the requested bytes, even if the store ignores the range. */
export function signedRead(request: VendorRequest, address: Address, headers: SignedRequest['headers']): SignedRequest {
  const cutAt = request.object?.maxBytes;
  return { method: request.method, url: address.url, headers, body: undefined, ...(cutAt !== undefined && { cutAt }) };
}

let parser: XMLParser | null = null;

/** Loads the XML library with the first document, because many gateways never read an object store. */
function xmlParser(): XMLParser {
  if (parser !== null) return parser;
  const library: typeof import('fast-xml-parser') = createRequire(import.meta.url)('fast-xml-parser');
  parser = new library.XMLParser({
    parseTagValue: false,
    ignoreAttributes: true,
    maxNestedTags: 16,
    isArray: (name) => name === 'Contents',
  });
  return parser;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Parses a document and returns the content of its root element, or null. Rejects a document with a DOCTYPE: no store sends one, and its
 * entities could expand without limit.
 */
function rootOf(xml: string, root: string): Fields | null {
  if (/<!(?:doctype|entity)/i.test(xml)) return null;
  try {
    const content = (xmlParser().parse(xml) as Fields)[root];
    if (content === '') return {};
    return typeof content === 'object' && content !== null ? (content as Fields) : null;
  } catch {
    return null;
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The content of a list, with its entries in `Contents`. */
function listOf(xml: string): Fields | null {
  const cut = cutEntries(xml);
  const list = cut === null ? null : rootOf(cut.rest, 'ListBucketResult');
  if (cut === null || list === null || list.Contents !== undefined) return rootOf(xml, 'ListBucketResult');
  return { ...list, Contents: cut.entries };
}

/** The form of a store's list under `encoding-type=url`. */
export interface ListForm {
  readonly provider: ProviderId;
  /** Whether a plus sign means a space, as in forms. */
  readonly plusIsSpace: boolean;
  /** The element that contains the position of the next page. */
  readonly nextElement: 'NextContinuationToken' | 'NextMarker';
}

/** Parses one page of a list. Throws `VendorError` of kind `malformed`. */
export function parsePage(reply: VendorReply, { provider, plusIsSpace, nextElement }: ListForm): ObjectPage {
  const list = listOf(reply.body);
  if (list === null) throw malformedReply(provider, 'ListObjects', reply, 'it is not a list of objects');
  const encoded = text(list.EncodingType)?.toLowerCase() === 'url';
  const decode = (value: string): string => {
    if (!encoded) return value;
    try {
      return decodeURIComponent(plusIsSpace ? value.replaceAll('+', ' ') : value);
    } catch {
      throw malformedReply(provider, 'ListObjects', reply, 'a key in it is not percent-encoded UTF-8');
    }
  };
  const contents = Array.isArray(list.Contents) ? (list.Contents as readonly unknown[]) : [];
  const objects = contents.map((each): StoredObject => {
    const fields = (typeof each === 'object' && each !== null ? each : {}) as Fields;
    const [key, size] = [text(fields.Key), text(fields.Size)];
    if (key === null || size === null || !/^\d{1,15}$/.test(size))
      throw malformedReply(provider, 'ListObjects', reply, 'an object in it has no key or no size');
    return {
      key: decode(key),
      size: Number(size),
      lastModified: time(text(fields.LastModified)),
      etag: etagOf(text(fields.ETag)),
      storageClass: text(fields.StorageClass),
    };
  });
  if (text(list.IsTruncated) !== 'true') return { objects, next: null };
  // Without a marker the last key is the position. A page without either would repeat for ever.
  const marker = text(list[nextElement]);
  const next = marker === null ? objects.at(-1)?.key : decode(marker);
  if (next === undefined) throw malformedReply(provider, 'ListObjects', reply, 'it lacks the marker of the next page');
  return { objects, next };
}

/** Parses a part of an object. Throws `VendorError` of kind `malformed` if the store did not return the requested range. */
export function parsePart(
  reply: VendorReply,
  provider: ProviderId,
  key: string,
  first: number,
  storageClassHeader: string,
): ObjectPart {
  const { headers } = reply;
  const object = (size: number): StoredObject => ({
    key,
    size,
    lastModified: time(headers['last-modified'] ?? null),
    etag: etagOf(headers.etag ?? null),
    storageClass: headers[storageClassHeader] ?? null,
  });
  const bytes = reply.bytes ?? Buffer.alloc(0);
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers['content-range'] ?? '');
  if (reply.httpStatus === 206 && range !== null) {
    const [begin, end, size] = range.slice(1).map(Number) as [number, number, number];
    if (begin === first && bytes.length === end - begin + 1) return { object: object(size), bytes };
    throw malformedReply(provider, 'GetObject', reply, 'it contains another part of the object than the requested one');
  }
  // A store that ignores the range sends the object from its beginning; the transport has cut the response at the requested length.
  const length = headers['content-length'] ?? '';
  // Every store sends an entity tag. A response without one comes from a proxy.
  if (reply.httpStatus === 200 && first === 0 && /^\d{1,15}$/.test(length) && object(0).etag !== null)
    return { object: object(Number(length)), bytes };
  throw malformedReply(provider, 'GetObject', reply, 'it exceeds the requested range');
}

function time(value: string | null): number | null {
  const at = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? null : at;
}

function etagOf(value: string | null): string | null {
  return value === null ? null : value.replaceAll('"', '');
}

function malformedReply(provider: ProviderId, operation: string, reply: VendorReply, why: string): VendorError {
  const detail = `The object store’s response is malformed: ${why}.`;
  return malformed({ name: provider, operation, requestId: null }, reply, detail);
}

/** Kinds of the stores' error codes (error code pages of OSS, OBS and COS). */
const kinds: Readonly<Record<string, FailureKind>> = {
  InvalidAccessKeyId: 'unauthenticated',
  SignatureDoesNotMatch: 'unauthenticated',
  AccessDenied: 'unauthenticated',
  AccessForbidden: 'unauthenticated',
  AllAccessDisabled: 'unauthenticated',
  InDebt: 'unauthenticated',
  InDebtOverdue: 'unauthenticated',
  InArrearOrInsufficientBalance: 'unauthenticated',
  BucketDisable: 'unauthenticated',
  UserDisable: 'unauthenticated',
  AbnormalBucketOwnerStatus: 'unauthenticated',
  InvalidSecurityToken: 'session_expired',
  AccessKeyIdAndSecurityTokenNotMatch: 'session_expired',
  ExpiredToken: 'session_expired',
  RequestTimeTooSkewed: 'clock_skew',
  NoSuchBucket: 'not_found',
  NoSuchKey: 'not_found',
  InvalidObjectState: 'rejected',
  InvalidRange: 'rejected',
  PermanentRedirect: 'rejected',
  TemporaryRedirect: 'rejected',
  SlowDown: 'throttled',
};

const details: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'The object store does not know the access key.',
  SignatureDoesNotMatch: 'The object store does not accept the signature: the secret is wrong.',
  NoSuchBucket: 'The bucket does not exist.',
  NoSuchKey: 'The object does not exist.',
  InvalidObjectState: 'The object is in an archive storage class and cannot be read.',
  InvalidRange: 'The object is shorter than the requested part.',
  RequestTimeTooSkewed: 'The clock of this machine differs too much from the object store’s.',
  SlowDown: 'The object store received too many calls.',
};

const problems: Partial<Record<FailureKind, VendorFailure['code']>> = {
  unauthenticated: 'provider_auth_failed',
  session_expired: 'provider_auth_failed',
  throttled: 'provider_throttled',
  unavailable: 'provider_unavailable',
  clock_skew: 'provider_auth_failed',
  malformed: 'provider_protocol_error',
};

/**
 * Reads the failure in a response of an object store, or returns null. Never throws. A redirect is a failure, because a signature must not
 * reach another host.
 */
export function storageFailure(
  request: VendorRequest,
  reply: VendorReply,
  provider: ProviderId,
  requestId: string | null,
  permissions: ObjectStore['permissions'],
): VendorFailure | null {
  const { httpStatus } = reply;
  if (httpStatus === 200 || httpStatus === 206) return null;
  const error = rootOf(reply.body, 'Error') ?? {};
  const code = text(error.Code);
  const elsewhere = otherEndpoint(error, reply);
  const kind = elsewhere !== null ? 'rejected' : (kinds[code ?? ''] ?? kindOfStatus(httpStatus));
  const retryAfterMs = kind === 'throttled' ? readRetryAfter(reply.headers, reply.receivedAt) : undefined;
  const message = messageOf(error);
  const denied = /^Access(?:Denied|Forbidden)$/.test(code ?? '') || (code === null && httpStatus === 403);
  const detail =
    elsewhere !== null
      ? `The bucket’s endpoint is ${elsewhere}. Set it as \`endpoints.storage\` of the account, or use an account of that region.`
      : denied
        ? `The account lacks a permission on the bucket: ${request.object?.key == null ? permissions.list : permissions.read}.${message === null ? '' : ` The store says: ${message}`}`
        : (details[code ?? ''] ?? `The object store answered ${code ?? `HTTP ${httpStatus}`}.`);
  return {
    kind,
    code: problems[kind] ?? 'provider_rejected',
    detail,
    retryable: kind === 'throttled' || kind === 'unavailable' || kind === 'malformed',
    provider: { name: provider, operation: request.operation, code, message, requestId, httpStatus },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The store's message. Omits messages about signatures, which may repeat the string to sign and a token in it. */
function messageOf(error: Fields): string | null {
  const message = text(error.Message);
  if (message === null || /signature/i.test(text(error.Code) ?? '')) return null;
  return message.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 500);
}

/** The endpoint that serves the bucket, according to a redirect or an error; null if the response names none. */
function otherEndpoint(error: Fields, { httpStatus, headers }: VendorReply): string | null {
  const code = text(error.Code) ?? '';
  const wrongRegion = (httpStatus >= 300 && httpStatus < 400) || /Redirect$/.test(code);
  const named = text(error.Endpoint);
  if (!wrongRegion && named === null) return null;
  const location = headers.location ?? '';
  const host = named ?? (URL.canParse(location) ? new URL(location).host : null);
  return host !== null && /^[A-Za-z0-9.:-]{1,260}$/.test(host) ? host : wrongRegion ? 'another endpoint' : null;
}

function kindOfStatus(status: number): FailureKind {
  if (status === 429 || status === 503) return 'throttled';
  if (status >= 500) return 'unavailable';
  if (status === 401 || status === 403 || status === 451) return 'unauthenticated';
  if (status === 404) return 'not_found';
  return status >= 400 ? 'rejected' : 'malformed';
}
