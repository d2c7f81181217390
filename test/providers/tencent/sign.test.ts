import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import type { SigningContext, VendorRequest } from '../../../src/domain/vendor.ts';
import type { TencentAccount } from '../../../src/providers/tencent/account.ts';
import { stsUrl } from '../../../src/providers/tencent/endpoints.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import { deriveKeys, signTc3 } from '../../../src/providers/tencent/sign.ts';
import { bodies, keyVectors, sdk, vectors } from '../../vectors/tencent.ts';
import { account } from './fixtures.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

describe('TC3 signature', () => {
  it.each(vectors)('reproduces $title', ({ headers, canonicalHash, signature, title: _title, ...input }) => {
    const made = signTc3({ ...input, signedHeaders: headers });
    expect(hash(made.canonicalRequest)).toBe(canonicalHash);
    expect(made.signature).toBe(signature);
    expect(made.authorization.endsWith(`Signature=${signature}`)).toBe(true);
  });

  it.each(keyVectors)('derives the keys of $title', ({ secretKey, date, service, keys }) => {
    const derived = deriveKeys(secretKey, date, service);
    expect([derived.date, derived.service, derived.signing].map((key) => key.toString('hex'))).toEqual(keys);
  });

  it('writes the header of vector B1 as the vendor does', () => {
    const b1 = vectors.find(({ title }) => title.startsWith('B1'));
    expect(b1 && signTc3({ ...b1, signedHeaders: b1.headers }).authorization).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE0000000000000000000000001/2023-11-14/sqlserver/tc3_request, SignedHeaders=content-type;host, Signature=fb8bfaf4f0ad3a9920afa4b67fe2fa8145711c4d6603cc1e7a9a6671e5458468',
    );
  });
});

describe('signing an attempt', () => {
  const request: VendorRequest = {
    operation: 'StartBackupMigration',
    service: 'sqlserver',
    effect: 'write',
    method: 'POST',
    path: '/',
    query: [],
    headers: {},
    body: JSON.parse(bodies.start),
  };
  const context: SigningContext = {
    account,
    region: 'ap-guangzhou',
    credentials: { provider: 'tencent', secretId: sdk.secretId, secretKey: new Secret(sdk.secretKey) },
    session: null,
    endpoint: 'https://sqlserver.tencentcloudapi.com',
    now: sdk.timestamp * 1000 + 999,
    nonce: 'unused',
  };

  it('signs content type, host and action and lists the signed headers', () => {
    expect(tencent.sign(request, context)).toEqual({
      method: 'POST',
      url: 'https://sqlserver.tencentcloudapi.com/',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'X-TC-Action': 'StartBackupMigration',
        'X-TC-Version': '2018-03-28',
        'X-TC-Region': 'ap-guangzhou',
        'X-TC-Timestamp': '1700000000',
        'X-TC-Language': 'en-US',
        Authorization:
          'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE0000000000000000000000001/2023-11-14/sqlserver/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=89b09e89a0493069ef572fe3b85f849c6ae93ff8d4299a98d4adcf066af468ab',
      },
      body: bodies.start,
    });
  });

  it('sends a temporary key’s token without signing it', () => {
    const credentials = { ...context.credentials, token: new Secret('session-token') } as SigningContext['credentials'];
    const signed = tencent.sign(request, { ...context, credentials });
    expect(signed.headers['X-TC-Token']).toBe('session-token');
    expect(signed.headers.Authorization).toBe(tencent.sign(request, context).headers.Authorization);
  });

  it('separates the service from the host and signs the dialled host with its port', () => {
    const signed = tencent.sign(request, { ...context, endpoint: 'http://127.0.0.1:8080' });
    const expected = signTc3({
      method: 'POST',
      query: '',
      signedHeaders: {
        'content-type': 'application/json; charset=utf-8',
        host: '127.0.0.1:8080',
        'x-tc-action': 'startbackupmigration',
      },
      payload: bodies.start,
      timestamp: sdk.timestamp,
      service: 'sqlserver',
      secretId: sdk.secretId,
      secretKey: sdk.secretKey,
    });
    expect(signed.url).toBe('http://127.0.0.1:8080/');
    expect(signed.headers.Authorization).toBe(expected.authorization);
    const defaultPort = tencent.sign(request, { ...context, endpoint: 'https://sqlserver.tencentcloudapi.com:443' });
    expect(defaultPort).toEqual(tencent.sign(request, context));
  });

  it('sends {} for a call without parameters', () => {
    expect(tencent.sign({ ...request, body: undefined }, context).body).toBe('{}');
  });

  it('encodes the parameters of a GET into the query in the given order', () => {
    const query = [
      ['InstanceId', 'mssql-rdc0gajn'],
      ['MigrationName', '订单 a'],
      ['StatusSet.0', '2'],
    ] as const;
    const signed = tencent.sign({ ...request, method: 'GET', query, body: undefined }, context);
    expect(signed.url).toBe(
      'https://sqlserver.tencentcloudapi.com/?InstanceId=mssql-rdc0gajn&MigrationName=%E8%AE%A2%E5%8D%95%20a&StatusSet.0=2',
    );
    expect(signed.body).toBeUndefined();
    expect(signed.headers['Content-Type']).toBe('application/x-www-form-urlencoded');
  });
});

describe('endpoints', () => {
  it.each([
    ['ap-guangzhou', 'https://sqlserver.tencentcloudapi.com'],
    ['ap-shanghai-fsi', 'https://sqlserver.ap-shanghai-fsi.tencentcloudapi.com'],
    ['mars-north', 'https://sqlserver.tencentcloudapi.com'],
  ])('places %s at %s', (region, url) => {
    expect(tencent.endpoint('sqlserver', region, account)).toBe(url);
  });

  it.each([
    ['china', 'ap-singapore', 'sqlserver.tencentcloudapi.com', 'sts.tencentcloudapi.com'],
    ['international', 'ap-singapore', 'sqlserver.intl.tencentcloudapi.com', 'sts.intl.tencentcloudapi.com'],
    ['internal', 'ap-guangzhou', 'sqlserver.internal.tencentcloudapi.com', 'sts.tencentcloudapi.com'],
    [
      'international',
      'ap-shanghai-fsi',
      'sqlserver.ap-shanghai-fsi.tencentcloudapi.com',
      'sts.intl.tencentcloudapi.com',
    ],
  ] as const)('on the site %s places %s at %s', (site, region, host, sts) => {
    const there: TencentAccount = { ...account, site };
    expect(tencent.endpoint('sqlserver', region, there)).toBe(`https://${host}`);
    expect(stsUrl(there)).toBe(`https://${sts}`);
  });

  it('require no session', () => {
    const credentials = { provider: 'tencent', secretId: 'id', secretKey: new Secret('key') } as const;
    expect(tencent.login(account, account.region, credentials)).toBeNull();
  });
});
