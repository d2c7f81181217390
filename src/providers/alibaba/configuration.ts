import { Type } from '@sinclair/typebox';
import {
  type AccountConfiguration,
  credentialForm,
  type Environment,
  formParts,
  ValueSchema,
} from '../../domain/account-configuration.ts';
import { environmentReader, isTrue } from '../kit/environment.ts';
import { baseUrl, present } from '../kit/issuing.ts';
import { type AlibabaAccount, type AlibabaCredentials, alibabaAccount } from './account.ts';
import { metadataCredentials, oidcCredentials } from './credential-sources.ts';
import { stsUrl } from './endpoints.ts';

const { object, optional, path, url, roleName, sessionName, seconds } = formParts;

/** The settings, credential forms and defaults of an account in the configuration. */
export const configuration: AccountConfiguration = {
  settings: {
    signature: optional(
      Type.Union([Type.Literal('rpc'), Type.Literal('acs3')], { description: 'The scheme that signs calls; `rpc`' }),
    ),
    chainBase: optional(
      Type.Union([Type.Literal('updf'), Type.Literal('full')], {
        description: 'How the full backup of a chain is submitted; `updf`, as the vendor’s guides say',
      }),
    ),
    ossUrlsEncoding: optional(
      Type.Union([Type.Literal('value'), Type.Literal('none')], {
        description:
          'Whether several URLs are encoded as a whole before they become a parameter; `value`, as the vendor’s page says',
      }),
    ),
    resourceGroupId: optional(
      Type.String({
        pattern: '^rg-[A-Za-z0-9]{1,64}$',
        description: 'The resource group that the credentials are limited to; none',
      }),
    ),
    site: optional(
      Type.Union([Type.Literal('public'), Type.Literal('vpc')], {
        description:
          'The hosts that Godwit calls: `public`, or those that only a VPC of the region reaches (`vpc`); `public`',
      }),
    ),
    storageSignature: optional(
      Type.Union([Type.Literal('v4'), Type.Literal('v1')], {
        description: 'Signature version of the object storage; `v4`',
      }),
    ),
  },
  limits: { readsPerSecond: 5, writesPerSecond: 2 },
  configured: credentialForm(
    object({ accessKeyId: ValueSchema, accessKeySecret: ValueSchema, securityToken: optional(ValueSchema) }),
    (form, { values }) => ({
      source: 'configured',
      read: values(
        { ...form },
        (read): AlibabaCredentials => ({
          provider: 'alibaba',
          accessKeyId: present(read.accessKeyId).reveal(),
          accessKeySecret: present(read.accessKeySecret),
          ...(read.securityToken && { securityToken: read.securityToken }),
        }),
      ),
    }),
  ),
  sources: {
    oidc: credentialForm(
      object({
        source: Type.Literal('oidc'),
        roleArn: Type.String({ pattern: '^acs:ram::[0-9]+:role/.+$' }),
        oidcProviderArn: Type.String({ pattern: '^acs:ram::[0-9]+:oidc-provider/.+$' }),
        tokenFile: path,
        sessionName: optional(sessionName),
        durationSeconds: optional(seconds(43_200)),
        endpoint: optional(url),
      }),
      (form, { account }) =>
        oidcCredentials({
          ...form,
          sessionName: form.sessionName ?? 'godwit',
          durationSeconds: form.durationSeconds ?? 3600,
          endpoint: baseUrl(form.endpoint ?? stsUrl(alibabaAccount(account))),
        }),
    ),
    metadata: credentialForm(
      object({
        source: Type.Literal('metadata'),
        roleName: optional(roleName),
        allowV1: optional(Type.Boolean()),
        endpoint: optional(url),
      }),
      (form) =>
        metadataCredentials({
          roleName: form.roleName ?? null,
          allowV1: form.allowV1 ?? true,
          endpoint: baseUrl(form.endpoint ?? 'http://100.100.100.200'),
        }),
    ),
  },
  fromEnvironment,
  account(common, settings) {
    const defaults = { signature: 'rpc', chainBase: 'updf', ossUrlsEncoding: 'value', storageSignature: 'v4' };
    const account = { ...common, ...defaults, ...settings };
    return account as AlibabaAccount;
  },
};

/** Reads credentials from the variables of the vendor's credentials packages and of RRSA on ACK. Throws an `Error` if none are set. */
function fromEnvironment(environment: Environment): object {
  const { first, text } = environmentReader(environment);
  const accessKeyId = first('ALIBABA_CLOUD_ACCESS_KEY_ID');
  const accessKeySecret = first('ALIBABA_CLOUD_ACCESS_KEY_SECRET');
  const securityToken = first('ALIBABA_CLOUD_SECURITY_TOKEN');
  if (accessKeyId && accessKeySecret) return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  const roleArn = text('ALIBABA_CLOUD_ROLE_ARN');
  const oidcProviderArn = text('ALIBABA_CLOUD_OIDC_PROVIDER_ARN');
  const tokenFile = text('ALIBABA_CLOUD_OIDC_TOKEN_FILE');
  const session = text('ALIBABA_CLOUD_ROLE_SESSION_NAME');
  const endpoint = stsEndpoint(text);
  if (roleArn && oidcProviderArn && tokenFile)
    return {
      source: 'oidc',
      roleArn,
      oidcProviderArn,
      tokenFile,
      ...(session && { sessionName: session }),
      ...(endpoint && { endpoint }),
    };
  const role = text('ALIBABA_CLOUD_ECS_METADATA');
  if (role && !isTrue(text('ALIBABA_CLOUD_ECS_METADATA_DISABLED')))
    return { source: 'metadata', roleName: role, allowV1: !isTrue(text('ALIBABA_CLOUD_IMDSV1_DISABLED')) };
  throw new Error(
    'the environment has neither ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, nor ALIBABA_CLOUD_ROLE_ARN, ' +
      'ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE, nor ALIBABA_CLOUD_ECS_METADATA',
  );
}

function stsEndpoint(text: (name: string) => string | undefined): string | undefined {
  const host = text('ALIBABA_CLOUD_STS_ENDPOINT');
  if (host) return host.includes('://') ? host : `https://${host}`;
  const region = text('ALIBABA_CLOUD_STS_REGION');
  if (!region) return undefined;
  return `https://sts${isTrue(text('ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED')) ? '-vpc' : ''}.${region}.aliyuncs.com`;
}
