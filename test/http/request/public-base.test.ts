import { describe, expect, it } from 'vitest';
import { publicBase } from '../../../src/http/request/public-base.ts';
import { json, testApp } from '../support/app.ts';
import { aMigration } from '../support/fixtures.ts';

const request = {
  provider: 'alibaba',
  target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] },
  source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders.bak'] },
};

const from = (remoteAddress: string, prefix?: string) =>
  ({ headers: prefix === undefined ? {} : { 'x-forwarded-prefix': prefix }, socket: { remoteAddress } }) as never;

describe('the base of links', () => {
  const trusting = publicBase({ publicUrl: null, trustedProxies: ['10.0.0.0/8', '127.0.0.1', 'fd00::/8'] });

  it.each([
    ['10.1.2.3', '/godwit', '/godwit'],
    ['::ffff:10.1.2.3', '/godwit/', '/godwit'],
    ['fd12::1', '/apis/godwit', '/apis/godwit'],
    ['127.0.0.1', undefined, ''],
    ['192.0.2.1', '/godwit', ''],
    ['127.0.0.2', '/godwit', ''],
  ])('for %s with %s is %j', (address, prefix, base) => {
    expect(trusting(from(address, prefix))).toBe(base);
  });

  it.each([
    '//evil.example',
    'https://evil.example',
    '/a/../b',
    '/',
    'godwit',
    '/a b',
    '/a\u0000',
    `/${'a'.repeat(300)}`,
  ])('ignores the prefix %j', (prefix) => {
    expect(trusting(from('10.1.2.3', prefix))).toBe('');
  });

  it('trusts no proxy by default and prefers the configuration to any proxy', () => {
    expect(publicBase({ publicUrl: null, trustedProxies: [] })(from('127.0.0.1', '/godwit'))).toBe('');
    const configured = publicBase({ publicUrl: 'https://apis.example.com/godwit/', trustedProxies: ['127.0.0.1'] });
    expect(configured(from('127.0.0.1', '/other'))).toBe('https://apis.example.com/godwit');
  });
});

describe('behind a path prefix', () => {
  it.each([
    ['publicUrl', { publicUrl: 'https://apis.example.com/godwit' }, 'https://apis.example.com/godwit'],
    ['X-Forwarded-Prefix', { trustedProxies: ['127.0.0.1'] }, '/godwit'],
  ])('%s begins every link', async (_name, settings, base) => {
    const { app, service } = await testApp({ settings });
    const headers = { 'x-forwarded-prefix': '/godwit' };
    const created = await app.inject({ method: 'POST', url: '/migrations', ...json(request, headers) });
    expect(created.headers.location).toBe(`${base}/migrations/${created.json().id}`);

    service.list = async () => [aMigration()];
    const listed = await app.inject({ url: '/migrations?pageSize=1&state=failed', headers });
    expect(String(listed.headers.link).startsWith(`<${base}/migrations?pageSize=1&state=failed&pageToken=`)).toBe(true);

    const missing = await app.inject({ url: '/nowhere', headers });
    expect(missing.json().type).toBe(`${base}/problems/not_found`);
    const root = await app.inject({ url: '/', headers });
    expect(root.json().links.migrations).toBe(`${base}/migrations`);
  });
});
