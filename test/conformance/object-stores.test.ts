import { Agent, createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import OSS from 'ali-oss';
import COS from 'cos-nodejs-sdk-v5';
import ObsClient from 'esdk-obs-nodejs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import type { Account, Credentials, SigningContext, VendorRequest } from '../../src/domain/vendor.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { huawei } from '../../src/providers/huawei/index.ts';
import { tencent } from '../../src/providers/tencent/index.ts';
import { keys, now } from '../vectors/object-stores.ts';

/**
 * The request that the official SDK sends, captured on this machine, has the path, query and signature of the
 * translator.
 */
interface Caught {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

let caught: Caught[] = [];
const server = createServer((request, response) => {
  caught.push({ url: request.url ?? '', headers: request.headers });
  const list = (request.url ?? '').includes('prefix=') || (request.url ?? '').includes('apiversion');
  response.writeHead(200, {
    'x-obs-api': '3.0',
    'content-type': list ? 'application/xml' : 'application/octet-stream',
  });
  response.end(list ? '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' : 'x');
});
let endpoint = '';

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.useFakeTimers({ toFake: ['Date'], now });
});
afterAll(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const bucket = 'acme-backups-1250000000';
const limits = { readsPerSecond: 1, writesPerSecond: 1 };
const base = { name: 'main', limits, endpoints: {} };
const secret = new Secret(keys.secret);
const context = (account: Account, credentials: Credentials): SigningContext => ({
  account,
  region: account.region,
  credentials,
  session: null,
  endpoint,
  now,
  nonce: 'unused',
});

async function requestOf(send: () => Promise<unknown>): Promise<Caught> {
  caught = [];
  await send();
  const request = caught.findLast(({ url }) => !url.includes('apiversion'));
  if (request === undefined) throw new Error('the SDK sent nothing');
  return request;
}

const keyText = fc
  .array(
    fc.constantFrom(
      'a',
      'Z',
      '7',
      '/',
      ' ',
      '+',
      '-',
      '_',
      '.',
      '~',
      '(',
      ')',
      "'",
      '!',
      '*',
      '数',
      'é',
      '%',
      '&',
      '=',
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((letters) => `p${letters.join('').replaceAll(/\/+/g, '/')}x`);
const runs = { numRuns: 25 };

/** The path as sent: a parsed URL loses segments such as `/./`. */
const pathOf = (url: string) => `/${url.split('?')[0]?.split('/').slice(3).join('/')}`;

function sorted(url: string): string[] {
  const query = url.split('?')[1] ?? '';
  return [...new URLSearchParams(query.replaceAll('+', '%2B'))].map(([name, value]) => `${name}=${value}`).toSorted();
}

describe('OSS', () => {
  const credentials: Credentials = {
    provider: 'alibaba',
    accessKeyId: keys.id,
    accessKeySecret: secret,
    securityToken: new Secret(keys.token),
  };
  it.each([true, false])('has the same signature as ali-oss (V4: %s)', async (authorizationV4) => {
    const account: Account = {
      ...base,
      provider: 'alibaba',
      region: 'cn-hangzhou',
      signature: 'rpc',
      chainBase: 'updf',
      storageSignature: authorizationV4 ? 'v4' : 'v1',
    };
    const client = new OSS({
      accessKeyId: keys.id,
      accessKeySecret: keys.secret,
      stsToken: keys.token,
      bucket,
      endpoint,
      region: 'oss-cn-hangzhou',
      authorizationV4,
      sldEnable: true,
      refreshSTSTokenInterval: 1e9,
      refreshSTSToken: () => Promise.reject(new Error('not used')),
    });
    const { objectStore } = alibaba;
    const compare = (sent: Caught, request: VendorRequest) => {
      const signed = objectStore.sign(request, context(account, credentials));
      expect(signed.headers.authorization).toBe(sent.headers.authorization);
      expect(decodeURIComponent(pathOf(signed.url))).toBe(decodeURIComponent(sent.url.split('?')[0] ?? ''));
    };
    await fc.assert(
      fc.asyncProperty(keyText, async (key) => {
        // The SDK signs such a segment but sends the path without it, and OSS refuses that.
        fc.pre(!/\/\.{1,2}\//.test(key));
        const sent = await requestOf(() => client.get(key, { headers: { Range: 'bytes=0-9' } }));
        const plain = objectStore.read(bucket, key, 0, 9);
        compare(sent, { ...plain, headers: { range: 'bytes=0-9' } });
        const list = await requestOf(() =>
          client.listV2({
            prefix: key,
            'max-keys': 1000,
            'encoding-type': 'url',
            'continuation-token': 'CgJiYw--',
          }),
        );
        compare(list, objectStore.list(bucket, key, 'CgJiYw--'));
        expect(sorted(list.url)).toEqual(
          sorted(objectStore.sign(objectStore.list(bucket, key, 'CgJiYw--'), context(account, credentials)).url),
        );
      }),
      runs,
    );
  });
});

describe('OBS', () => {
  it('has the same signature as esdk-obs-nodejs', async () => {
    const account: Account = { ...base, provider: 'huawei', region: 'ap-southeast-3', projectId: null };
    const credentials: Credentials = {
      provider: 'huawei',
      method: 'access_key',
      accessKeyId: keys.id,
      secretAccessKey: secret,
      securityToken: new Secret(keys.token),
    };
    // With the bucket in the path the SDK uses another signature, so the names of the cloud must resolve to this
    // machine.
    const named = endpoint.replace('127.0.0.1', 'obs.ap-southeast-3.myhuaweicloud.com');
    const here = (_host: string, _options: object, done: (error: null, address: object[]) => void) =>
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    const client = new ObsClient({
      access_key_id: keys.id,
      secret_access_key: keys.secret,
      security_token: keys.token,
      server: named,
      signature: 'obs',
      http_agent: new Agent({ lookup: here as never }),
    });
    // The client starts in the background, and an earlier call throws.
    await new Promise((done) => setImmediate(done));
    const { objectStore } = huawei;
    const sign = (request: VendorRequest) =>
      objectStore.sign(request, { ...context(account, credentials), endpoint: named });
    await fc.assert(
      fc.asyncProperty(keyText, async (key) => {
        const read = await requestOf(() => client.getObject({ Bucket: bucket, Key: key, Range: 'bytes=0-9' }));
        const signed = sign(objectStore.read(bucket, key, 0, 9));
        expect(signed.headers.authorization).toBe(read.headers.authorization);
        expect(new URL(signed.url).hostname).toBe(read.headers.host);
        expect(decodeURIComponent(pathOf(signed.url))).toBe(decodeURIComponent(read.url.split('?')[0] ?? ''));
        const listed = await requestOf(() =>
          client.listObjects({ Bucket: bucket, Prefix: key, Marker: key, MaxKeys: 1000, EncodingType: 'url' }),
        );
        const list = sign(objectStore.list(bucket, key, key));
        expect(list.headers.authorization).toBe(listed.headers.authorization);
        expect(sorted(list.url)).toEqual(sorted(listed.url));
      }),
      runs,
    );
  });
});

describe('COS', () => {
  it('has the same signature as cos-nodejs-sdk-v5', async () => {
    const account: Account = { ...base, provider: 'tencent', region: 'ap-guangzhou', timeZone: '+08:00' };
    const credentials: Credentials = { provider: 'tencent', secretId: keys.cosId, secretKey: secret };
    const client = new COS({ SecretId: keys.cosId, SecretKey: keys.secret, Protocol: 'http:', Proxy: endpoint });
    const { objectStore } = tencent;
    const at = { Bucket: bucket, Region: 'ap-guangzhou' };
    const sign = (request: VendorRequest) =>
      objectStore.sign(request, { ...context(account, credentials), endpoint: 'http://cos.ap-guangzhou.myqcloud.com' });
    await fc.assert(
      fc.asyncProperty(keyText, async (key) => {
        const read = await requestOf(() => client.getObject({ ...at, Key: key, Range: 'bytes=0-9' }));
        const signed = sign(objectStore.read(bucket, key, 0, 9));
        expect(signed.headers.authorization).toBe(read.headers.authorization);
        expect(signed.url).toBe(read.url);
        const listed = await requestOf(() =>
          client.getBucket({ ...at, Prefix: key, Marker: key, MaxKeys: 1000, EncodingType: 'url' }),
        );
        const list = sign(objectStore.list(bucket, key, key));
        expect(list.headers.authorization).toBe(listed.headers.authorization);
        expect(sorted(list.url)).toEqual(sorted(listed.url));
      }),
      runs,
    );
  });
});
