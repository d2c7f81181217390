import { createHash, createHmac } from 'node:crypto';
import type { ObjectStore } from '../../domain/object-store.ts';
import type { SignedRequest, SigningContext, VendorReply, VendorRequest } from '../../domain/vendor.ts';
import {
  addressOf,
  encodeKey,
  listRequest,
  parsePage,
  parsePart,
  readRequest,
  signedRead,
  storageFailure,
} from '../kit/object-store.ts';
import { percentEncode } from '../kit/percent.ts';
import { type AlibabaCredentials, alibabaAccount, alibabaCredentials } from './account.ts';
import { ossEndpoint, regionOfOssHost } from './endpoints.ts';

const permissions = { list: 'oss:ListObjects', read: 'oss:GetObject' } as const;

/** Reads from OSS (ListObjectsV2 and GetObject pages). */
export const objectStore: ObjectStore = {
  permissions,
  // The vendor rejects restores from other storage classes with InvalidOssObjectStorageClassType.
  restorable: (storageClass) => storageClass.toLowerCase() === 'standard',
  list(bucket, prefix, from) {
    const place = from === null ? [] : ([['continuation-token', from]] as const);
    return listRequest(bucket, [['list-type', '2'], ['prefix', prefix], ...place]);
  },
  parsePage: (reply) =>
    parsePage(reply, { provider: 'alibaba', plusIsSpace: true, nextElement: 'NextContinuationToken' }),
  read(bucket, key, first, last) {
    const request = readRequest(bucket, key, first, last);
    // Without this header OSS answers an invalid range with the whole object.
    return { ...request, headers: { ...request.headers, 'x-oss-range-behavior': 'standard' } };
  },
  parsePart: (reply, key, first) => parsePart(reply, 'alibaba', key, first, 'x-oss-storage-class'),
  endpoint: (_service, region, account) => ossEndpoint(region, alibabaAccount(account)),
  sign: signStorage,
  failureOf: (request, reply) => storageFailure(request, reply, 'alibaba', requestIdOf(reply), permissions),
  requestIdOf,
  login: () => null,
};

function requestIdOf({ headers }: VendorReply): string | null {
  return headers['x-oss-request-id'] ?? null;
}

const unsigned = 'UNSIGNED-PAYLOAD';
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data, 'utf8').digest();
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Signs one attempt with signature V4, or with V1 if the account selects it. Pure. */
export function signStorage(request: VendorRequest, context: SigningContext): SignedRequest {
  const { endpoint } = context;
  const account = alibabaAccount(context.account);
  const credentials = alibabaCredentials(context.credentials);
  const address = addressOf(endpoint, request);
  const token = credentials.securityToken;
  const headers = { ...request.headers, ...(token && { 'x-oss-security-token': token.reveal() }) };
  const signed =
    account.storageSignature === 'v1'
      ? signV1(request, headers, credentials, context.now)
      : signV4(request, headers, credentials, context.now, regionOfOssHost(new URL(endpoint).host) ?? context.region);
  return signedRead(request, address, signed);
}

type Headers = Readonly<Record<string, string>>;

/** The headers that the signature covers, in lower case and sorted: all `x-oss-` headers, and those in `also`. */
function ownHeaders(headers: Headers, also: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(([name]) => name.startsWith('x-oss-') || also.includes(name))
    .toSorted(([a], [b]) => byBytes(a, b));
}

/**
 * The canonical request of V4 (OSS signature V4 page). The path contains the bucket even if the host does. A parameter without a value has
 * no equals sign.
 */
export function canonicalV4(request: VendorRequest, headers: Headers): string {
  const { bucket = '', key = null } = request.object ?? {};
  const query = request.query
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .toSorted((a, b) => byBytes(a[0], b[0]) || byBytes(a[1], b[1]))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const covered = ownHeaders(headers, ['content-type', 'content-md5']);
  return [
    request.method,
    `/${percentEncode(bucket)}/${encodeKey(key ?? '')}`,
    query.join('&'),
    ...covered.map(([name, value]) => `${name}:${value}`),
    '',
    '',
    unsigned,
  ].join('\n');
}

/** The signature of V4 over a canonical request, in hexadecimal. `date`: `yyyyMMddTHHmmssZ`. */
export function signatureV4(canonical: string, date: string, region: string, secret: string): string {
  const day = date.slice(0, 8);
  const scope = `${day}/${region}/oss/aliyun_v4_request`;
  const digest = createHash('sha256').update(canonical, 'utf8').digest('hex');
  const key = [day, region, 'oss', 'aliyun_v4_request'].reduce<string | Buffer>(hmac, `aliyun_v4${secret}`);
  return hmac(key, `OSS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).toString('hex');
}

function signV4(
  request: VendorRequest,
  given: Headers,
  { accessKeyId, accessKeySecret }: AlibabaCredentials,
  now: number,
  region: string,
): Headers {
  const date = new Date(now).toISOString().replace(/\.\d+|[-:]/g, '');
  const headers = { ...given, 'x-oss-date': date, 'x-oss-content-sha256': unsigned };
  const signature = signatureV4(canonicalV4(request, headers), date, region, accessKeySecret.reveal());
  const credential = `${accessKeyId}/${date.slice(0, 8)}/${region}/oss/aliyun_v4_request`;
  return { ...headers, authorization: `OSS4-HMAC-SHA256 Credential=${credential},Signature=${signature}` };
}

/** The query parameters in use here that V1 includes in the resource. */
const signedParameters: readonly string[] = ['continuation-token'];

/** The string to sign of V1 (OSS signature V1 page). The resource contains the key without percent-encoding. */
export function stringToSignV1(request: VendorRequest, headers: Headers): string {
  const { bucket = '', key = null } = request.object ?? {};
  const sub = request.query
    .filter(([name]) => signedParameters.includes(name))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .toSorted(byBytes);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return [
    request.method,
    lower['content-md5'] ?? '',
    lower['content-type'] ?? '',
    lower['x-oss-date'] ?? lower.date ?? '',
    ...ownHeaders(headers, []).map(([name, value]) => `${name}:${value}`),
    `/${bucket}/${key ?? ''}${sub.length === 0 ? '' : `?${sub.join('&')}`}`,
  ].join('\n');
}

function signV1(
  request: VendorRequest,
  given: Headers,
  { accessKeyId, accessKeySecret }: AlibabaCredentials,
  now: number,
): Headers {
  const headers = { ...given, 'x-oss-date': new Date(now).toUTCString() };
  const text = stringToSignV1(request, headers);
  const signature = createHmac('sha1', accessKeySecret.reveal()).update(text, 'utf8').digest('base64');
  return { ...headers, authorization: `OSS ${accessKeyId}:${signature}` };
}
