import type { Secret } from '../domain/secret.ts';
import type { Credentials } from '../domain/vendor.ts';
import type { ConfiguredAccount } from './config.ts';
import type { AccountEntry } from './schema.ts';
import { type Environment, rereading, type Value } from './values.ts';

/** Default limits per second. Writes as the vendors' own limits suggest; reads well below them. */
const defaultLimits = {
  alibaba: { readsPerSecond: 5, writesPerSecond: 2 },
  huawei: { readsPerSecond: 5, writesPerSecond: 1 },
  tencent: { readsPerSecond: 10, writesPerSecond: 20 },
} as const;

/** An account as the rest of Godwit knows it. Throws for credentials that do not make a whole. */
export function configuredAccount(entry: AccountEntry, environment: Environment): ConfiguredAccount {
  const common = {
    name: entry.name,
    region: entry.region,
    endpoints: withoutTrailingSlashes(entry.endpoints ?? {}),
    limits: { ...defaultLimits[entry.provider], ...entry.limits },
  };
  switch (entry.provider) {
    case 'alibaba': {
      const { accessKeyId, accessKeySecret, securityToken } = entry.credentials;
      return {
        account: {
          ...common,
          provider: 'alibaba',
          signature: entry.signature ?? 'rpc',
          chainBase: entry.chainBase ?? 'updf',
        },
        credentials: reading({ accessKeyId, accessKeySecret, securityToken }, environment, (read) => ({
          provider: 'alibaba',
          accessKeyId: text(read.accessKeyId),
          accessKeySecret: secret(read.accessKeySecret),
          ...(read.securityToken && { securityToken: read.securityToken }),
        })),
      };
    }
    case 'tencent': {
      const { secretId, secretKey, token } = entry.credentials;
      return {
        account: { ...common, provider: 'tencent', timeZone: entry.timeZone ?? '+08:00' },
        credentials: reading({ secretId, secretKey, token }, environment, (read) => ({
          provider: 'tencent',
          secretId: text(read.secretId),
          secretKey: secret(read.secretKey),
          ...(read.token && { token: read.token }),
        })),
      };
    }
    case 'huawei':
      return {
        account: { ...common, provider: 'huawei', projectId: entry.projectId ?? null },
        credentials: huaweiCredentials(entry.credentials, environment),
      };
  }
}

type HuaweiEntry = Extract<AccountEntry, { provider: 'huawei' }>['credentials'];

function huaweiCredentials(entry: HuaweiEntry, environment: Environment): () => Promise<Credentials> {
  const { accountName, userName, password, accessKeyId, secretAccessKey, securityToken } = entry;
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

type Read<K extends string> = Partial<Record<K, Secret>>;

function reading<K extends string>(
  values: Record<K, Value | undefined>,
  environment: Environment,
  build: (read: Read<K>) => Credentials,
): () => Promise<Credentials> {
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

function withoutTrailingSlashes(endpoints: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(endpoints).flatMap(([service, url]) =>
      url === undefined ? [] : [[service, url.replace(/\/+$/, '')]],
    ),
  );
}
