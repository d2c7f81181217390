/**
 * Requests that the vendors' SDKs signed at 2026-10-01T08:00:00Z. `toSign`: the string to sign; V4 and COS have two,
 * separated by `--`.
 */
export interface StorageVector {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly toSign: string;
  readonly authorization: string;
}

export const now = Date.parse('2026-10-01T08:00:00Z');
export const keys = {
  id: 'LTAIexampleKeyId000000',
  cosId: 'AKIDexample000000000000000000000000',
  secret: 'exampleSecret0123456789abcdefgh',
  token: 'CAISexample+Token/with=chars',
} as const;

export const storageVectors: readonly StorageVector[] = [
  {
    name: 'oss v1 list',
    method: 'GET',
    target:
      '/?list-type=2&prefix=prod%2Forders%20db%2F&delimiter=%2F&max-keys=1000&encoding-type=url&start-after=prod%2Forders%20db%2Fa%2Bb.bak',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': 'Thu, 01 Oct 2026 08:00:00 GMT',
    },
    toSign: 'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\nx-oss-date:Thu, 01 Oct 2026 08:00:00 GMT\n/acme-backups/',
    authorization: 'OSS LTAIexampleKeyId000000:4C8Qo6ek1KqJTPkjB0X6OM105rQ=',
  },
  {
    name: 'oss v1 list page2',
    method: 'GET',
    target: '/?list-type=2&prefix=prod%2F&max-keys=2&encoding-type=url&continuation-token=CgJiYw--',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': 'Thu, 01 Oct 2026 08:00:00 GMT',
    },
    toSign:
      'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\nx-oss-date:Thu, 01 Oct 2026 08:00:00 GMT\n/acme-backups/?continuation-token=CgJiYw--',
    authorization: 'OSS LTAIexampleKeyId000000:tGuS/+Z8U6j5HcVmd6hSgbUy4Ik=',
  },
  {
    name: 'oss v1 get range',
    method: 'GET',
    target: '/prod/orders%20full%2B1%20%E6%95%B0.bak',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': 'Thu, 01 Oct 2026 08:00:00 GMT',
      range: 'bytes=0-16383',
    },
    toSign:
      'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\nx-oss-date:Thu, 01 Oct 2026 08:00:00 GMT\n/acme-backups/prod/orders full+1 数.bak',
    authorization: 'OSS LTAIexampleKeyId000000:Wt2aRuG2WT43onvGXHghmxcIIyw=',
  },
  {
    name: 'oss v1 sts head',
    method: 'HEAD',
    target: '/prod/orders.bak',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': 'Thu, 01 Oct 2026 08:00:00 GMT',
      'x-oss-security-token': 'CAISexample+Token/with=chars',
    },
    toSign:
      'HEAD\n\n\nThu, 01 Oct 2026 08:00:00 GMT\nx-oss-date:Thu, 01 Oct 2026 08:00:00 GMT\nx-oss-security-token:CAISexample+Token/with=chars\n/acme-backups/prod/orders.bak',
    authorization: 'OSS LTAIexampleKeyId000000:E/4Glmm6lwzPfQ/+ogyUGf8FbPk=',
  },
  {
    name: 'oss v4 list',
    method: 'GET',
    target:
      '/?list-type=2&prefix=prod%2Forders%20db%2F&delimiter=%2F&max-keys=1000&encoding-type=url&start-after=prod%2Forders%20db%2Fa%2Bb.bak',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': '20261001T080000Z',
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    },
    toSign:
      'GET\n/acme-backups/\ndelimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=prod%2Forders%20db%2F&start-after=prod%2Forders%20db%2Fa%2Bb.bak\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20261001T080000Z\n\n\nUNSIGNED-PAYLOAD\n--\nOSS4-HMAC-SHA256\n20261001T080000Z\n20261001/cn-hangzhou/oss/aliyun_v4_request\n76508d93fcf49d0fae973dd0e0c9066c9d635dab5bcc98baebb2f78535b1a95a',
    authorization:
      'OSS4-HMAC-SHA256 Credential=LTAIexampleKeyId000000/20261001/cn-hangzhou/oss/aliyun_v4_request,Signature=4b34efa7b2fe314cc9744348c20a34ca40954d94341abccae707ac71d3e51776',
  },
  {
    name: 'oss v4 list page2',
    method: 'GET',
    target: '/?list-type=2&prefix=prod%2F&max-keys=2&encoding-type=url&continuation-token=CgJiYw--',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': '20261001T080000Z',
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    },
    toSign:
      'GET\n/acme-backups/\ncontinuation-token=CgJiYw--&encoding-type=url&list-type=2&max-keys=2&prefix=prod%2F\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20261001T080000Z\n\n\nUNSIGNED-PAYLOAD\n--\nOSS4-HMAC-SHA256\n20261001T080000Z\n20261001/cn-hangzhou/oss/aliyun_v4_request\n349304e0796c08d5f1089114116407b8b1f2f633479f6cbc5b64fed68400e90d',
    authorization:
      'OSS4-HMAC-SHA256 Credential=LTAIexampleKeyId000000/20261001/cn-hangzhou/oss/aliyun_v4_request,Signature=a34f44a5b94199bb1dbfe1ec4e3ff50f58127a33470262564eaaafb19504c587',
  },
  {
    name: 'oss v4 get range',
    method: 'GET',
    target: '/prod/orders%20full%2B1%20%E6%95%B0.bak',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': '20261001T080000Z',
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      range: 'bytes=0-16383',
    },
    toSign:
      'GET\n/acme-backups/prod/orders%20full%2B1%20%E6%95%B0.bak\n\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20261001T080000Z\n\n\nUNSIGNED-PAYLOAD\n--\nOSS4-HMAC-SHA256\n20261001T080000Z\n20261001/cn-hangzhou/oss/aliyun_v4_request\n01a1fa1a0cb65431807bc34b8370c146efdf25ca6bf5423e1293fc34ea9bcbaf',
    authorization:
      'OSS4-HMAC-SHA256 Credential=LTAIexampleKeyId000000/20261001/cn-hangzhou/oss/aliyun_v4_request,Signature=a64fe51a6556265b30611d5bfb27f0f182433ffd4d6820ab0a76f344ce291209',
  },
  {
    name: 'oss v4 sts head',
    method: 'HEAD',
    target: '/prod/orders.bak',
    host: 'acme-backups.oss-cn-hangzhou.aliyuncs.com',
    headers: {
      'x-oss-date': '20261001T080000Z',
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-oss-security-token': 'CAISexample+Token/with=chars',
    },
    toSign:
      'HEAD\n/acme-backups/prod/orders.bak\n\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20261001T080000Z\nx-oss-security-token:CAISexample+Token/with=chars\n\n\nUNSIGNED-PAYLOAD\n--\nOSS4-HMAC-SHA256\n20261001T080000Z\n20261001/cn-hangzhou/oss/aliyun_v4_request\na9327dadd7e06eaae2cc0d0e9c69ff77420e5922424765496d39bd92acbfdd5b',
    authorization:
      'OSS4-HMAC-SHA256 Credential=LTAIexampleKeyId000000/20261001/cn-hangzhou/oss/aliyun_v4_request,Signature=41df1a5e8372ca3ade54b8d8de744b578d9995845e1a172e222e23eb7a4148a2',
  },
  {
    name: 'obs obs list',
    method: 'GET',
    target: '/?prefix=prod/orders%20db/&marker=prod/orders%20db/a%2Bb.bak&max-keys=1000&delimiter=/&encoding-type=url',
    host: 'acme-backups.obs.ap-southeast-3.myhuaweicloud.com',
    headers: {
      date: 'Thu, 01 Oct 2026 08:00:00 GMT',
    },
    toSign: 'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\n/acme-backups/',
    authorization: 'OBS LTAIexampleKeyId000000:hct5ftCafXoDWj3cRtXatcu17I0=',
  },
  {
    name: 'obs obs get range',
    method: 'GET',
    target: '/prod/orders%20full%2B1%20%E6%95%B0.bak',
    host: 'acme-backups.obs.ap-southeast-3.myhuaweicloud.com',
    headers: {
      range: 'bytes=0-16383',
      date: 'Thu, 01 Oct 2026 08:00:00 GMT',
    },
    toSign: 'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\n/acme-backups/prod/orders%20full%2B1%20%E6%95%B0.bak',
    authorization: 'OBS LTAIexampleKeyId000000:EdrgG4Si/VytpTC/TBeuWRp3KL8=',
  },
  {
    name: 'obs obs head',
    method: 'HEAD',
    target: '/prod/orders.bak',
    host: 'acme-backups.obs.ap-southeast-3.myhuaweicloud.com',
    headers: {
      date: 'Thu, 01 Oct 2026 08:00:00 GMT',
    },
    toSign: 'HEAD\n\n\nThu, 01 Oct 2026 08:00:00 GMT\n/acme-backups/prod/orders.bak',
    authorization: 'OBS LTAIexampleKeyId000000:Zed3jn9++nXnE3dfcJpQsy7W9/0=',
  },
  {
    name: 'obs obs token list',
    method: 'GET',
    target: '/?prefix=prod/orders%20db/&marker=prod/orders%20db/a%2Bb.bak&max-keys=1000&delimiter=/&encoding-type=url',
    host: 'acme-backups.obs.ap-southeast-3.myhuaweicloud.com',
    headers: {
      date: 'Thu, 01 Oct 2026 08:00:00 GMT',
      'x-obs-security-token': 'CAISexample+Token/with=chars',
    },
    toSign: 'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\nx-obs-security-token:CAISexample+Token/with=chars\n/acme-backups/',
    authorization: 'OBS LTAIexampleKeyId000000:Vdu0QsA10yYWgY78/sG5pYnqlMA=',
  },
  {
    name: 'obs v2 list',
    method: 'GET',
    target: '/?prefix=prod/orders%20db/&marker=prod/orders%20db/a%2Bb.bak&max-keys=1000&delimiter=/&encoding-type=url',
    host: 'acme-backups.obs.ap-southeast-3.myhuaweicloud.com',
    headers: {
      date: 'Thu, 01 Oct 2026 08:00:00 GMT',
    },
    toSign: 'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\n/acme-backups/',
    authorization: 'AWS LTAIexampleKeyId000000:hct5ftCafXoDWj3cRtXatcu17I0=',
  },
  {
    name: 'obs v2 token get range',
    method: 'GET',
    target: '/prod/orders%20full%2B1%20%E6%95%B0.bak',
    host: 'acme-backups.obs.ap-southeast-3.myhuaweicloud.com',
    headers: {
      range: 'bytes=0-16383',
      date: 'Thu, 01 Oct 2026 08:00:00 GMT',
      'x-amz-security-token': 'CAISexample+Token/with=chars',
    },
    toSign:
      'GET\n\n\nThu, 01 Oct 2026 08:00:00 GMT\nx-amz-security-token:CAISexample+Token/with=chars\n/acme-backups/prod/orders%20full%2B1%20%E6%95%B0.bak',
    authorization: 'AWS LTAIexampleKeyId000000:fuM2RoX2CSRs1JfpyLLgiDD0MYU=',
  },
  {
    name: 'cos list',
    method: 'GET',
    target:
      '/?prefix=prod%2Forders%20db%2F&delimiter=%2F&marker=prod%2Forders%20db%2Fa%2Bb.bak&max-keys=1000&encoding-type=url',
    host: 'acme-backups-1250000000.cos.ap-guangzhou.myqcloud.com',
    headers: {},
    toSign:
      'get\n/\ndelimiter=%2F&encoding-type=url&marker=prod%2Forders%20db%2Fa%2Bb.bak&max-keys=1000&prefix=prod%2Forders%20db%2F\nhost=acme-backups-1250000000.cos.ap-guangzhou.myqcloud.com\n--\nsha1\n1790841599;1790842499\nb48f4548b5aa0a74c82038909a70853832cc0043\n',
    authorization:
      'q-sign-algorithm=sha1&q-ak=AKIDexample000000000000000000000000&q-sign-time=1790841599;1790842499&q-key-time=1790841599;1790842499&q-header-list=host&q-url-param-list=delimiter;encoding-type;marker;max-keys;prefix&q-signature=c0f9d2ffa95ec886d970d95b0d7b2d563d232d26',
  },
  {
    name: 'cos get range',
    method: 'GET',
    target: '/prod/orders%20full%2B1%20%E6%95%B0.bak',
    host: 'acme-backups-1250000000.cos.ap-guangzhou.myqcloud.com',
    headers: {
      range: 'bytes=0-16383',
    },
    toSign:
      'get\n/prod/orders full+1 数.bak\n\nhost=acme-backups-1250000000.cos.ap-guangzhou.myqcloud.com&range=bytes%3D0-16383\n--\nsha1\n1790841599;1790842499\n4423477de1d581759da683282eab43bd5ebb08e3\n',
    authorization:
      'q-sign-algorithm=sha1&q-ak=AKIDexample000000000000000000000000&q-sign-time=1790841599;1790842499&q-key-time=1790841599;1790842499&q-header-list=host;range&q-url-param-list=&q-signature=b40ee65349a10113ee24255c871636f6a2ce5204',
  },
  {
    name: 'cos head',
    method: 'HEAD',
    target: '/prod/orders.bak',
    host: 'acme-backups-1250000000.cos.ap-guangzhou.myqcloud.com',
    headers: {},
    toSign:
      'head\n/prod/orders.bak\n\ncontent-length=0&host=acme-backups-1250000000.cos.ap-guangzhou.myqcloud.com\n--\nsha1\n1790841599;1790842499\n3b82c2654993d8e8f97f301df178b9d93c716045\n',
    authorization:
      'q-sign-algorithm=sha1&q-ak=AKIDexample000000000000000000000000&q-sign-time=1790841599;1790842499&q-key-time=1790841599;1790842499&q-header-list=content-length;host&q-url-param-list=&q-signature=8784f1513e8c0f5b4787a0be9076adf40db2ee8c',
  },
];
