import { describe, expect, it } from 'vitest';
import { VendorError, type VendorReply } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { huawei } from '../../../src/providers/huawei/index.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';

const stores = { alibaba: alibaba.objectStore, huawei: huawei.objectStore, tencent: tencent.objectStore } as const;
const names = ['alibaba', 'huawei', 'tencent'] as const;

const reply = (change: Partial<VendorReply>): VendorReply => ({
  httpStatus: 200,
  headers: {},
  body: '',
  receivedAt: 0,
  ...change,
});
const list = (inner: string) =>
  reply({
    body: `<?xml version="1.0"?><ListBucketResult xmlns="x"><EncodingType>url</EncodingType>${inner}</ListBucketResult>`,
  });
const one = (key: string, size = '5') =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-28T01:00:00.000Z</LastModified><ETag>&quot;abc-2&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;

describe.each(names)('a list of %s', (name) => {
  const store = stores[name];

  it('is read with decoded keys and unquoted tags', () => {
    const page = store.parsePage(list(`<IsTruncated>false</IsTruncated>${one('p%2Fa%2Bb%20%E6%95%B0.bak')}`));
    expect(page).toEqual({
      objects: [
        {
          key: 'p/a+b 数.bak',
          size: 5,
          lastModified: Date.parse('2026-11-28T01:00:00Z'),
          etag: 'abc-2',
          storageClass: 'STANDARD',
        },
      ],
      next: null,
    });
  });

  it('continues at the given marker, or after its last key without one', () => {
    const element = name === 'alibaba' ? 'NextContinuationToken' : 'NextMarker';
    const page = (next: string) =>
      store.parsePage(list(`<IsTruncated>true</IsTruncated>${next}${one('a')}${one('b')}`)).next;
    expect(page(`<${element}>x%2Fy</${element}>`)).toBe('x/y');
    expect(page('')).toBe('b');
    expect(store.parsePage(list('')).objects).toEqual([]);
  });

  it.each([
    ['as stores write it', one('a%26b') + one('c')],
    ['with line breaks', one('a').replaceAll('><', '>\n  <')],
    ['with owners', one('a').replace('<Size>', '<Owner><ID>1</ID><DisplayName>x &amp; y</DisplayName></Owner><Size>')],
    ['with entities', one('a&amp;b&#38;c').replace('abc-2', 'a&lt;b')],
    ['with attributes', one('a').replace('<Key>', '<Key kind="x">')],
    ['with empty elements', one('a').replace(/<StorageClass>.*<\/StorageClass>/, '<StorageClass/>')],
    ['with folders', `${one('a')}<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>`],
  ])('%s is read as an XML parser reads it', (_name, inner) => {
    const objects = (extra: string) => store.parsePage(list(`${inner}${extra}`)).objects;
    // A comment leaves the whole document to the parser.
    expect(objects('')).toEqual(objects('<!-- -->'));
    expect(objects('')[0]).toMatchObject({ size: 5, etag: expect.stringMatching(/^a/) });
  });

  it.each([
    ['is HTML', '<html><body>Bad Gateway</body></html>'],
    ['is empty', ''],
    ['is truncated', '<ListBucketResult><Contents><Key>a'],
    ['has a document type', '<!DOCTYPE l [<!ENTITY a "b">]><ListBucketResult></ListBucketResult>'],
    ['has an invalid size', `<ListBucketResult>${one('a', '-1')}</ListBucketResult>`],
    ['lacks the marker of the next page', '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>'],
    ['nests without an end', `${'<a>'.repeat(50_000)}`],
    [
      'has a key that is not UTF-8',
      '<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%ff</Key><Size>1</Size></Contents></ListBucketResult>',
    ],
  ])('is malformed when it %s', (_name, body) => {
    expect(() => store.parsePage(reply({ body }))).toThrow(VendorError);
  });
});

describe.each(names)('a byte range of an object of %s', (name) => {
  const store = stores[name];
  const part =
    (change: Partial<VendorReply>, first = 0) =>
    () =>
      store.parsePart(reply(change), 'k', first);
  const prefix = { alibaba: 'x-oss', huawei: 'x-obs', tencent: 'x-cos' }[name];

  it('returns the total size, the tag and the storage class', () => {
    const headers = { 'content-range': 'bytes 0-3/1000', etag: '"t"', [`${prefix}-storage-class`]: 'ARCHIVE' };
    const read = part({ httpStatus: 206, headers, bytes: Buffer.from('abcd') })();
    expect(read).toMatchObject({ object: { key: 'k', size: 1000, etag: 't', storageClass: 'ARCHIVE' } });
    expect(read.bytes.toString()).toBe('abcd');
  });

  it('may be the start of a whole object that was cut off, but never a later part of one', () => {
    const whole = { headers: { 'content-length': '5000000', etag: '"t"' }, bytes: Buffer.alloc(16) };
    expect(part(whole)().object.size).toBe(5_000_000);
    expect(part(whole, 4000)).toThrow(VendorError);
  });

  it('is malformed when it is a proxy’s error page', () => {
    const headers = { 'content-length': '90', 'content-type': 'text/html' };
    expect(part({ headers, bytes: Buffer.from('<!DOCTYPE html>') })).toThrow(VendorError);
  });

  it('is malformed when it is another range or shorter than declared', () => {
    expect(part({ httpStatus: 206, headers: { 'content-range': 'bytes 8-11/1000' }, bytes: Buffer.alloc(4) })).toThrow(
      VendorError,
    );
    expect(part({ httpStatus: 206, headers: { 'content-range': 'bytes 0-3/1000' }, bytes: Buffer.alloc(3) })).toThrow(
      VendorError,
    );
    expect(part({ httpStatus: 206 })).toThrow(VendorError);
  });
});

describe.each(names)('an error of %s', (name) => {
  const store = stores[name];
  const request = store.read('bucket', 'key', 0, 9);
  const fail = (httpStatus: number, code: string, extra = '', headers = {}) =>
    store.failureOf(
      request,
      reply({ httpStatus, headers, body: `<Error><Code>${code}</Code><Message>told</Message>${extra}</Error>` }),
    );

  it.each([
    [403, 'SignatureDoesNotMatch', 'unauthenticated', 'provider_auth_failed'],
    [403, 'AccessDenied', 'unauthenticated', 'provider_auth_failed'],
    [403, 'RequestTimeTooSkewed', 'clock_skew', 'provider_auth_failed'],
    [400, 'ExpiredToken', 'session_expired', 'provider_auth_failed'],
    [403, 'InvalidSecurityToken', 'session_expired', 'provider_auth_failed'],
    [404, 'NoSuchKey', 'not_found', 'provider_rejected'],
    [404, 'NoSuchBucket', 'not_found', 'provider_rejected'],
    [403, 'InvalidObjectState', 'rejected', 'provider_rejected'],
    [416, 'InvalidRange', 'rejected', 'provider_rejected'],
    [503, 'SlowDown', 'throttled', 'provider_throttled'],
    [500, 'InternalError', 'unavailable', 'provider_unavailable'],
    [418, 'SomethingNew', 'rejected', 'provider_rejected'],
  ])('%d %s is %s', (status, code, kind, problem) => {
    expect(fail(status, code)).toMatchObject({ kind, code: problem, provider: { code, httpStatus: status } });
  });

  it('names the missing permission', () => {
    expect(fail(403, 'AccessDenied')?.detail).toContain(store.permissions.read);
    const listing = store.failureOf(store.list('bucket', 'p/', null), reply({ httpStatus: 403 }));
    expect(listing?.detail).toContain(store.permissions.list);
  });

  it('that redirects to another region names the endpoint and is not followed', () => {
    const elsewhere = fail(301, 'PermanentRedirect', '<Endpoint>store.example.com</Endpoint>');
    expect(elsewhere).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('store.example.com') });
    expect(fail(403, 'AccessDenied', '<Endpoint>store.example.com</Endpoint>')?.detail).toContain('store.example.com');
    const located = store.failureOf(
      request,
      reply({ httpStatus: 307, headers: { location: 'https://other.example.com/key?sig=1' } }),
    );
    expect(located?.detail).toContain('other.example.com');
    expect(located?.detail).not.toContain('sig');
  });

  it('never repeats signed values', () => {
    const body =
      '<Error><Code>SignatureDoesNotMatch</Code><Message>The signature of x-oss-security-token:SECRET</Message><StringToSign>SECRET</StringToSign></Error>';
    expect(JSON.stringify(store.failureOf(request, reply({ httpStatus: 403, body })))).not.toContain('SECRET');
  });

  it('without a body is classified by its status', () => {
    expect(store.failureOf(request, reply({ httpStatus: 502, body: '<html>' }))?.kind).toBe('unavailable');
    expect(store.failureOf(request, reply({ httpStatus: 403 }))?.kind).toBe('unauthenticated');
    expect(store.failureOf(request, reply({ httpStatus: 206 }))).toBeNull();
  });
});

describe('an unknown access key', () => {
  it('means at Huawei that a temporary key may have expired', () => {
    const kinds = names.map((name) => {
      const store = stores[name];
      const body = '<Error><Code>InvalidAccessKeyId</Code></Error>';
      return store.failureOf(store.list('b', 'p', null), reply({ httpStatus: 403, body }))?.kind;
    });
    expect(kinds).toEqual(['unauthenticated', 'session_expired', 'unauthenticated']);
  });
});

describe('the address of a request', () => {
  const at = (endpoint: string) => {
    const account = {
      name: 'a',
      region: 'ap-guangzhou',
      limits: { readsPerSecond: 1, writesPerSecond: 1 },
      endpoints: {},
    };
    return tencent.objectStore.sign(tencent.objectStore.read('b-1250000000', 'p/a b?#%.bak', 0, 9), {
      account: { ...account, provider: 'tencent', timeZone: '+08:00' },
      region: 'ap-guangzhou',
      credentials: { provider: 'tencent', secretId: 'i', secretKey: { reveal: () => 's' } as never },
      session: null,
      endpoint,
      now: 0,
      nonce: '',
    }).url;
  };
  it('has the bucket as first host label, or as first path segment on this machine', () => {
    expect(at('https://cos.ap-guangzhou.myqcloud.com')).toBe(
      'https://b-1250000000.cos.ap-guangzhou.myqcloud.com/p/a%20b%3F%23%25.bak',
    );
    expect(at('http://127.0.0.1:9')).toBe('http://127.0.0.1:9/b-1250000000/p/a%20b%3F%23%25.bak');
    expect(at('http://[::1]:9')).toBe('http://[::1]:9/b-1250000000/p/a%20b%3F%23%25.bak');
  });
});

describe('restorable storage classes', () => {
  it.each([
    ['alibaba', 'Standard', true],
    ['alibaba', 'IA', false],
    ['alibaba', 'ColdArchive', false],
    ['huawei', 'STANDARD', true],
    ['huawei', 'WARM', false],
    ['tencent', 'STANDARD_IA', true],
    ['tencent', 'DEEP_ARCHIVE', false],
  ] as const)('%s %s: %s', (name, storageClass, restorable) => {
    expect(stores[name].restorable(storageClass)).toBe(restorable);
  });
});
