import type { HuaweiAgency, HuaweiMetadata, HuaweiOidc, HuaweiPodIdentity } from '../../domain/credentials.ts';
import { Secret } from '../../domain/secret.ts';
import type { HuaweiPasswordCredentials, VendorReply, VendorRequest } from '../../domain/vendor.ts';
import { refusedLoginPauseMs } from '../refused-logins.ts';
import {
  ask,
  asObject,
  type CredentialSource,
  digestOf,
  endOf,
  expectNoFailure,
  type Issued,
  objectOf,
  readToken,
  type SourceContext,
  send,
  textOf,
  unusable,
} from './source.ts';

const provider = 'huawei';
const json = { 'content-type': 'application/json;charset=utf8' };
const keyOperation = 'CreateTemporaryAccessKey';
const keyPath = '/v3.0/OS-CREDENTIAL/securitytokens';

/** A temporary access key for an OIDC id token: "Obtaining a Token with an OIDC ID Token", then "Obtaining a Temporary Access Key". */
export function huaweiOidc(settings: HuaweiOidc, context: SourceContext): CredentialSource {
  const operation = 'CreateTokenWithIdToken';
  return {
    refusalPauseMs: 60_000,
    fingerprint: async () => digestOf(await readToken(provider, settings.tokenFile)),
    async issue() {
      const idToken = await readToken(provider, settings.tokenFile);
      const reply = await ask(context, {
        provider,
        operation,
        method: 'POST',
        url: `${settings.endpoint}/v3.0/OS-AUTH/id-token/tokens`,
        headers: { ...json, 'x-idp-id': settings.identityProviderId },
        body: JSON.stringify({ auth: { id_token: { id: idToken }, scope: { project: settings.project } } }),
      });
      expectNoFailure(context, provider, operation, reply, [idToken]);
      const token = subjectToken(reply, operation);
      const identity = { methods: ['token'], token: { duration_seconds: settings.durationSeconds } };
      return temporaryKey(settings.endpoint, token, identity, context);
    },
  };
}

/** A temporary access key of the account that delegates: by the delegate's token, or signed with the delegate's access key. */
export function huaweiAgency(settings: HuaweiAgency, context: SourceContext): CredentialSource {
  const identity = {
    methods: ['assume_role'],
    assume_role: {
      domain_name: settings.domainName,
      agency_name: settings.agencyName,
      duration_seconds: settings.durationSeconds,
    },
  };
  return {
    // A password is among the inputs, and the vendor locks the user.
    refusalPauseMs: refusedLoginPauseMs,
    fingerprint: async () =>
      digestOf(
        ...Object.values(await settings.base()).map((value) =>
          value instanceof Secret ? value.reveal() : String(value),
        ),
      ),
    async issue() {
      const base = await settings.base();
      if (base.method === 'password')
        return temporaryKey(settings.endpoint, await domainToken(settings.endpoint, base, context), identity, context);
      const request: VendorRequest = {
        operation: keyOperation,
        service: 'iam',
        effect: 'read',
        method: 'POST',
        path: keyPath,
        query: [],
        headers: {},
        body: { auth: { identity } },
      };
      const signed = context.providers.huawei.sign(request, {
        account: {
          name: '',
          provider,
          region: '',
          endpoints: {},
          limits: { readsPerSecond: 1, writesPerSecond: 1 },
          projectId: null,
        },
        region: '',
        credentials: base,
        session: null,
        endpoint: settings.endpoint,
        now: context.runtime.now(),
        nonce: context.runtime.uuid(),
      });
      return keyIn(await send(context, signed, provider, keyOperation), context, []);
    },
  };
}

/** The agency bound to the machine, through the metadata service: with a token where it is offered. */
export function huaweiMetadata(settings: HuaweiMetadata, context: SourceContext): CredentialSource {
  const operation = 'EcsAgency';
  return {
    refusalPauseMs: 30_000,
    fingerprint: async () => '',
    async issue() {
      const session = await ask(context, {
        provider,
        operation,
        method: 'PUT',
        url: `${settings.endpoint}/meta-data/latest/api/token`,
        headers: { 'x-metadata-token-ttl-seconds': '21600' },
      });
      const token = session.httpStatus === 200 ? session.body.trim() : '';
      const reply = await ask(context, {
        provider,
        operation,
        method: 'GET',
        url: `${settings.endpoint}/openstack/latest/securitykey`,
        headers: token === '' ? {} : { 'x-metadata-token': token },
      });
      if (reply.httpStatus === 401 || reply.httpStatus === 404)
        throw unusable(provider, operation, 'unauthenticated', 'No agency is bound to this machine.', reply.httpStatus);
      if (reply.httpStatus !== 200)
        throw unusable(provider, operation, 'unavailable', 'The metadata service gives no key now.', reply.httpStatus);
      return keyOf(asObject(objectOf(reply.body)?.credential), oldNames, operation, reply, context);
    },
  };
}

/** The identity of a CCE pod: a local service exchanges the mounted token. */
export function huaweiPodIdentity(settings: HuaweiPodIdentity, context: SourceContext): CredentialSource {
  const operation = 'PodIdentity';
  return {
    refusalPauseMs: 60_000,
    fingerprint: async () => digestOf(await readToken(provider, settings.tokenFile)),
    async issue() {
      const reply = await ask(context, {
        provider,
        operation,
        method: 'POST',
        url: settings.endpoint,
        headers: { 'content-type': 'application/json', authorization: await readToken(provider, settings.tokenFile) },
        body: '{}',
      });
      if (reply.httpStatus === 401 || reply.httpStatus === 403)
        throw unusable(provider, operation, 'unauthenticated', 'The pod’s token was refused.', reply.httpStatus);
      if (reply.httpStatus < 200 || reply.httpStatus > 299)
        throw unusable(
          provider,
          operation,
          'unavailable',
          'The pod identity service gives no key now.',
          reply.httpStatus,
        );
      return keyOf(asObject(objectOf(reply.body)?.credentials), newNames, operation, reply, context);
    },
  };
}

/** A token of the delegate's whole account: an agency is not a matter of one project. */
async function domainToken(
  endpoint: string,
  { accountName, userName, password }: HuaweiPasswordCredentials,
  context: SourceContext,
): Promise<string> {
  const operation = 'KeystoneCreateUserTokenByPassword';
  const user = { name: userName, password: password.reveal(), domain: { name: accountName } };
  const reply = await ask(context, {
    provider,
    operation,
    method: 'POST',
    url: `${endpoint}/v3/auth/tokens?nocatalog=true`,
    headers: json,
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user } },
        scope: { domain: { name: accountName } },
      },
    }),
  });
  expectNoFailure(context, provider, operation, reply, [password.reveal()]);
  return subjectToken(reply, operation);
}

function subjectToken(reply: VendorReply, operation: string): string {
  const token = textOf(reply.headers['x-subject-token']);
  if (token === null)
    throw unusable(
      provider,
      operation,
      'garbage',
      'IAM answered without the header X-Subject-Token.',
      reply.httpStatus,
    );
  return token;
}

async function temporaryKey(
  endpoint: string,
  token: string,
  identity: object,
  context: SourceContext,
): Promise<Issued> {
  const reply = await ask(context, {
    provider,
    operation: keyOperation,
    method: 'POST',
    url: `${endpoint}${keyPath}`,
    headers: { ...json, 'x-auth-token': token },
    body: JSON.stringify({ auth: { identity } }),
  });
  return keyIn(reply, context, [token]);
}

function keyIn(reply: VendorReply, context: SourceContext, secrets: readonly string[]): Issued {
  expectNoFailure(context, provider, keyOperation, reply, secrets);
  return keyOf(asObject(objectOf(reply.body)?.credential), oldNames, keyOperation, reply, context);
}

const oldNames = { id: 'access', secret: 'secret', token: 'securitytoken', end: 'expires_at' } as const;
const newNames = { id: 'accessKeyId', secret: 'secretAccessKey', token: 'securityToken', end: 'expiration' } as const;

function keyOf(
  body: Readonly<Record<string, unknown>> | null,
  names: typeof oldNames | typeof newNames,
  operation: string,
  reply: VendorReply,
  { runtime }: SourceContext,
): Issued {
  const accessKeyId = textOf(body?.[names.id]);
  const secretAccessKey = textOf(body?.[names.secret]);
  const securityToken = textOf(body?.[names.token]);
  if (accessKeyId === null || secretAccessKey === null || securityToken === null)
    throw unusable(provider, operation, 'garbage', `${operation} answered without a key.`, reply.httpStatus);
  return {
    credentials: {
      provider,
      method: 'access_key',
      accessKeyId,
      secretAccessKey: new Secret(secretAccessKey),
      securityToken: new Secret(securityToken),
    },
    expiresAt: endOf(body?.[names.end], reply, runtime.now()),
  };
}
