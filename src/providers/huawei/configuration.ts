import { type Static, Type } from '@sinclair/typebox';
import {
  type AccountConfiguration,
  credentialForm,
  type Environment,
  type FormContext,
  formParts,
  ValueSchema,
} from '../../domain/account-configuration.ts';
import type { Account } from '../../domain/vendor.ts';
import { environmentReader } from '../kit/environment.ts';
import { baseUrl, present } from '../kit/issuing.ts';
import {
  type HuaweiAccessKeyCredentials,
  type HuaweiAccount,
  type HuaweiCredentials,
  type HuaweiPasswordCredentials,
  huaweiAccount,
} from './account.ts';
import { agencyCredentials, metadataCredentials, oidcCredentials, podCredentials } from './credential-sources.ts';
import { endpoint } from './endpoints.ts';

const { object, optional, path, url, seconds } = formParts;

const LoginSchema = object({
  accountName: optional(ValueSchema),
  userName: optional(ValueSchema),
  password: optional(ValueSchema),
  accessKeyId: optional(ValueSchema),
  secretAccessKey: optional(ValueSchema),
  securityToken: optional(ValueSchema),
});

const name = Type.String({ minLength: 1, maxLength: 64 });
const sixHours = 6 * 3600;

function iamOf(account: Account): string {
  return account.endpoints.iam ?? endpoint('iam', account.region, huaweiAccount(account));
}

/** The settings, credential forms and defaults of an account in the configuration. */
export const configuration: AccountConfiguration = {
  settings: {
    projectId: optional(
      Type.String({
        pattern: '^[0-9a-f]{32}$',
        description: 'The project of the account’s region; taken from the token or from the list of projects',
      }),
    ),
    site: optional(
      Type.String({
        pattern: '^[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63}){1,6}$',
        description: 'The domain of the hosts, for the cloud of a partner: `drs.{region}.{site}`; `myhuaweicloud.com`',
      }),
    ),
    language: optional(
      Type.Union([Type.Literal('en-us'), Type.Literal('zh-cn')], {
        description: 'The language of the vendor’s messages (`X-Language`); `en-us`',
      }),
    ),
  },
  // According to public field reports, the vendor allows about one write per six seconds over a long time, and short bursts.
  limits: { readsPerSecond: 5, writesPerSecond: 1 },
  configured: credentialForm(LoginSchema, (form, { values }) => ({ source: 'configured', read: login(form, values) })),
  sources: {
    oidc: credentialForm(
      object({
        source: Type.Literal('oidc'),
        identityProviderId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
        tokenFile: path,
        durationSeconds: optional(seconds(86_400)),
        endpoint: optional(url),
      }),
      (form, { account }) => {
        const { projectId } = huaweiAccount(account);
        return oidcCredentials({
          ...form,
          durationSeconds: form.durationSeconds ?? sixHours,
          endpoint: baseUrl(form.endpoint ?? iamOf(account)),
          project: projectId === null ? { name: account.region } : { id: projectId },
        });
      },
    ),
    agency: credentialForm(
      object({
        source: Type.Literal('agency'),
        agencyName: name,
        domainName: name,
        durationSeconds: optional(seconds(86_400)),
        base: LoginSchema,
        endpoint: optional(url),
      }),
      (form, { account, values }) =>
        agencyCredentials({
          ...form,
          durationSeconds: form.durationSeconds ?? sixHours,
          base: login(form.base, values),
          endpoint: baseUrl(form.endpoint ?? iamOf(account)),
        }),
    ),
    metadata: credentialForm(object({ source: Type.Literal('metadata'), endpoint: optional(url) }), (form) =>
      metadataCredentials({ endpoint: baseUrl(form.endpoint ?? 'http://169.254.169.254') }),
    ),
    pod_identity: credentialForm(
      object({ source: Type.Literal('pod_identity'), endpoint: url, tokenFile: path }),
      (form) => podCredentials(form),
    ),
  },
  fromEnvironment,
  account(common, settings) {
    const account = { ...common, projectId: null, language: 'en-us', ...settings };
    return account as HuaweiAccount;
  },
};

/** Returns the reader of a user's or an access key's credentials. Throws an `Error` for an incomplete or contradictory set of values. */
function login(form: Static<typeof LoginSchema>, values: FormContext['values']): () => Promise<HuaweiCredentials> {
  const { accountName, userName, password, accessKeyId, secretAccessKey, securityToken } = form;
  const byPassword = accountName !== undefined && userName !== undefined && password !== undefined;
  const byKey = accessKeyId !== undefined && secretAccessKey !== undefined;
  if (byPassword === byKey)
    throw new Error('give either accountName, userName and password, or accessKeyId and secretAccessKey');
  if (byPassword && (accessKeyId ?? secretAccessKey ?? securityToken) !== undefined)
    throw new Error('password and access key exclude each other');
  if (byKey && (accountName ?? userName ?? password) !== undefined)
    throw new Error('password and access key exclude each other');
  if (byPassword)
    return values(
      { accountName, userName, password },
      (read): HuaweiPasswordCredentials => ({
        provider: 'huawei',
        method: 'password',
        accountName: present(read.accountName).reveal(),
        userName: present(read.userName).reveal(),
        password: present(read.password),
      }),
    );
  return values(
    { accessKeyId, secretAccessKey, securityToken },
    (read): HuaweiAccessKeyCredentials => ({
      provider: 'huawei',
      method: 'access_key',
      accessKeyId: present(read.accessKeyId).reveal(),
      secretAccessKey: present(read.secretAccessKey),
      ...(read.securityToken && { securityToken: read.securityToken }),
    }),
  );
}

/** Reads credentials from the variables of the vendor's SDKs, of its Terraform provider and of CCE. Throws an `Error` if none are set. */
function fromEnvironment(environment: Environment): object {
  const { first, text } = environmentReader(environment);
  const accessKeyId = first('HUAWEICLOUD_SDK_AK', 'HW_ACCESS_KEY');
  const secretAccessKey = first('HUAWEICLOUD_SDK_SK', 'HW_SECRET_KEY');
  const securityToken = first('HUAWEICLOUD_SDK_SECURITY_TOKEN', 'HW_SECURITY_TOKEN');
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(securityToken && { securityToken }) };
  const identityProviderId = text('HUAWEICLOUD_SDK_IDP_ID');
  const tokenFile = text('HUAWEICLOUD_SDK_ID_TOKEN_FILE');
  const iam = text('HUAWEICLOUD_SDK_IAM_ENDPOINT');
  if (identityProviderId && tokenFile)
    return { source: 'oidc', identityProviderId, tokenFile, ...(iam && { endpoint: iam }) };
  const accountName = first('HW_DOMAIN_NAME');
  const userName = first('HW_USER_NAME');
  const password = first('HW_USER_PASSWORD');
  if (accountName && userName && password) return { accountName, userName, password };
  const podEndpoint = text('HC_CONTAINER_CREDENTIALS_FULL_URI');
  const podToken = text('HC_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  if (podEndpoint && podToken) return { source: 'pod_identity', endpoint: podEndpoint, tokenFile: podToken };
  throw new Error(
    'the environment has neither HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, nor HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE, ' +
      'nor HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD, nor HC_CONTAINER_CREDENTIALS_FULL_URI and HC_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  );
}
