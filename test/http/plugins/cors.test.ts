import { describe, expect, it } from 'vitest';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { idOf } from '../support/fixtures.ts';

const key = keyNamed('reader');
const auth = createStaticKeyAuthenticator([key.entry]);
const origin = 'https://app.example.com';
const settings = { corsOrigins: [origin] };
const asking = (from: string) => ({ origin: from, 'access-control-request-method': 'POST' });

describe('a page of a configured origin', () => {
  it('may send a preflight request without credentials', async () => {
    const { app } = await testApp({ auth, settings });
    const answer = await app.inject({ method: 'OPTIONS', url: '/migrations', headers: asking(origin) });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
    expect(answer.headers['access-control-allow-headers']).toContain('idempotency-key');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may read successful and failed responses', async () => {
    const { app } = await testApp({ auth, settings });
    for (const [secret, status] of [
      [key.secret, 200],
      ['wrong', 401],
    ] as const) {
      const answer = await app.inject({ url: '/migrations', headers: { origin, 'x-api-key': secret } });
      expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([status, origin]);
    }
  });

  it('may make changes when no authentication is configured', async () => {
    const { app } = await testApp({ settings });
    const url = `/migrations/${idOf('mig', 1)}/cancel`;
    const cancel = async (from: string) =>
      (await app.inject({ method: 'POST', url, headers: { origin: from, 'sec-fetch-site': 'cross-site' } })).statusCode;
    expect([await cancel(origin), await cancel('https://attacker.example')]).toEqual([202, 403]);
  });
});

describe('a page of another origin', () => {
  it.each([
    [settings, 'https://attacker.example'],
    [{}, origin],
  ])('with %j gets no CORS headers', async (configured, from) => {
    const { app } = await testApp({ auth, settings: configured });
    const answer = await app.inject({ method: 'OPTIONS', url: '/migrations', headers: asking(from) });
    expect([401, 405]).toContain(answer.statusCode);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
