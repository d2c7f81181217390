import { Secret } from '../../src/domain/secret.ts';
import type { Account, Credentials } from '../../src/domain/vendor.ts';
import { sandboxCredentials } from '../../src/sandbox/cloud.ts';
import type { ProviderId } from './providers.ts';

/** Credentials that the emulated cloud of each provider takes. */
export const emulatedCredentials: Record<ProviderId, Credentials> = {
  alibaba: {
    provider: 'alibaba',
    accessKeyId: sandboxCredentials.alibaba.accessKeyId,
    accessKeySecret: new Secret(sandboxCredentials.alibaba.accessKeySecret),
  },
  huawei: {
    provider: 'huawei',
    method: 'password',
    accountName: sandboxCredentials.huawei.accountName,
    userName: sandboxCredentials.huawei.userName,
    password: new Secret(sandboxCredentials.huawei.password),
  },
  tencent: {
    provider: 'tencent',
    secretId: sandboxCredentials.tencent.secretId,
    secretKey: new Secret(sandboxCredentials.tencent.secretKey),
  },
};

const limits = { readsPerSecond: 1000, writesPerSecond: 1000 };
type EmulatedAccount = Account & { readonly provider: ProviderId } & Readonly<Record<string, unknown>>;

/** An account at the emulated cloud of each provider. */
export const emulatedAccounts: Record<ProviderId, EmulatedAccount> = {
  alibaba: {
    name: 'ali',
    provider: 'alibaba',
    region: 'cn-hangzhou',
    endpoints: { rds: 'http://127.0.0.1:1' },
    limits,
    signature: 'rpc',
    chainBase: 'updf',
  },
  huawei: {
    name: 'hw',
    provider: 'huawei',
    region: sandboxCredentials.huawei.region,
    endpoints: { iam: 'http://127.0.0.1:2', drs: 'http://127.0.0.1:2', rds: 'http://127.0.0.1:2' },
    limits,
    projectId: null,
  },
  tencent: {
    name: 'tc',
    provider: 'tencent',
    region: 'ap-guangzhou',
    endpoints: { sqlserver: 'http://127.0.0.1:3' },
    limits,
    timeZone: '+08:00',
  },
};
