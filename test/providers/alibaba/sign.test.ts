import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import type { SigningContext, VendorRequest } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { percentEncode } from '../../../src/providers/kit/percent.ts';
import { createMigrateTask, describeMigrateTasks, frozenNonce, frozenTime } from '../../vectors/alibaba.ts';
import { account, credentials } from './fixture.ts';

const context: SigningContext = {
  account,
  region: 'cn-hangzhou',
  credentials,
  session: null,
  endpoint: 'https://rds.aliyuncs.com',
  now: Date.parse(frozenTime) + 999,
  nonce: frozenNonce,
};
const sts = {
  ...credentials,
  accessKeyId: 'STS.testid',
  securityToken: new Secret('CAIStoken+/=='),
};
const acs3 = { ...account, signature: 'acs3' as const };

function request(operation: string, query: VendorRequest['query']): VendorRequest {
  return { operation, service: 'rds', effect: 'write', method: 'POST', path: '/', query, headers: {}, body: undefined };
}
const create = request('CreateMigrateTask', createMigrateTask);
const list = request('DescribeMigrateTasks', describeMigrateTasks);

describe('RPC signing', () => {
  it('puts every parameter into the form body and none into the URL (vector F)', () => {
    const signed = alibaba.sign(create, context);
    expect(signed.method).toBe('POST');
    expect(signed.url).toBe('https://rds.aliyuncs.com/');
    expect(signed.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    });
    const form = Object.fromEntries(new URLSearchParams(signed.body));
    expect(form).toEqual({
      ...Object.fromEntries(createMigrateTask),
      Action: 'CreateMigrateTask',
      Version: '2014-08-15',
      Format: 'JSON',
      AccessKeyId: 'testid',
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: frozenNonce,
      Timestamp: frozenTime,
      Signature: 'f9tp2UOYVowyS2RL7V4a8cdwV1M=',
    });
  });

  it('signs the security token like any other parameter (vector H)', () => {
    const form = new URLSearchParams(alibaba.sign(list, { ...context, credentials: sts }).body);
    expect(form.get('SecurityToken')).toBe('CAIStoken+/==');
    expect(form.get('Signature')).toBe('txZx7s5qRZULdvyI+VTC2+PdIyQ=');
  });

  it('returns the same result for the same input', () => {
    expect(alibaba.sign(create, context)).toEqual(alibaba.sign(create, context));
    expect(alibaba.sign(create, { ...context, nonce: 'other' }).body).not.toBe(alibaba.sign(create, context).body);
  });
});

describe('ACS3 signing', () => {
  it('puts the common values into headers and sends no body (vector J)', () => {
    const signed = alibaba.sign(create, { ...context, account: acs3 });
    expect(signed.body).toBeUndefined();
    expect(Object.fromEntries(new URL(signed.url).searchParams)).toEqual(Object.fromEntries(createMigrateTask));
    expect(signed.headers).toEqual({
      accept: 'application/json',
      host: 'rds.aliyuncs.com',
      'x-acs-action': 'CreateMigrateTask',
      'x-acs-version': '2014-08-15',
      'x-acs-date': frozenTime,
      'x-acs-signature-nonce': frozenNonce,
      'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      authorization:
        'ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=46da910b5e3cf8b4e1e69519c20420e5a7b8fe7c1650519c1ce713057a5a6d62',
    });
  });

  it('signs the security token as a header', () => {
    const { headers, url } = alibaba.sign(list, { ...context, account: acs3, credentials: sts });
    expect(headers).toMatchObject({ 'x-acs-security-token': 'CAIStoken+/==', 'x-acs-accesskey-id': 'STS.testid' });
    expect(headers.authorization).toContain('Credential=STS.testid,');
    expect(headers.authorization).toContain('x-acs-security-token');
    expect(url).not.toContain('CAIS');
  });

  it('signs the host with its port as sent', () => {
    const { headers, url } = alibaba.sign(request('X', []), {
      ...context,
      account: acs3,
      endpoint: 'http://127.0.0.1:8080',
    });
    expect(headers.host).toBe('127.0.0.1:8080');
    expect(url).toBe('http://127.0.0.1:8080/');
  });
});

describe('percent-encoding', () => {
  it('follows RFC 3986', () => {
    expect(percentEncode("aZ0-_.~ !'()*+/=&%:|ü")).toBe('aZ0-_.~%20%21%27%28%29%2A%2B%2F%3D%26%25%3A%7C%C3%BC');
  });

  it('round-trips any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeURIComponent(percentEncode(text))).toBe(text.toWellFormed());
        expect(percentEncode(text)).toMatch(/^(?:[A-Za-z0-9\-_.~]|%[0-9A-F]{2})*$/);
      }),
    );
  });
});

it('rejects another vendor’s account or credentials', () => {
  const foreign = { ...account, provider: 'tencent', timeZone: '+08:00' } as const;
  expect(() => alibaba.sign(create, { ...context, account: foreign })).toThrow(/belongs to tencent/);
  const keys = { provider: 'tencent', secretId: 'i', secretKey: new Secret('k') } as const;
  expect(() => alibaba.sign(create, { ...context, credentials: keys })).toThrow(/given to alibaba/);
});
