import { Type } from '@sinclair/typebox';
import {
  type AccountConfiguration,
  credentialForm,
  type Environment,
  formParts,
  ValueSchema,
} from '../../domain/account-configuration.ts';
import { environmentReader } from '../kit/environment.ts';
import { baseUrl, present } from '../kit/issuing.ts';
import { type TencentAccount, type TencentCredentials, tencentAccount } from './account.ts';
import { metadataCredentials, oidcCredentials } from './credential-sources.ts';
import { stsUrl } from './endpoints.ts';

const { object, optional, path, url, roleName, sessionName, seconds } = formParts;

/** The settings, credential forms and defaults of an account in the configuration. */
export const configuration: AccountConfiguration = {
  settings: {
    site: optional(
      Type.Union([Type.Literal('china'), Type.Literal('international'), Type.Literal('internal')], {
        description:
          'The hosts that Godwit calls: those of the Chinese site, of the international site, or within the vendor’s network (`internal`); `china`',
      }),
    ),
    timeZone: optional(
      Type.String({
        pattern: '^[+-][0-9]{2}:[0-9]{2}$',
        description: 'Offset of the vendor’s times, which carry no offset; `+08:00`',
      }),
    ),
  },
  // Calls per second. The vendor's limit is 20 per second for each operation.
  limits: { readsPerSecond: 10, writesPerSecond: 20 },
  configured: credentialForm(
    object({ secretId: ValueSchema, secretKey: ValueSchema, token: optional(ValueSchema) }),
    (form, { values }) => ({
      source: 'configured',
      read: values(
        { ...form },
        (read): TencentCredentials => ({
          provider: 'tencent',
          secretId: present(read.secretId).reveal(),
          secretKey: present(read.secretKey),
          ...(read.token && { token: read.token }),
        }),
      ),
    }),
  ),
  sources: {
    oidc: credentialForm(
      object({
        source: Type.Literal('oidc'),
        providerId: Type.String({ minLength: 1, maxLength: 128 }),
        roleArn: Type.String({ pattern: '^qcs::cam::uin/[0-9]+:roleName/.+$' }),
        tokenFile: path,
        sessionName: optional(sessionName),
        region: optional(Type.String({ pattern: '^[a-z0-9-]{2,64}$' })),
        durationSeconds: optional(seconds(43_200)),
        endpoint: optional(url),
      }),
      (form, { account }) =>
        oidcCredentials({
          ...form,
          region: form.region ?? account.region,
          sessionName: form.sessionName ?? 'godwit',
          durationSeconds: form.durationSeconds ?? 7200,
          endpoint: baseUrl(form.endpoint ?? stsUrl(tencentAccount(account))),
        }),
    ),
    metadata: credentialForm(
      object({ source: Type.Literal('metadata'), roleName: optional(roleName), endpoint: optional(url) }),
      (form) =>
        metadataCredentials({
          roleName: form.roleName ?? null,
          endpoint: baseUrl(form.endpoint ?? 'http://metadata.tencentyun.com'),
        }),
    ),
  },
  fromEnvironment,
  account(common, settings) {
    const account = { ...common, timeZone: '+08:00', ...settings };
    return account as TencentAccount;
  },
};

/** Reads credentials from the variables of the vendor's SDKs, of its command line and of TKE. Throws an `Error` if none are set. */
function fromEnvironment(environment: Environment): object {
  const { first, text } = environmentReader(environment);
  const secretId = first('TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRETID');
  const secretKey = first('TENCENTCLOUD_SECRET_KEY', 'TENCENTCLOUD_SECRETKEY');
  const token = first(
    'TENCENTCLOUD_SESSION_TOKEN',
    'TENCENTCLOUD_SECURITY_TOKEN',
    'TENCENTCLOUD_TOKEN',
    'TENCENTCLOUD_SESSIONTOKEN',
  );
  if (secretId && secretKey) return { secretId, secretKey, ...(token && { token }) };
  const region = text('TKE_REGION');
  const providerId = text('TKE_PROVIDER_ID');
  const tokenFile = text('TKE_WEB_IDENTITY_TOKEN_FILE');
  const roleArn = text('TKE_ROLE_ARN');
  if (region && providerId && tokenFile && roleArn) return { source: 'oidc', region, providerId, tokenFile, roleArn };
  throw new Error(
    'the environment has neither TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, nor TKE_REGION, TKE_PROVIDER_ID, ' +
      'TKE_WEB_IDENTITY_TOKEN_FILE and TKE_ROLE_ARN',
  );
}
