import { createHmac } from 'node:crypto';
import type { ObjectStore } from '../../domain/object-store.ts';
import { Secret } from '../../domain/secret.ts';
import {
  type Dialogue,
  type Session,
  type SignedRequest,
  type SigningContext,
  VendorError,
  type VendorReply,
  type VendorRequest,
  vendorFailure,
} from '../../domain/vendor.ts';
import { byCodeUnit } from '../kit/code-units.ts';
import { asObject, objectOf } from '../kit/json.ts';
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
import {
  type HuaweiAccessKeyCredentials,
  type HuaweiPasswordCredentials,
  huaweiAccount,
  huaweiCredentials,
} from './account.ts';
import { endpoint } from './endpoints.ts';
import { tokenIn, tokenRequest } from './login.ts';
import { instant, malformedReply, text } from './reply.ts';

const permissions = { list: 'obs:bucket:ListBucket', read: 'obs:object:GetObject' } as const;

/** Reads from OBS (pages obs_04_0022 and obs_04_0083). */
export const objectStore: ObjectStore = {
  permissions,
  restorable: (storageClass) => storageClass.toUpperCase() === 'STANDARD',
  list(bucket, prefix, from) {
    const place = from === null ? [] : ([['marker', from]] as const);
    return listRequest(bucket, [['prefix', prefix], ...place]);
  },
  parsePage: (reply) => parsePage(reply, { provider: 'huawei', plusIsSpace: true, nextElement: 'NextMarker' }),
  read: readRequest,
  parsePart: (reply, key, first) => parsePart(reply, 'huawei', key, first, 'x-obs-storage-class'),
  endpoint: (_service, region, account) => endpoint('obs', region, huaweiAccount(account)),
  sign: signStorage,
  failureOf(request, reply) {
    const failure = storageFailure(request, reply, 'huawei', requestIdOf(reply), permissions);
    // The vendor reports an expired temporary access key like an unknown one.
    return failure?.provider.code === 'InvalidAccessKeyId' ? { ...failure, kind: 'session_expired' } : failure;
  },
  requestIdOf,
  login(_account, _region, credentials) {
    const own = huaweiCredentials(credentials);
    return own.method === 'password' ? storageLogin(own) : null;
  },
};

function requestIdOf({ headers }: VendorReply): string | null {
  return headers['x-obs-request-id'] ?? headers['x-amz-request-id'] ?? null;
}

/** The string to sign of OBS (page obs_04_0010). It does not cover prefix, marker and range. */
export function storageStringToSign(request: VendorRequest, headers: Readonly<Record<string, string>>): string {
  const { bucket = '', key = null } = request.object ?? {};
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()] as const);
  const own = lower.filter(([name]) => name.startsWith('x-obs-')).toSorted(([one], [other]) => byCodeUnit(one, other));
  const of = (name: string) => lower.find(([each]) => each === name)?.[1] ?? '';
  return [
    request.method,
    of('content-md5'),
    of('content-type'),
    of('date'),
    ...own.map(([name, value]) => `${name}:${value}`),
    `/${bucket}/${encodeKey(key ?? '')}`,
  ].join('\n');
}

/** Signs one attempt with the account's access key or with the temporary one of the session. Pure. */
export function signStorage(request: VendorRequest, context: SigningContext): SignedRequest {
  const keys = keysOf(request, context);
  const headers = {
    ...request.headers,
    date: new Date(context.now).toUTCString(),
    ...(keys.securityToken && { 'x-obs-security-token': keys.securityToken.reveal() }),
  };
  const signature = createHmac('sha1', keys.secretAccessKey.reveal())
    .update(storageStringToSign(request, headers), 'utf8')
    .digest('base64');
  const authorization = `OBS ${keys.accessKeyId}:${signature}`;
  return signedRead(request, addressOf(context.endpoint, request), { ...headers, authorization });
}

function keysOf(request: VendorRequest, { credentials, session }: SigningContext): HuaweiAccessKeyCredentials {
  for (const each of [credentials, session?.keys]) {
    const own = each && huaweiCredentials(each);
    if (own?.method === 'access_key') return own;
  }
  throw new VendorError(
    vendorFailure({
      kind: 'unauthenticated',
      detail: 'The object storage accepts only access keys, and this account has no temporary one.',
      provider: { name: 'huawei', operation: request.operation },
    }),
  );
}

const keysOperation = 'CreateTemporaryAccessKeyByToken';
/**
 * Lifetime of a temporary access key in seconds. One hour limits both the number of renewals and the risk of a stolen key. The vendor
 * allows 15 minutes to 24 hours.
 */
const lifetimeSeconds = 3600;

/** Opens a session for the object store with a password: a token, and with it a temporary access key. */
function* storageLogin(credentials: HuaweiPasswordCredentials): Dialogue<Session> {
  const token = tokenIn(yield tokenRequest(credentials, { domain: { name: credentials.accountName } }));
  const reply = yield {
    operation: keysOperation,
    service: 'iam',
    effect: 'read',
    method: 'POST',
    path: '/v3.0/OS-CREDENTIAL/securitytokens',
    query: [],
    headers: { 'X-Auth-Token': token },
    body: { auth: { identity: { methods: ['token'], token: { duration_seconds: lifetimeSeconds } } } },
  };
  const issued = asObject(objectOf(reply)?.credential);
  const [access, secret, security] = [text(issued?.access), text(issued?.secret), text(issued?.securitytoken)];
  if (access === null || secret === null || security === null)
    throw malformedReply(keysOperation, reply, 'the temporary access key is missing');
  return {
    token: null,
    projectId: null,
    keys: {
      provider: 'huawei',
      method: 'access_key',
      accessKeyId: access,
      secretAccessKey: new Secret(secret),
      securityToken: new Secret(security),
    },
    // If the expiry cannot be parsed, a quarter of the lifetime is assumed.
    expiresAt: instant(issued?.expires_at) ?? reply.receivedAt + (lifetimeSeconds * 1000) / 4,
  };
}
