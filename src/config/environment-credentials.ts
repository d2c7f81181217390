import type { AlibabaForm, HuaweiForm, TencentForm } from './credential-schema.ts';
import type { Environment, Value } from './values.ts';

/**
 * What the vendors' own tools read from the environment, as the form that it amounts to. Throws when nothing is there. Values stay
 * where they are: the forms name the variables.
 */
export function alibabaFromEnvironment(environment: Environment): AlibabaForm {
  const { present, text } = lookIn(environment);
  const accessKeyId = present('ALIBABA_CLOUD_ACCESS_KEY_ID');
  const accessKeySecret = present('ALIBABA_CLOUD_ACCESS_KEY_SECRET');
  const securityToken = present('ALIBABA_CLOUD_SECURITY_TOKEN');
  if (accessKeyId && accessKeySecret) return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  const roleArn = text('ALIBABA_CLOUD_ROLE_ARN');
  const oidcProviderArn = text('ALIBABA_CLOUD_OIDC_PROVIDER_ARN');
  const tokenFile = text('ALIBABA_CLOUD_OIDC_TOKEN_FILE');
  const sessionName = text('ALIBABA_CLOUD_ROLE_SESSION_NAME');
  const endpoint = stsEndpoint(text);
  if (roleArn && oidcProviderArn && tokenFile)
    return {
      source: 'oidc',
      roleArn,
      oidcProviderArn,
      tokenFile,
      ...(sessionName && { sessionName }),
      ...(endpoint && { endpoint }),
    };
  const roleName = text('ALIBABA_CLOUD_ECS_METADATA');
  if (roleName && !isTrue(text('ALIBABA_CLOUD_ECS_METADATA_DISABLED')))
    return { source: 'metadata', roleName, allowV1: !isTrue(text('ALIBABA_CLOUD_IMDSV1_DISABLED')) };
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

export function huaweiFromEnvironment(environment: Environment): HuaweiForm {
  const { present, text } = lookIn(environment);
  const accessKeyId = present('HUAWEICLOUD_SDK_AK', 'HW_ACCESS_KEY');
  const secretAccessKey = present('HUAWEICLOUD_SDK_SK', 'HW_SECRET_KEY');
  const securityToken = present('HUAWEICLOUD_SDK_SECURITY_TOKEN', 'HW_SECURITY_TOKEN');
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(securityToken && { securityToken }) };
  const identityProviderId = text('HUAWEICLOUD_SDK_IDP_ID');
  const tokenFile = text('HUAWEICLOUD_SDK_ID_TOKEN_FILE');
  const iam = text('HUAWEICLOUD_SDK_IAM_ENDPOINT');
  if (identityProviderId && tokenFile)
    return { source: 'oidc', identityProviderId, tokenFile, ...(iam && { endpoint: iam }) };
  const accountName = present('HW_DOMAIN_NAME');
  const userName = present('HW_USER_NAME');
  const password = present('HW_USER_PASSWORD');
  if (accountName && userName && password) return { accountName, userName, password };
  const podEndpoint = text('HC_CONTAINER_CREDENTIALS_FULL_URI');
  const podToken = text('HC_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  if (podEndpoint && podToken) return { source: 'pod_identity', endpoint: podEndpoint, tokenFile: podToken };
  throw new Error(
    'the environment has neither HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, nor HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE, ' +
      'nor HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD, nor HC_CONTAINER_CREDENTIALS_FULL_URI and HC_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  );
}

export function tencentFromEnvironment(environment: Environment): TencentForm {
  const { present, text } = lookIn(environment);
  const secretId = present('TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRETID');
  const secretKey = present('TENCENTCLOUD_SECRET_KEY', 'TENCENTCLOUD_SECRETKEY');
  const token = present(
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

function lookIn(environment: Environment) {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return {
    text,
    /** The first of these variables that has a value. */
    present(...names: readonly string[]): Value | undefined {
      const name = names.find((each) => text(each) !== undefined);
      return name === undefined ? undefined : { env: name };
    },
  };
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true' || text === '1';
}
