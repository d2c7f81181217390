import type { AlibabaMetadata, AlibabaOidc } from '../../domain/credentials.ts';
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

const provider = 'alibaba';
const oidcOperation = 'AssumeRoleWithOIDC';
const metadataOperation = 'EcsRamRole';
const tokenTtlSeconds = '21600';

/** The role of a service account ("AssumeRoleWithOIDC" of STS, version 2015-04-01): not signed, the token says who asks. */
export function alibabaOidc(settings: AlibabaOidc, context: SourceContext): CredentialSource {
  const { endpoint, roleArn, oidcProviderArn, tokenFile, sessionName, durationSeconds } = settings;
  return {
    refusalPauseMs: 60_000,
    fingerprint: async () => digestOf(await readToken(provider, tokenFile)),
    async issue() {
      const token = await readToken(provider, tokenFile);
      const timestamp = new Date(context.runtime.now()).toISOString().replace(/\.\d+/, '');
      const query = new URLSearchParams({
        Action: oidcOperation,
        Version: '2015-04-01',
        Format: 'JSON',
        Timestamp: timestamp,
      });
      const form = new URLSearchParams({
        OIDCProviderArn: oidcProviderArn,
        OIDCToken: token,
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: String(durationSeconds),
      });
      const reply = await ask(context, {
        provider,
        operation: oidcOperation,
        method: 'POST',
        url: `${endpoint}/?${query}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: form.toString(),
      });
      expectNoFailure(context, provider, oidcOperation, reply, [token]);
      return issued(asObject(objectOf(reply.body)?.Credentials), oidcOperation, reply, context);
    },
  };
}

/** The RAM role of the machine, through the metadata service: with a token, else (where allowed) in the older form without. */
export function alibabaMetadata(settings: AlibabaMetadata, context: SourceContext): CredentialSource {
  const base = `${settings.endpoint}/latest/meta-data/ram/security-credentials/`;
  const get = (url: string, headers: Readonly<Record<string, string>>) =>
    ask(context, { provider, operation: metadataOperation, method: 'GET', url, headers });

  async function sessionHeaders(): Promise<Readonly<Record<string, string>>> {
    const reply = await ask(context, {
      provider,
      operation: metadataOperation,
      method: 'PUT',
      url: `${settings.endpoint}/latest/api/token`,
      headers: { 'x-aliyun-ecs-metadata-token-ttl-seconds': tokenTtlSeconds },
    }).catch((error: unknown) => {
      if (settings.allowV1) return null;
      throw error;
    });
    if (reply?.httpStatus === 200 && reply.body.trim() !== '')
      return { 'x-aliyun-ecs-metadata-token': reply.body.trim() };
    if (settings.allowV1) return {};
    const detail = 'The metadata service gave no token, and the form without one is switched off.';
    throw unusable(provider, metadataOperation, 'unavailable', detail, reply?.httpStatus ?? null);
  }

  return {
    refusalPauseMs: 30_000,
    fingerprint: async () => '',
    async issue() {
      const headers = await sessionHeaders();
      const role = settings.roleName ?? roleNameOf(provider, metadataOperation, await get(base, headers));
      const reply = await get(`${base}${role}`, headers);
      const body = objectOf(reply.body);
      if (reply.httpStatus === 404)
        throw unusable(provider, metadataOperation, 'unauthenticated', `The machine has no RAM role ${role}.`, 404);
      if (reply.httpStatus !== 200 || body?.Code !== 'Success')
        throw unusable(
          provider,
          metadataOperation,
          'unavailable',
          `The metadata service gives no credentials for the role ${role} now.`,
          reply.httpStatus,
        );
      return issued(body, metadataOperation, reply, context);
    },
  };
}

function issued(
  body: Readonly<Record<string, unknown>> | null,
  operation: string,
  reply: VendorReply,
  { runtime }: SourceContext,
): Issued {
  const accessKeyId = textOf(body?.AccessKeyId);
  const accessKeySecret = textOf(body?.AccessKeySecret);
  const securityToken = textOf(body?.SecurityToken);
  if (accessKeyId === null || accessKeySecret === null || securityToken === null)
    throw unusable(provider, operation, 'garbage', `${operation} answered without credentials.`, reply.httpStatus);
  return {
    credentials: {
      provider,
      accessKeyId,
      accessKeySecret: new Secret(accessKeySecret),
      securityToken: new Secret(securityToken),
    },
    expiresAt: endOf(body?.Expiration, reply, runtime.now()),
  };
}
