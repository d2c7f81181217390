import { sandboxCredentials } from './cloud.ts';

/** Base URLs of the clouds of a running sandbox. */
export interface SandboxUrls {
  readonly alibaba: { readonly url: string };
  readonly huawei: { readonly url: string };
  readonly tencent: { readonly url: string };
}

/** Returns the sandbox's accounts in the form of a configuration file. */
export function sandboxAccounts({ alibaba, huawei, tencent }: SandboxUrls): readonly Record<string, unknown>[] {
  const known = sandboxCredentials;
  const limits = { readsPerSecond: 100, writesPerSecond: 100 };
  // The emulated clouds accept more calls than the real ones, so that a first trial is not slowed down.
  const operations = { ListInstances: 100, ListBackups: 100, ListSqlserverDatabases: 100 };
  return [
    {
      name: 'sandbox-alibaba',
      provider: 'alibaba',
      region: 'cn-hangzhou',
      credentials: { accessKeyId: known.alibaba.accessKeyId, accessKeySecret: known.alibaba.accessKeySecret },
      limits,
      endpoints: { rds: alibaba.url, storage: alibaba.url },
    },
    {
      name: 'sandbox-huawei',
      provider: 'huawei',
      region: known.huawei.region,
      credentials: {
        accountName: known.huawei.accountName,
        userName: known.huawei.userName,
        password: known.huawei.password,
      },
      limits: { ...limits, operations },
      endpoints: { iam: huawei.url, drs: huawei.url, rds: huawei.url, storage: huawei.url },
    },
    {
      name: 'sandbox-tencent',
      provider: 'tencent',
      region: 'ap-guangzhou',
      credentials: { secretId: known.tencent.secretId, secretKey: known.tencent.secretKey },
      limits,
      endpoints: { sqlserver: tencent.url, storage: tencent.url },
    },
  ];
}
