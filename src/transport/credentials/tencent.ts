import type { TencentMetadata, TencentOidc } from '../../domain/credentials.ts';
import { Secret } from '../../domain/secret.ts';
import type { VendorReply } from '../../domain/vendor.ts';
import { roleNameOf } from './role-name.ts';
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
  textOf,
  unusable,
} from './source.ts';

const provider = 'tencent';
const oidcOperation = 'AssumeRoleWithWebIdentity';
const metadataOperation = 'CvmRole';

/** The role of a pod ("AssumeRoleWithWebIdentity" of STS, version 2018-08-13): not signed, `Authorization` says so. */
export function tencentOidc(settings: TencentOidc, context: SourceContext): CredentialSource {
  const { endpoint, providerId, roleArn, tokenFile, sessionName, region, durationSeconds } = settings;
  return {
    refusalPauseMs: 60_000,
    fingerprint: async () => digestOf(await readToken(provider, tokenFile)),
    async issue() {
      const token = await readToken(provider, tokenFile);
      const reply = await ask(context, {
        provider,
        operation: oidcOperation,
        method: 'POST',
        url: `${endpoint}/`,
        headers: {
          authorization: 'SKIP',
          'content-type': 'application/json',
          'x-tc-action': oidcOperation,
          'x-tc-version': '2018-08-13',
          'x-tc-region': region,
          'x-tc-timestamp': String(Math.floor(context.runtime.now() / 1000)),
        },
        body: JSON.stringify({
          ProviderId: providerId,
          WebIdentityToken: token,
          RoleArn: roleArn,
          RoleSessionName: sessionName,
          DurationSeconds: durationSeconds,
        }),
      });
      expectNoFailure(context, provider, oidcOperation, reply, [token]);
      const response = asObject(objectOf(reply.body)?.Response);
      const end = response?.ExpiredTime ?? response?.Expiration;
      return issued({ ...asObject(response?.Credentials), end }, oidcOperation, reply, context);
    },
  };
}

/** The CAM role of the machine, through the metadata service. */
export function tencentMetadata(settings: TencentMetadata, context: SourceContext): CredentialSource {
  const base = `${settings.endpoint}/latest/meta-data/cam/security-credentials/`;
  const get = (url: string) => ask(context, { provider, operation: metadataOperation, method: 'GET', url });
  return {
    refusalPauseMs: 30_000,
    fingerprint: async () => '',
    async issue() {
      const role = settings.roleName ?? roleNameOf(provider, metadataOperation, await get(base));
      const reply = await get(`${base}${role}`);
      const body = objectOf(reply.body);
      if (reply.httpStatus === 404)
        throw unusable(provider, metadataOperation, 'unauthenticated', `The machine has no CAM role ${role}.`, 404);
      if (reply.httpStatus !== 200 || body?.Code !== 'Success')
        throw unusable(
          provider,
          metadataOperation,
          'unavailable',
          `The metadata service gives no credentials for the role ${role} now.`,
          reply.httpStatus,
        );
      return issued({ ...body, end: body.ExpiredTime ?? body.Expiration }, metadataOperation, reply, context);
    },
  };
}

function issued(
  body: Readonly<Record<string, unknown>>,
  operation: string,
  reply: VendorReply,
  { runtime }: SourceContext,
): Issued {
  const secretId = textOf(body.TmpSecretId);
  const secretKey = textOf(body.TmpSecretKey);
  const token = textOf(body.Token);
  if (secretId === null || secretKey === null || token === null)
    throw unusable(provider, operation, 'garbage', `${operation} answered without credentials.`, reply.httpStatus);
  return {
    credentials: { provider, secretId, secretKey: new Secret(secretKey), token: new Secret(token) },
    expiresAt: endOf(body.end, reply, runtime.now()),
  };
}
