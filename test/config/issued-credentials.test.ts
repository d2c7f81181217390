import { describe, expect, it } from 'vitest';
import { alibabaEntry, faultsOf, huaweiEntry, tencentEntry } from './fixtures.ts';

const tokenFile = import.meta.filename;
const oidc = {
  alibaba: { source: 'oidc', roleArn: 'acs:ram::1:role/r', oidcProviderArn: 'acs:ram::1:oidc-provider/p', tokenFile },
  huawei: { source: 'oidc', identityProviderId: 'idp', tokenFile },
  tencent: { source: 'oidc', providerId: 'p', roleArn: 'qcs::cam::uin/1:roleName/r', tokenFile },
};
const entries = { alibaba: alibabaEntry(), huawei: huaweiEntry(), tencent: tencentEntry() };
const check = (provider: keyof typeof entries, credentials: object, more: object = {}) =>
  faultsOf({ ...more, accounts: [{ ...entries[provider], credentials }] });

describe('issued credentials', () => {
  it.each([
    ['alibaba', oidc.alibaba],
    ['alibaba', { ...oidc.alibaba, endpoint: 'https://sts-vpc.cn-hangzhou.aliyuncs.com', durationSeconds: 900 }],
    ['alibaba', { source: 'metadata' }],
    ['alibaba', { source: 'metadata', roleName: 'r', allowV1: false }],
    ['huawei', oidc.huawei],
    ['huawei', { source: 'metadata' }],
    ['huawei', { source: 'pod_identity', endpoint: 'http://169.254.170.23/v1/credentials', tokenFile }],
    [
      'huawei',
      {
        source: 'agency',
        agencyName: 'a',
        domainName: 'd',
        base: { accountName: 'a', userName: 'u', password: 'p' },
      },
    ],
    ['tencent', oidc.tencent],
    ['tencent', { source: 'metadata' }],
  ] as const)('%s %j are accepted', async (provider, credentials) => {
    expect(await check(provider, credentials)).toEqual([]);
  });

  it.each([
    ['alibaba', { source: 'agency' }, 'credentials.source: must be one of oidc, metadata, environment'],
    ['alibaba', { source: 'configured', accessKeyId: 'a', accessKeySecret: 'b' }, 'credentials.source'],
    ['alibaba', { source: 'constructor' }, 'credentials.source'],
    ['alibaba', { source: 7 }, 'credentials.source'],
    ['alibaba', { source: 'oidc' }, 'credentials.roleArn: is missing'],
    ['alibaba', { ...oidc.alibaba, roleArn: 'role' }, 'credentials.roleArn'],
    ['alibaba', { ...oidc.alibaba, durationSeconds: 60 }, 'credentials.durationSeconds'],
    ['alibaba', { ...oidc.alibaba, accessKeyId: 'x' }, 'credentials.accessKeyId: is not a known setting'],
    ['alibaba', { ...oidc.alibaba, tokenFile: '/absent' }, '/absent cannot be read'],
    ['alibaba', { ...oidc.alibaba, endpoint: 'http://sts.aliyuncs.com' }, 'credentials.endpoint: plain http'],
    ['alibaba', { ...oidc.alibaba, endpoint: 'http://100.100.100.200' }, 'credentials.endpoint: plain http'],
    [
      'alibaba',
      { source: 'metadata', endpoint: 'http://metadata.example' },
      'credentials.endpoint: is not the address',
    ],
    ['alibaba', { source: 'metadata', endpoint: 'https://10.0.0.1' }, 'credentials.endpoint: is not the address'],
    ['alibaba', { source: 'metadata', roleName: '../x' }, 'credentials.roleName'],
    ['alibaba', { source: 'environment' }, 'ALIBABA_CLOUD_ACCESS_KEY_ID'],
    ['huawei', { source: 'environment' }, 'HUAWEICLOUD_SDK_AK'],
    ['tencent', { source: 'environment' }, 'TENCENTCLOUD_SECRET_ID'],
    [
      'huawei',
      { source: 'pod_identity', endpoint: 'http://pods.example/x', tokenFile },
      'credentials.endpoint: plain http',
    ],
    ['huawei', { source: 'agency', agencyName: 'a', domainName: 'd', base: {} }, 'credentials: give either'],
    ['tencent', { ...oidc.tencent, roleArn: 'acs:ram::1:role/r' }, 'credentials.roleArn'],
  ] as const)('%s %j are a fault: %s', async (provider, credentials, said) => {
    expect((await check(provider, credentials)).join('\n')).toContain(said);
  });
});
