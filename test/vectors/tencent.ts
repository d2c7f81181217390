/** Keys of the vendor's documentation example. */
const documentation = {
  secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
  secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
};
const masked = { secretId: `AKID${'*'.repeat(32)}`, secretKey: '*'.repeat(32) };

/** Keys and time of the vectors made with the official SDK. */
export const sdk = {
  secretId: 'AKIDEXAMPLE0000000000000000000000001',
  secretKey: 'ExampleSecretKey0000000000000001',
  timestamp: 1_700_000_000,
} as const;

export const bodies = {
  instances: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
  start: '{"InstanceId":"mssql-rdc0gajn","BackupMigrationId":"mssql-backup-migration-kpl74n9l"}',
  create:
    '{"InstanceId":"mssql-rdc0gajn","RecoveryType":"FULL_LOG","UploadType":"COS_URL","MigrationName":"orders_20231114","BackupFiles":["https://demo-1250000000.cos.ap-singapore.myqcloud.com/orders_20231114220000_2full2_2noreconvery2.bak"]}',
} as const;

const json = 'application/json';
const jsonWithCharset = 'application/json; charset=utf-8';
const form = 'application/x-www-form-urlencoded';
const host = 'sqlserver.tencentcloudapi.com';

/** One signature with its intermediate hash. */
export interface SignatureVector {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  readonly timestamp: number;
  readonly service: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly canonicalHash: string;
  readonly signature: string;
}

const post = { method: 'POST', query: '', service: 'sqlserver', ...sdk } as const;
const get = { method: 'GET', payload: '', service: 'sqlserver', ...sdk } as const;
const startHash = '3e555a9502a088b7d5a650615891fafe3889a9fd7e2b5c555e424a6ebbe4346e';
const start = { ...post, payload: bodies.start, headers: { 'content-type': json, host } } as const;

export const vectors: readonly SignatureVector[] = [
  {
    title: 'A1 the documentation’s example with two signed headers',
    ...post,
    ...documentation,
    service: 'cvm',
    timestamp: 1_551_113_065,
    headers: { 'content-type': jsonWithCharset, host: 'cvm.tencentcloudapi.com' },
    payload: bodies.instances,
    canonicalHash: '5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031',
    signature: '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
  },
  {
    title: 'A2 the documentation’s example with the action signed too',
    ...post,
    ...masked,
    service: 'cvm',
    timestamp: 1_551_113_065,
    headers: {
      'X-TC-Action': 'DescribeInstances',
      'Content-Type': jsonWithCharset,
      Host: 'cvm.tencentcloudapi.com',
    },
    payload: bodies.instances,
    canonicalHash: '7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84',
    signature: '10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f',
  },
  {
    title: 'B1 StartBackupMigration by the official SDK',
    ...start,
    canonicalHash: startHash,
    signature: 'fb8bfaf4f0ad3a9920afa4b67fe2fa8145711c4d6603cc1e7a9a6671e5458468',
  },
  {
    title: 'B2 CreateBackupMigration on the international host',
    ...post,
    headers: { 'content-type': json, host: 'sqlserver.intl.tencentcloudapi.com' },
    payload: bodies.create,
    canonicalHash: '5227efe5a2b25cc1f145ec1bfffc310570978fa6a39bf166d1c740b2ae78c58f',
    signature: 'c6abf00c0837aea9a908ab7aaefa1ea827fdd7b66838b8644cb2ce2210ce2e1f',
  },
  {
    title: 'B3 a call without parameters',
    ...post,
    headers: { 'content-type': json, host },
    payload: '{}',
    canonicalHash: 'f2bd8b911ea3bc8ee8ffb9baa154430048fe1773f2316ee7681f0cd3a8ae39e6',
    signature: 'f11081335a8fdb6c412a65c3916eb5192cfd8a06a81296d70c42e7e022add291',
  },
  {
    title: 'C a charset in the content type',
    ...start,
    headers: { 'content-type': jsonWithCharset, host },
    canonicalHash: '2650d5463726c9a651ca1fd0ec1394df3ea976efd178982fec10c8424a632ea3',
    signature: '51c13b156fd49a6dde3e9057e45f81022db740ee0f17f6763c8e62cffd4ada87',
  },
  {
    title: 'C the action signed, no charset',
    ...start,
    headers: { 'content-type': json, host, 'x-tc-action': 'StartBackupMigration' },
    canonicalHash: '789db8b4bedc9db5367df1dd4e0393ddd1e0a9e7564196af8db3f9086fa0fa33',
    signature: '2180b3e3cafafb385fa7ada45deb0ef740da51c1005217fded634f836c71ba5d',
  },
  {
    title: 'C the action signed, with charset',
    ...start,
    headers: { 'content-type': jsonWithCharset, host, 'x-tc-action': 'StartBackupMigration' },
    canonicalHash: '3c590ad7243addc9b2ac94fd3c90ab5bd8656c5922d45fe32968e6c2ca188481',
    signature: '89b09e89a0493069ef572fe3b85f849c6ae93ff8d4299a98d4adcf066af468ab',
  },
  {
    title: 'C the payload left out of the signature',
    ...start,
    payload: 'UNSIGNED-PAYLOAD',
    canonicalHash: 'fc5c00c581d8f21733b6f1476a4af20967b67be21b92442cb8ba39dcf44f76d5',
    signature: 'cf6245419c34620948daf78c7d61dfa67bf529760291a5c74321964e8b90e822',
  },
  {
    title: 'C the last second of a UTC day',
    ...start,
    timestamp: 1_700_006_399,
    canonicalHash: startHash,
    signature: 'cf727878fbdd84e8bf0727d13a81c731300eb5544f6f230e41351172fe0d6308',
  },
  {
    title: 'C the first second of a UTC day',
    ...start,
    timestamp: 1_700_006_400,
    canonicalHash: startHash,
    signature: 'ce245b69ecfc8d359b6233eb81a3d2aca164ba9d5624bb8a5f1f0a4189998369',
  },
  {
    title: 'D1 the documentation’s GET example',
    ...get,
    ...documentation,
    service: 'cvm',
    timestamp: 1_539_084_154,
    query: 'Limit=10&Offset=0',
    headers: { 'content-type': form, host: 'cvm.tencentcloudapi.com' },
    canonicalHash: '91c9c192c14460df6c1ffc69e34e6c5e90708de2a6d282cccf957dbf1aa7f3a7',
    signature: '5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474',
  },
  {
    title: 'D2 DescribeFlowStatus as GET',
    ...get,
    query: 'FlowId=1001399',
    headers: { 'content-type': form, host },
    canonicalHash: '3b086d7ca47380512fffaeeb416bd9edbedd3da9b08c5a001569a01dcabecb17',
    signature: '354e50e124e81c683fbaf24ba286372b5a4214fb1fc930fcefe483a3eff223f9',
  },
  {
    title: 'D3 DescribeBackupMigration as GET, unsorted and beyond ASCII',
    ...get,
    query: 'InstanceId=mssql-rdc0gajn&MigrationName=%E8%AE%A2%E5%8D%95%20a&StatusSet.0=2&StatusSet.1=7&Limit=20',
    headers: { 'content-type': form, host },
    canonicalHash: '9ac1540f621276d38ec32cb8f3ef47c60896f7f08b0e8f8cff2346969665eab4',
    signature: '472de72fac9a33ad8f97e0f114dfe016d85f6da61af232dc04555dfc8e89ae34',
  },
];

/** The derived keys, by date of the scope. */
export const keyVectors = [
  {
    title: 'A1',
    secretKey: documentation.secretKey,
    date: '2019-02-25',
    service: 'cvm',
    keys: [
      'd1308c81fe71cfd4e06437bbc067b2b8a3d2d8c0e375d547f15c41d5214b395a',
      '3c7cb7c7795393edc14fd2e0e6434a518564b4504b88e94f5d11bf59ba3e7050',
      'ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1',
    ],
  },
  {
    title: 'A2',
    secretKey: masked.secretKey,
    date: '2019-02-25',
    service: 'cvm',
    keys: [
      'da98fb70dcf6b112dc21038d1eeeb3a95c74b4dcb12c1131f864f6066bd02be0',
      '8d70cbefb03939f929db64d32dc2ba89b1095620119fe3e050e2b18c5bd2752f',
      'b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af',
    ],
  },
  {
    title: 'B',
    secretKey: sdk.secretKey,
    date: '2023-11-14',
    service: 'sqlserver',
    keys: [
      '4bd028046cf672ae1d691d4f274071c2370fd4afe9fb393705f74713b8e49abf',
      '3b7c52bffb2033f8a40fdef0b260fbe07c16eb001dbaa99299dd0f17aaf99261',
      '15a081762699c65769b11e8fd352e3c3749fa43cdd734ffd3c30f2c803d98d57',
    ],
  },
] as const;
