import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import type { Account, Credentials, SigningContext, VendorRequest } from '../../src/domain/vendor.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { canonicalV4, signatureV4, stringToSignV1 } from '../../src/providers/alibaba/object-store.ts';
import { huawei } from '../../src/providers/huawei/index.ts';
import { storageStringToSign } from '../../src/providers/huawei/object-store.ts';
import { tencent } from '../../src/providers/tencent/index.ts';
import { authorization } from '../../src/providers/tencent/object-store.ts';
import { keys, now, type StorageVector, storageVectors } from './object-stores.ts';

const common = { name: 'main', limits: { readsPerSecond: 1, writesPerSecond: 1 }, endpoints: {} };

/** The request of a vector as the translator builds it. */
function requestOf({ method, target, headers, host }: StorageVector): VendorRequest {
  const url = new URL(`https://${host}${target}`);
  const key = decodeURIComponent(url.pathname.slice(1));
  return {
    operation: 'Vector',
    service: 'storage',
    effect: 'read',
    method: method as 'GET',
    path: url.pathname,
    query: [...url.searchParams],
    headers: headers.range === undefined ? {} : { range: headers.range },
    body: undefined,
    object: { bucket: host.split('.')[0] ?? '', key: key === '' ? null : key },
  };
}

function contextOf(vector: StorageVector): SigningContext {
  const { name, host, headers } = vector;
  const token = Object.keys(headers).some((each) => each.endsWith('security-token'));
  const endpoint = `https://${host.slice(host.indexOf('.') + 1)}`;
  const base = { session: null, endpoint, now, nonce: 'unused' };
  const own = <C extends Credentials>(account: Account, credentials: C): SigningContext => ({
    ...base,
    account,
    region: account.region,
    credentials,
  });
  const secret = new Secret(keys.secret);
  const extra = token ? { securityToken: new Secret(keys.token) } : {};
  if (name.startsWith('oss'))
    return own(
      {
        ...common,
        provider: 'alibaba',
        region: 'cn-hangzhou',
        signature: 'rpc',
        chainBase: 'updf',
        storageSignature: name.startsWith('oss v1') ? 'v1' : 'v4',
      } as Account,
      { provider: 'alibaba', accessKeyId: keys.id, accessKeySecret: secret, ...extra },
    );
  if (name.startsWith('obs'))
    return own(
      { ...common, provider: 'huawei', region: 'ap-southeast-3', projectId: null },
      { provider: 'huawei', method: 'access_key', accessKeyId: keys.id, secretAccessKey: secret, ...extra },
    );
  return own(
    { ...common, provider: 'tencent', region: 'ap-guangzhou', timeZone: '+08:00' },
    { provider: 'tencent', secretId: keys.cosId, secretKey: secret },
  );
}

const stores = { oss: alibaba.objectStore, obs: huawei.objectStore, cos: tencent.objectStore } as const;
const storeOf = ({ name }: StorageVector) => stores[name.slice(0, 3) as keyof typeof stores];

describe('signatures of the object stores', () => {
  // Godwit never sends the S3 style of OBS. Its string to sign differs only in header names and is compared below.
  const sent = storageVectors.filter(
    ({ name, method }) => !name.startsWith('obs v2') && !(method === 'HEAD' && name.startsWith('cos')),
  );

  it.each(sent.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const signed = storeOf(vector).sign(requestOf(vector), contextOf(vector));
    expect(signed.headers.authorization).toBe(vector.authorization);
    expect(new URL(signed.url).host).toBe(vector.host);
    expect(decodeURIComponent(new URL(signed.url).pathname)).toBe(
      decodeURIComponent(vector.target.split('?')[0] ?? ''),
    );
    for (const [name, value] of Object.entries(vector.headers)) expect(signed.headers[name], name).toBe(value);
  });

  it.each(
    storageVectors.filter(({ name }) => name.startsWith('obs v2')).map((vector) => [vector.name, vector] as const),
  )('%s: the string to sign is built in the same way', (_name, vector) => {
    const text = storageStringToSign(requestOf(vector), { date: vector.headers.date ?? '' });
    const own = vector.toSign.split('\n').filter((line) => !line.startsWith('x-amz-'));
    expect(text.split('\n')).toEqual(own);
    const signature = createHmac('sha1', keys.secret).update(vector.toSign).digest('base64');
    expect(vector.authorization).toBe(`AWS ${keys.id}:${signature}`);
  });

  it('cos head: signs any set of headers', () => {
    const vector = storageVectors.find(({ name }) => name === 'cos head');
    const headers = { 'content-length': '0', host: vector?.host ?? '' };
    const signable = { method: 'HEAD', path: '/prod/orders.bak', parameters: [], headers };
    expect(authorization(signable, '1790841599;1790842499', keys.cosId, keys.secret)).toBe(vector?.authorization);
  });

  it('covers every vector of the page', () => expect(storageVectors).toHaveLength(17));
});

describe('published examples', () => {
  it('OSS V1', () => {
    const request: VendorRequest = {
      operation: 'PutObject',
      service: 'storage',
      effect: 'read',
      method: 'PUT',
      path: '/nelson',
      query: [],
      headers: {},
      body: undefined,
      object: { bucket: 'oss-example', key: 'nelson' },
    };
    const text = stringToSignV1(request, {
      'Content-MD5': 'ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM=',
      'Content-Type': 'text/html',
      Date: 'Thu, 17 Nov 2005 18:49:58 GMT',
      'X-OSS-Magic': 'abracadabra',
      'X-OSS-Meta-Author': 'foo@bar.com',
    });
    const signature = createHmac('sha1', 'OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV').update(text).digest('base64');
    expect(signature).toBe('26NBxoKdsyly4EDv6inkoDft/yA=');
  });

  it('OSS V4', () => {
    const request: VendorRequest = {
      operation: 'PutObject',
      service: 'storage',
      effect: 'read',
      method: 'PUT',
      path: '',
      query: [
        ['+param1', 'value3'],
        ['|param1', 'value4'],
        ['param1', 'value1'],
        ['+param2', ''],
        ['|param2', ''],
        ['param2', ''],
      ],
      headers: {},
      body: undefined,
      object: { bucket: 'bucket', key: '1234+-/123/1.txt' },
    };
    const date = new Date(1_702_743_657_000).toISOString().replace(/\.\d+|[-:]/g, '');
    const headers = {
      'x-oss-head1': 'value',
      'content-type': 'text/plain',
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-oss-date': date,
    };
    expect(signatureV4(canonicalV4(request, headers), date, 'cn-hangzhou', 'sk')).toBe(
      'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe',
    );
  });

  it('S3 V2, which OBS uses', () => {
    const text = 'GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/johnsmith/photos/puppy.jpg';
    const request = requestOf({
      name: 'obs',
      method: 'GET',
      target: '/photos/puppy.jpg',
      host: 'johnsmith.example.com',
      headers: {},
      toSign: '',
      authorization: '',
    });
    expect(storageStringToSign(request, { date: 'Tue, 27 Mar 2007 19:36:42 +0000' })).toBe(text);
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    expect(createHmac('sha1', secret).update(text).digest('base64')).toBe('bWq2s1WEIj+Ydj0vQ697zp+IXMU=');
  });

  it.each([
    ['1557989151;1557996351', 'eb2519b498b02ac213cb1f3d1a3d27a3b3c9bc5f'],
    ['1557989753;1557996953', '937914bf490e9e8c189836aad2052e4feeb35eaf'],
  ])('COS: the first of the two keys (%s)', (keyTime, expected) => {
    const first = createHmac('sha1', 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz').update(keyTime).digest('hex');
    expect(first).toBe(expected);
  });

  it('COS: a GET', () => {
    const signable = {
      method: 'GET',
      path: '/exampleobject(腾讯云)',
      parameters: [
        ['response-content-type', 'application/octet-stream'],
        ['response-cache-control', 'max-age=600'],
      ] as const,
      headers: { Date: 'Thu, 16 May 2019 06:55:53 GMT', Host: 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com' },
    };
    const value = authorization(
      signable,
      '1557989753;1557996953',
      'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q',
      'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz',
    );
    expect(value).toContain('q-signature=01681b8c9d798a678e43b685a9f1bba0f6c0e012');
  });
});
