import type { AccountCredentials } from '../domain/credentials.ts';
import type { Secret } from '../domain/secret.ts';
import type { Credentials, HuaweiAccessKeyCredentials, HuaweiPasswordCredentials } from '../domain/vendor.ts';
import type { HuaweiLoginForm } from './credential-schema.ts';
import { type Environment, rereading, type Value } from './values.ts';

/** Credentials that stand in the configuration, or in the variables and files that it names. */
type Configured = Extract<AccountCredentials, { readonly source: 'configured' }>;

export function alibabaKey(
  values: Record<'accessKeyId' | 'accessKeySecret', Value> & { readonly securityToken?: Value | undefined },
  environment: Environment,
): Configured {
  const { accessKeyId, accessKeySecret, securityToken } = values;
  return configured(
    reading({ accessKeyId, accessKeySecret, securityToken }, environment, (read) => ({
      provider: 'alibaba',
      accessKeyId: text(read.accessKeyId),
      accessKeySecret: secret(read.accessKeySecret),
      ...(read.securityToken && { securityToken: read.securityToken }),
    })),
  );
}

export function tencentKey(
  values: Record<'secretId' | 'secretKey', Value> & { readonly token?: Value | undefined },
  environment: Environment,
): Configured {
  const { secretId, secretKey, token } = values;
  return configured(
    reading({ secretId, secretKey, token }, environment, (read) => ({
      provider: 'tencent',
      secretId: text(read.secretId),
      secretKey: secret(read.secretKey),
      ...(read.token && { token: read.token }),
    })),
  );
}

type HuaweiLogin = HuaweiPasswordCredentials | HuaweiAccessKeyCredentials;

/** Throws for values that do not make a whole. */
export function huaweiLogin(form: HuaweiLoginForm, environment: Environment): () => Promise<HuaweiLogin> {
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
    return reading({ accountName, userName, password }, environment, (read) => ({
      provider: 'huawei',
      method: 'password',
      accountName: text(read.accountName),
      userName: text(read.userName),
      password: secret(read.password),
    }));
  return reading({ accessKeyId, secretAccessKey, securityToken }, environment, (read) => ({
    provider: 'huawei',
    method: 'access_key',
    accessKeyId: text(read.accessKeyId),
    secretAccessKey: secret(read.secretAccessKey),
    ...(read.securityToken && { securityToken: read.securityToken }),
  }));
}

export function configured(read: () => Promise<Credentials>): Configured {
  return { source: 'configured', read };
}

type Read<K extends string> = Partial<Record<K, Secret>>;

function reading<K extends string, C>(
  values: Record<K, Value | undefined>,
  environment: Environment,
  build: (read: Read<K>) => C,
): () => Promise<C> {
  const readers = (Object.entries(values) as [K, Value | undefined][]).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, rereading(value, environment)] as const],
  );
  return async () => {
    const read = await Promise.all(readers.map(async ([name, reader]) => [name, await reader()] as const));
    return build(Object.fromEntries(read) as Read<K>);
  };
}

function secret(value: Secret | undefined): Secret {
  if (value === undefined) throw new Error('a credential is missing');
  return value;
}

function text(value: Secret | undefined): string {
  return secret(value).reveal();
}
