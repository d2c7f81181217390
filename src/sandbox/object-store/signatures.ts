import { createHash, createHmac } from 'node:crypto';
import { sandboxCredentials } from '../cloud.ts';
import { type StoreDialect, StoreRefusal, type StoreRequest } from './service.ts';

/** Tolerance for the time of a request in milliseconds. The verifications below were written from the vendors' pages. */

const toleranceMs = 15 * 60_000;

function unknownKey(): StoreRefusal {
  return new StoreRefusal(403, 'InvalidAccessKeyId', 'The access key id does not exist in our records.');
}

function mismatch(text: string): StoreRefusal {
  return new StoreRefusal(403, 'SignatureDoesNotMatch', 'The signature does not match the one that was calculated.', {
    StringToSign: text,
  });
}

function checkClock(at: number, now: number): void {
  if (Number.isNaN(at)) throw new StoreRefusal(403, 'AccessDenied', 'The request has no valid date.');
  if (Math.abs(now - at) > toleranceMs)
    throw new StoreRefusal(403, 'RequestTimeTooSkewed', 'The difference between the times is too large.');
}

const rfc3986 = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const hmac = (algorithm: string, key: string | Buffer, text: string) => createHmac(algorithm, key).update(text, 'utf8');

function own(headers: StoreRequest['request']['headers'], prefix: string): string[] {
  return Object.keys(headers)
    .filter((name) => name.startsWith(prefix))
    .sort();
}

// OSS

function ossSecret(id: string, token: string | undefined): string {
  const known = sandboxCredentials.alibaba;
  if (id !== known.accessKeyId && id !== known.stsAccessKeyId) throw unknownKey();
  if ((id === known.stsAccessKeyId) !== (token !== undefined) || (token !== undefined && token !== known.securityToken))
    throw new StoreRefusal(403, 'InvalidSecurityToken', 'The security token is invalid.');
  return known.accessKeySecret;
}

/** The query parameters of reads that V1 includes in the resource. */
const ossSubResources = new Set([
  'acl',
  'continuation-token',
  'location',
  'response-content-type',
  'uploads',
  'versionId',
]);

function verifyOssV1({ request, bucket, key, query }: StoreRequest, id: string, signature: string, now: number): void {
  const { headers, method } = request;
  const secret = ossSecret(id, headers['x-oss-security-token']);
  const date = headers['x-oss-date'] ?? headers.date ?? '';
  checkClock(Date.parse(date), now);
  const sub = [...query.entries()]
    .filter(([name]) => ossSubResources.has(name))
    .sort()
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const lines = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', date];
  for (const name of own(headers, 'x-oss-')) lines.push(`${name}:${headers[name]}`);
  const text = `${lines.join('\n')}\n/${bucket}/${key ?? ''}${sub.length > 0 ? `?${sub.join('&')}` : ''}`;
  if (hmac('sha1', secret, text).digest('base64') !== signature) throw mismatch(text);
}

function verifyOssV4(asked: StoreRequest, credential: string, signature: string, now: number): void {
  const { request, bucket, key, query } = asked;
  const { headers } = request;
  const [id = '', day = '', region = '', product, end] = credential.split('/');
  const secret = ossSecret(id, headers['x-oss-security-token']);
  const date = headers['x-oss-date'] ?? '';
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [, y, m, d, hour, minute, second] = stamp ?? [];
  checkClock(stamp === null ? Number.NaN : Date.parse(`${y}-${m}-${d}T${hour}:${minute}:${second}Z`), now);
  if (product !== 'oss' || end !== 'aliyun_v4_request' || day !== date.slice(0, 8) || region.startsWith('oss-'))
    throw new StoreRefusal(400, 'InvalidArgument', 'The credential scope is not valid.');
  if (headers['x-oss-content-sha256'] !== 'UNSIGNED-PAYLOAD')
    throw new StoreRefusal(400, 'InvalidArgument', 'x-oss-content-sha256 has to be UNSIGNED-PAYLOAD.');
  const parameters = [...query.entries()]
    .map(([name, value]) => (value === '' ? rfc3986(name) : `${rfc3986(name)}=${rfc3986(value)}`))
    .sort();
  const path = `/${bucket}/${(key ?? '').split('/').map(rfc3986).join('/')}`;
  const names = Object.keys(headers).filter((name) => name.startsWith('x-oss-') || /^content-(type|md5)$/.test(name));
  const covered = names.sort().map((name) => `${name}:${headers[name]}\n`);
  const canonical = [request.method, path, parameters.join('&'), covered.join(''), '', 'UNSIGNED-PAYLOAD'].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = `OSS4-HMAC-SHA256\n${date}\n${day}/${region}/oss/aliyun_v4_request\n${digest}`;
  let derived = hmac('sha256', `aliyun_v4${secret}`, day).digest();
  for (const part of [region, 'oss', 'aliyun_v4_request']) derived = hmac('sha256', derived, part).digest();
  if (hmac('sha256', derived, text).digest('hex') !== signature) throw mismatch(text);
}

/** The signatures and peculiarities of OSS. */
export const ossDialect: StoreDialect = {
  cloud: 'alibaba',
  prefix: 'x-oss',
  pageSize: 1000,
  lists: 'at_once',
  storageClass: (name) => ({ STANDARD: 'Standard', ARCHIVE: 'Archive', IA: 'IA' })[name] ?? name,
  elsewhere: () =>
    new StoreRefusal(
      403,
      'AccessDenied',
      'The bucket you are attempting to access must be addressed using the specified endpoint.',
      {
        Endpoint: 'oss-cn-shanghai.aliyuncs.com',
      },
    ),
  verify(asked, now) {
    const { authorization = '' } = asked.request.headers;
    const first = /^OSS ([^:\s]+):(\S+)$/.exec(authorization);
    if (first) return verifyOssV1(asked, first[1] ?? '', first[2] ?? '', now);
    const fourth = /^OSS4-HMAC-SHA256 Credential=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(authorization);
    if (fourth) return verifyOssV4(asked, fourth[1] ?? '', fourth[2] ?? '', now);
    throw new StoreRefusal(403, 'AccessDenied', 'The sandbox does not know this form of signature.');
  },
};

// OBS

const temporaryPrefix = 'HSTSANDBOX';

/** A temporary access key of the emulated IAM. The access key id encodes the expiry, so nothing is stored. */
export function temporaryKey(expiresAt: number): {
  readonly access: string;
  readonly secret: string;
  readonly token: string;
} {
  const access = `${temporaryPrefix}${Math.floor(expiresAt / 1000)
    .toString(36)
    .toUpperCase()}`;
  const derived = (what: string) => createHash('sha256').update(`${what} of ${access}`).digest('base64');
  return { access, secret: derived('secret').slice(0, 40), token: derived('token') };
}

function obsSecret(id: string, token: string | undefined, now: number): string {
  const known = sandboxCredentials.huawei;
  if (id === known.accessKeyId) {
    if (token !== undefined && token !== known.securityToken) throw unknownKey();
    return known.secretAccessKey;
  }
  if (!id.startsWith(temporaryPrefix)) throw unknownKey();
  const expiresAt = Number.parseInt(id.slice(temporaryPrefix.length), 36) * 1000;
  const issued = temporaryKey(expiresAt);
  if (issued.access !== id || token !== issued.token || now >= expiresAt) throw unknownKey();
  return issued.secret;
}

/** The signatures and peculiarities of OBS. */
export const obsDialect: StoreDialect = {
  cloud: 'huawei',
  prefix: 'x-obs',
  pageSize: 1000,
  lists: 'at_once',
  storageClass: (name) => ({ ARCHIVE: 'COLD', IA: 'WARM' })[name] ?? name,
  elsewhere: () =>
    new StoreRefusal(301, 'PermanentRedirect', 'The bucket has to be addressed at another endpoint.', {
      Endpoint: 'obs.cn-north-4.myhuaweicloud.com',
    }),
  verify({ request, bucket, key }, now) {
    const { headers, method } = request;
    const [, scheme = '', id = '', signature = ''] =
      /^(OBS|AWS) ([^:\s]+):(\S+)$/.exec(headers.authorization ?? '') ?? [];
    if (scheme === '') throw new StoreRefusal(403, 'AccessDenied', 'The sandbox does not know this form of signature.');
    const prefix = scheme === 'OBS' ? 'x-obs-' : 'x-amz-';
    const secret = obsSecret(id, headers[`${prefix}security-token`], now);
    const dated = headers[`${prefix}date`];
    checkClock(Date.parse(dated ?? headers.date ?? ''), now);
    const encoded = (key ?? '').split('/').map(rfc3986).join('/');
    const lines = [
      method,
      headers['content-md5'] ?? '',
      headers['content-type'] ?? '',
      dated === undefined ? (headers.date ?? '') : '',
    ];
    for (const name of own(headers, prefix)) lines.push(`${name}:${headers[name]}`);
    const text = `${lines.join('\n')}\n/${bucket}/${encoded}`;
    if (hmac('sha1', secret, text).digest('base64') !== signature) throw mismatch(text);
  },
};

// COS

/** The signature and peculiarities of COS. */
export const cosDialect: StoreDialect = {
  cloud: 'tencent',
  prefix: 'x-cos',
  pageSize: 1000,
  lists: 'late',
  storageClass: (name) => name,
  elsewhere: () =>
    new StoreRefusal(301, 'PermanentRedirect', 'The bucket has to be addressed at another endpoint.', {
      Endpoint: 'cos.ap-beijing.myqcloud.com',
    }),
  verify({ request, bucket, path, query }, now) {
    const { headers, method } = request;
    const fields = new URLSearchParams((headers.authorization ?? '').replaceAll('+', '%2B'));
    const of = (name: string) => fields.get(name) ?? '';
    if (of('q-sign-algorithm') !== 'sha1') throw new StoreRefusal(403, 'AccessDenied', 'The request is not signed.');
    if (!/-\d{6,}$/.test(bucket)) throw new StoreRefusal(400, 'InvalidBucketName', 'The name has to end in the APPID.');
    const known = sandboxCredentials.tencent;
    if (of('q-ak') !== known.secretId) throw unknownKey();
    const token = headers['x-cos-security-token'];
    if (token !== undefined && token !== known.token)
      throw new StoreRefusal(400, 'ExpiredToken', 'The token has expired.');
    const [from = Number.NaN, to = Number.NaN] = of('q-sign-time').split(';').map(Number);
    if (Number.isNaN(from) || now / 1000 < from - 900 || now / 1000 > to)
      throw new StoreRefusal(403, 'RequestTimeTooSkewed', 'The signature is not valid at this time.');
    const names = (list: string) => list.split(';').filter((name) => name !== '');
    const signedHeaders = names(of('q-header-list'));
    const signedParameters = names(of('q-url-param-list'));
    if (!signedHeaders.includes('host')) throw new StoreRefusal(403, 'AccessDenied', 'The host has to be signed.');
    const parameters = new Map([...query].map(([name, value]) => [rfc3986(name).toLowerCase(), rfc3986(value)]));
    const http = [
      method.toLowerCase(),
      decodeURIComponent(path),
      signedParameters.map((name) => `${name}=${parameters.get(name) ?? ''}`).join('&'),
      signedHeaders.map((name) => `${name}=${rfc3986(headers[name] ?? '')}`).join('&'),
    ].join('\n');
    const digest = createHash('sha1').update(`${http}\n`).digest('hex');
    const text = `sha1\n${of('q-sign-time')}\n${digest}\n`;
    const signKey = hmac('sha1', known.secretKey, of('q-key-time')).digest('hex');
    if (hmac('sha1', signKey, text).digest('hex') !== of('q-signature')) throw mismatch(text);
  },
};
