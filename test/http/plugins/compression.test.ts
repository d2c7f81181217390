import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { wantedCoding } from '../../../src/http/request/accept-encoding.ts';
import { testApp } from '../support/app.ts';
import { aMigration, idOf } from '../support/fixtures.ts';

describe('the content coding of a response', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['GZIP;q=1.0, br;q=0.5', 'gzip'],
    ['br;q=0, gzip;q=0', null],
    ['*', 'br'],
    ['identity, gzip;q=0.5', null],
    ['x-gzip', 'gzip'],
    ['zstd, deflate', null],
    ['gzip;q=nonsense', 'gzip'],
  ])('for `%s` is %s', (accepted, coding) => expect(wantedCoding(accepted)).toBe(coding));
});

describe('a response', () => {
  const unpacked = { gzip: gunzipSync, br: brotliDecompressSync };

  it.each(['gzip', 'br'] as const)('is sent as %s to clients that accept it, with Vary', async (coding) => {
    const { app, service } = await testApp();
    service.list = async () => Array.from({ length: 5 }, (_, n) => aMigration({ id: idOf('mig', n + 1) }));
    const plain = await app.inject({ url: '/migrations' });
    expect(plain.headers).toMatchObject({ vary: 'accept-encoding' });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const packed = await app.inject({ url: '/migrations', headers: { 'accept-encoding': coding } });
    expect(packed.headers).toMatchObject({ 'content-encoding': coding, vary: 'accept-encoding' });
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
    expect(Number(packed.headers['content-length'])).toBe(packed.rawPayload.length);
    expect(unpacked[coding](packed.rawPayload).toString()).toBe(plain.body);
  });

  it('that already has Vary keeps both values', async () => {
    const { app } = await testApp();
    const { headers } = await app.inject({ url: '/openapi.json', headers: { 'accept-encoding': 'gzip' } });
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'accept, authorization, x-api-key, accept-encoding',
    });
  });

  it.each([
    ['with an entity tag', 'GET', `/migrations/${idOf('mig', 1)}`],
    ['that is short', 'GET', '/livez'],
    ['to a POST', 'POST', '/webhooks'],
  ] as const)('%s is sent uncompressed', async (_name, method, url) => {
    const { app, service, webhooks } = await testApp();
    service.get = async () => aMigration({ description: 'long '.repeat(1000) });
    const create = webhooks.create;
    webhooks.create = async (...all) => {
      const made = await create(...all);
      return { ...made, webhook: { ...made.webhook, description: 'long '.repeat(1000) } };
    };
    const response = await app.inject({
      method,
      url,
      headers: { 'accept-encoding': 'gzip, br' },
      ...(method === 'POST' && { payload: { url: 'https://hooks.example/' } }),
    });
    expect(response.statusCode).toBeLessThan(300);
    expect(response.headers).not.toHaveProperty('content-encoding');
    expect(response.headers.vary ?? '').not.toContain('accept-encoding');
  });
});
