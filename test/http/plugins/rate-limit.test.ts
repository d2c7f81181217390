import { describe, expect, it } from 'vitest';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';

describe('the rate limit', () => {
  const settings = { rateLimit: { requests: 2, windowSeconds: 10 } };

  it('is off unless configured', async () => {
    const { call } = await testApp();
    expect((await call('GET', '/migrations')).headers).not.toHaveProperty('ratelimit');
  });

  it('rejects with Retry-After and refills over time', async () => {
    const { call, runtime } = await testApp({ settings });
    const first = await call('GET', '/migrations');
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"caller";q=2;w=10', ratelimit: '"caller";r=1;t=0' });
    await call('GET', '/migrations');
    const refused = await call('GET', '/migrations');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({ 'retry-after': '5', ratelimit: '"caller";r=0;t=5' });
    runtime.advance(4999);
    expect((await call('GET', '/migrations')).statusCode).toBe(429);
    runtime.advance(1);
    expect((await call('GET', '/migrations')).statusCode).toBe(200);
    expect((await call('GET', '/migrations')).statusCode).toBe(429);
    runtime.advance(3_600_000);
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await call('GET', '/migrations')).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('does not count the web pages and their files', async () => {
    const { app } = await testApp({ settings: { ...settings, explorer: true } });
    const pages = ['/docs/', '/docs/static/swagger-ui.css', '/board/', '/board/static/board.js'];
    for (const url of [...pages, ...pages]) {
      const response = await app.inject({ url });
      expect([url, response.statusCode]).toEqual([url, 200]);
      expect(response.headers).not.toHaveProperty('ratelimit');
    }
    expect((await app.inject({ url: '/migrations' })).headers.ratelimit).toBe('"caller";r=1;t=0');
  });

  it('also counts forbidden requests', async () => {
    const reader = keyNamed('reader', { scopes: ['migrations:read'] });
    const { call } = await testApp({ settings, auth: createStaticKeyAuthenticator([reader.entry]) });
    const statuses = [];
    for (let n = 0; n < 3; n++)
      statuses.push((await call('GET', '/audit', { headers: { 'x-api-key': reader.secret } })).statusCode);
    expect(statuses).toEqual([403, 403, 429]);
  });

  it('counts each caller separately and ignores probes', async () => {
    const [one, other] = [keyNamed('one'), keyNamed('other')];
    const { call } = await testApp({ settings, auth: createStaticKeyAuthenticator([one.entry, other.entry]) });
    const status = async (secret: string) =>
      (await call('GET', '/migrations', { headers: { 'x-api-key': secret } })).statusCode;
    expect([await status(one.secret), await status(one.secret), await status(one.secret)]).toEqual([200, 200, 429]);
    expect(await status(other.secret)).toBe(200);
    for (let n = 0; n < 5; n++) expect((await call('GET', '/readyz')).statusCode).toBe(200);
  });
});
