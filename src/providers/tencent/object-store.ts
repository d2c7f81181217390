import { createHash, createHmac } from 'node:crypto';
import type { ObjectStore } from '../../domain/object-store.ts';
import type { SignedRequest, SigningContext, VendorReply, VendorRequest } from '../../domain/vendor.ts';
import { byCodeUnit } from '../kit/code-units.ts';
import {
  addressOf,
  listRequest,
  parsePage,
  parsePart,
  readRequest,
  signedRead,
  storageFailure,
} from '../kit/object-store.ts';
import { percentEncode } from '../kit/percent.ts';
import { tencentCredentials } from './account.ts';

const permissions = { list: 'name/cos:GetBucket', read: 'name/cos:GetObject' } as const;

/** Reads from COS (pages 436/30614 and 436/7753). */
export const objectStore: ObjectStore = {
  permissions,
  restorable: (storageClass) => !/archive/i.test(storageClass),
  list(bucket, prefix, from) {
    const place = from === null ? [] : ([['marker', from]] as const);
    return listRequest(bucket, [['prefix', prefix], ...place]);
  },
  parsePage: (reply) => parsePage(reply, { provider: 'tencent', plusIsSpace: false, nextElement: 'NextMarker' }),
  read: readRequest,
  parsePart: (reply, key, first) => parsePart(reply, 'tencent', key, first, 'x-cos-storage-class'),
  endpoint: (_service, region) => `https://cos.${region}.myqcloud.com`,
  sign: signStorage,
  failureOf: (request, reply) => storageFailure(request, reply, 'tencent', requestIdOf(reply), permissions),
  requestIdOf,
  login: () => null,
};

function requestIdOf({ headers }: VendorReply): string | null {
  return headers['x-cos-request-id'] ?? null;
}

const sha1 = (text: string) => createHash('sha1').update(text, 'utf8').digest('hex');
const hmac = (key: string, text: string) => createHmac('sha1', key).update(text, 'utf8').digest('hex');

/** Validity of a signature in seconds. */
const validitySeconds = 900;

/** The parts of a request that a COS signature covers. Values are not encoded. */
export interface CosSignable {
  readonly method: string;
  /** Decoded path of the URL. */
  readonly path: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** The headers to sign. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The value of `Authorization` (page 436/7778). `keyTime`: start and end of its validity in epoch seconds, separated by `;`. */
export function authorization(signable: CosSignable, keyTime: string, secretId: string, secretKey: string): string {
  const parameters = canonical(signable.parameters);
  const headers = canonical(Object.entries(signable.headers));
  const httpString = [signable.method.toLowerCase(), signable.path, joined(parameters), joined(headers), ''].join('\n');
  // The key of the second HMAC is the hexadecimal text of the first HMAC, not its bytes.
  const signature = hmac(hmac(secretKey, keyTime), `sha1\n${keyTime}\n${sha1(httpString)}\n`);
  const names = (list: typeof parameters) => list.map(([name]) => name).join(';');
  return [
    'q-sign-algorithm=sha1',
    `q-ak=${secretId}`,
    `q-sign-time=${keyTime}`,
    `q-key-time=${keyTime}`,
    `q-header-list=${names(headers)}`,
    `q-url-param-list=${names(parameters)}`,
    `q-signature=${signature}`,
  ].join('&');
}

type Pairs = readonly (readonly [name: string, value: string])[];

function canonical(pairs: Pairs): Pairs {
  return pairs
    .map(([name, value]) => [percentEncode(name).toLowerCase(), percentEncode(value)] as const)
    .toSorted(([one], [other]) => byCodeUnit(one, other));
}

function joined(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/** Signs one attempt. The signature covers the host, the range and all parameters. Pure. */
export function signStorage(request: VendorRequest, context: SigningContext): SignedRequest {
  const { endpoint, now } = context;
  const credentials = tencentCredentials(context.credentials);
  const address = addressOf(endpoint, request);
  const second = Math.floor(now / 1000);
  const signable: CosSignable = {
    method: request.method,
    path: decodeURIComponent(address.path),
    parameters: request.query,
    headers: { host: address.host, ...request.headers },
  };
  const keyTime = `${second - 1};${second - 1 + validitySeconds}`;
  return signedRead(request, address, {
    ...request.headers,
    authorization: authorization(signable, keyTime, credentials.secretId, credentials.secretKey.reveal()),
    ...(credentials.token && { 'x-cos-security-token': credentials.token.reveal() }),
  });
}
