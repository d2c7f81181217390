import type { Issued, IssuedCredentials, IssuerRequest } from '../../domain/credentials.ts';
import { Secret } from '../../domain/secret.ts';
import type { VendorReply } from '../../domain/vendor.ts';
import { endOf, expectNoFailure, type Issuing, textOf, unusable } from '../kit/issuing.ts';
import { asObject, type Fields, objectOf } from '../kit/json.ts';
import {
  type HuaweiAccessKeyCredentials,
  type HuaweiAccount,
  type HuaweiCredentials,
  type HuaweiPasswordCredentials,
  huaweiCredentials,
} from './account.ts';
import { failureOf } from './errors.ts';
import { sign } from './sign.ts';

/** Settings of credentials that are issued for an OIDC id token. */
export interface OidcSettings {
  readonly endpoint: string;
  readonly identityProviderId: string;
  readonly tokenFile: string;
  /** Lifetime of the credentials in seconds, from 900 to 86,400. */
  readonly durationSeconds: number;
  /** The project to which the token is scoped. */
  readonly project: { readonly id: string } | { readonly name: string };
}

/** Settings of credentials that are issued for an agency, a delegation by another account. */
export interface AgencySettings {
  readonly endpoint: string;
  readonly agencyName: string;
  /** Name of the delegating account. */
  readonly domainName: string;
  readonly durationSeconds: number;
  /** Reads the delegate's own credentials. */
  base(): Promise<HuaweiCredentials>;
}

type Answer<T> = Generator<IssuerRequest, T, VendorReply>;

const json = { 'content-type': 'application/json;charset=utf8' };
const temporaryAccessKey: Issuing = { provider: 'huawei', operation: 'CreateTemporaryAccessKey' };
const keyPath = '/v3.0/OS-CREDENTIAL/securitytokens';

/** A temporary access key for an OIDC id token (IAM pages “Obtaining a Token with an OIDC ID Token” and “Obtaining a Temporary Access Key”). */
export function oidcCredentials(settings: OidcSettings): IssuedCredentials {
  const issuing: Issuing = { provider: 'huawei', operation: 'CreateTokenWithIdToken' };
  const { endpoint, tokenFile, identityProviderId, project, durationSeconds } = settings;
  return {
    provider: 'huawei',
    source: 'oidc',
    issuer: 'service',
    endpoint,
    tokenFile,
    *issue({ token: idToken }) {
      const reply = yield {
        operation: issuing.operation,
        method: 'POST',
        url: `${endpoint}/v3.0/OS-AUTH/id-token/tokens`,
        headers: { ...json, 'x-idp-id': identityProviderId },
        body: JSON.stringify({ auth: { id_token: { id: idToken }, scope: { project } } }),
      };
      expectNoFailure(issuing, failureOf, reply, [idToken]);
      const identity = { methods: ['token'], token: { duration_seconds: durationSeconds } };
      return yield* temporaryKey(endpoint, subjectToken(reply, issuing), identity);
    },
  };
}

/**
 * A temporary access key of the delegating account (IAM page “Obtaining a Temporary Access Key”). The request carries the delegate's token
 * or is signed with the delegate's access key.
 */
export function agencyCredentials(settings: AgencySettings): IssuedCredentials {
  const { endpoint, domainName, agencyName, durationSeconds } = settings;
  const identity = {
    methods: ['assume_role'],
    assume_role: { domain_name: domainName, agency_name: agencyName, duration_seconds: durationSeconds },
  };
  return {
    provider: 'huawei',
    source: 'agency',
    issuer: 'service',
    endpoint,
    base: settings.base,
    // Repeated failures would lock the user, because the inputs may contain a password.
    locksUser: true,
    *issue({ base, now, nonce }) {
      if (base === null) throw new Error('an agency needs the credentials of the delegate');
      const delegate = huaweiCredentials(base);
      if (delegate.method === 'password')
        return yield* temporaryKey(endpoint, yield* domainToken(endpoint, delegate), identity);
      return keyIn(yield signedKeyRequest(endpoint, delegate, identity, now, nonce), []);
    },
  };
}

/** An account for signing a request to IAM, which needs none of the account's settings. */
const nobody: HuaweiAccount = {
  name: '',
  provider: 'huawei',
  region: '',
  endpoints: {},
  limits: { readsPerSecond: 1, writesPerSecond: 1 },
  projectId: null,
};

function signedKeyRequest(
  endpoint: string,
  credentials: HuaweiAccessKeyCredentials,
  identity: object,
  now: number,
  nonce: string,
): IssuerRequest {
  const { operation } = temporaryAccessKey;
  const signed = sign(
    {
      operation,
      service: 'iam',
      effect: 'read',
      method: 'POST',
      path: keyPath,
      query: [],
      headers: {},
      body: { auth: { identity } },
    },
    { account: nobody, region: '', credentials, session: null, endpoint, now, nonce },
  );
  return { operation, method: 'POST', url: signed.url, headers: signed.headers, body: signed.body };
}

/** Credentials of the agency that is bound to the machine, from the ECS metadata service. Uses a metadata token if the service issues one. */
export function metadataCredentials({ endpoint }: { readonly endpoint: string }): IssuedCredentials {
  const issuing: Issuing = { provider: 'huawei', operation: 'EcsAgency' };
  const { operation } = issuing;
  return {
    provider: 'huawei',
    source: 'metadata',
    issuer: 'metadata',
    endpoint,
    *issue() {
      const session = yield {
        operation,
        method: 'PUT',
        url: `${endpoint}/meta-data/latest/api/token`,
        headers: { 'x-metadata-token-ttl-seconds': '21600' },
      };
      const token = session.httpStatus === 200 ? session.body.trim() : '';
      const reply = yield {
        operation,
        method: 'GET',
        url: `${endpoint}/openstack/latest/securitykey`,
        headers: token === '' ? {} : { 'x-metadata-token': token },
      };
      if (reply.httpStatus === 401 || reply.httpStatus === 404)
        throw unusable(issuing, 'unauthenticated', 'No agency is bound to this machine.', reply.httpStatus);
      if (reply.httpStatus !== 200)
        throw unusable(issuing, 'unavailable', 'The metadata service returns no key now.', reply.httpStatus);
      return keyOf(asObject(objectOf(reply)?.credential), oldNames, issuing, reply);
    },
  };
}

/** Credentials of a CCE pod (pod identity). A local service at the address `endpoint` exchanges the mounted token. */
export function podCredentials(settings: { readonly endpoint: string; readonly tokenFile: string }): IssuedCredentials {
  const issuing: Issuing = { provider: 'huawei', operation: 'PodIdentity' };
  return {
    provider: 'huawei',
    source: 'pod_identity',
    issuer: 'pod',
    endpoint: settings.endpoint,
    tokenFile: settings.tokenFile,
    *issue({ token }) {
      const reply = yield {
        operation: issuing.operation,
        method: 'POST',
        url: settings.endpoint,
        headers: { 'content-type': 'application/json', authorization: token },
        body: '{}',
      };
      if (reply.httpStatus === 401 || reply.httpStatus === 403)
        throw unusable(
          issuing,
          'unauthenticated',
          'The pod identity service refused the pod’s token.',
          reply.httpStatus,
        );
      if (reply.httpStatus < 200 || reply.httpStatus > 299)
        throw unusable(issuing, 'unavailable', 'The pod identity service returns no key now.', reply.httpStatus);
      return keyOf(asObject(objectOf(reply)?.credentials), newNames, issuing, reply);
    },
  };
}

/** Obtains a token for the delegate's whole account, because an agency does not belong to one project. */
function* domainToken(
  endpoint: string,
  { accountName, userName, password }: HuaweiPasswordCredentials,
): Answer<string> {
  const issuing: Issuing = { provider: 'huawei', operation: 'KeystoneCreateUserTokenByPassword' };
  const user = { name: userName, password: password.reveal(), domain: { name: accountName } };
  const reply = yield {
    operation: issuing.operation,
    method: 'POST',
    url: `${endpoint}/v3/auth/tokens?nocatalog=true`,
    headers: json,
    body: JSON.stringify({
      auth: { identity: { methods: ['password'], password: { user } }, scope: { domain: { name: accountName } } },
    }),
  };
  expectNoFailure(issuing, failureOf, reply, [password.reveal()]);
  return subjectToken(reply, issuing);
}

function subjectToken(reply: VendorReply, issuing: Issuing): string {
  const token = textOf(reply.headers['x-subject-token']);
  if (token !== null) return token;
  throw unusable(issuing, 'malformed', 'IAM’s response lacks the header X-Subject-Token.', reply.httpStatus);
}

function* temporaryKey(endpoint: string, token: string, identity: object): Answer<Issued> {
  const reply = yield {
    operation: temporaryAccessKey.operation,
    method: 'POST',
    url: `${endpoint}${keyPath}`,
    headers: { ...json, 'x-auth-token': token },
    body: JSON.stringify({ auth: { identity } }),
  };
  return keyIn(reply, [token]);
}

function keyIn(reply: VendorReply, secrets: readonly string[]): Issued {
  expectNoFailure(temporaryAccessKey, failureOf, reply, secrets);
  return keyOf(asObject(objectOf(reply)?.credential), oldNames, temporaryAccessKey, reply);
}

const oldNames = { id: 'access', secret: 'secret', token: 'securitytoken', end: 'expires_at' } as const;
const newNames = { id: 'accessKeyId', secret: 'secretAccessKey', token: 'securityToken', end: 'expiration' } as const;

function keyOf(
  body: Fields | null,
  names: typeof oldNames | typeof newNames,
  issuing: Issuing,
  reply: VendorReply,
): Issued {
  const accessKeyId = textOf(body?.[names.id]);
  const secretAccessKey = textOf(body?.[names.secret]);
  const securityToken = textOf(body?.[names.token]);
  if (accessKeyId === null || secretAccessKey === null || securityToken === null)
    throw unusable(issuing, 'malformed', `${issuing.operation} returned no key.`, reply.httpStatus);
  const credentials: HuaweiAccessKeyCredentials = {
    provider: 'huawei',
    method: 'access_key',
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    securityToken: new Secret(securityToken),
  };
  return { credentials, expiresAt: endOf(body?.[names.end], reply) };
}
