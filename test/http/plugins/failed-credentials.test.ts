import { describe, expect, it } from 'vitest';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { clientAddress, limitedNetwork } from '../../../src/http/request/client-address.ts';
import { testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';

const reader = keyNamed('reader');
const other = keyNamed('other');
const auth = createStaticKeyAuthenticator([reader.entry, other.entry]);
const rateLimit = { requests: 5, windowSeconds: 5 };

describe('wrong credentials', () => {
  it('are counted per address and rejected unchecked beyond the rate', async () => {
    const { app, runtime } = await testApp({ auth, settings: { rateLimit } });
    const wrong = () => app.inject({ url: '/migrations', headers: { 'x-api-key': 'wrong' } });
    const statuses = [];
    for (let turn = 0; turn < 8; turn++) statuses.push((await wrong()).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    const unknownYet = await app.inject({ url: '/migrations', headers: { 'x-api-key': other.secret } });
    expect(unknownYet.statusCode).toBe(429);
    expect(unknownYet.headers['retry-after']).toBe('1');
    runtime.advance(1000);
    expect((await wrong()).statusCode).toBe(401);
    expect((await wrong()).statusCode).toBe(429);
  });

  it('leave known callers and other addresses unblocked', async () => {
    const { app } = await testApp({ auth, settings: { rateLimit, trustedProxies: ['127.0.0.1'] } });
    const ask = (key: string, from: string) =>
      app.inject({ url: '/migrations', headers: { 'x-api-key': key, 'x-forwarded-for': from } });
    expect((await ask(reader.secret, '192.0.2.1')).statusCode).toBe(200);
    for (let turn = 0; turn < 6; turn++) await ask('wrong', '192.0.2.1');
    expect((await ask('wrong', '192.0.2.1')).statusCode).toBe(429);
    expect((await ask(reader.secret, '192.0.2.1')).statusCode).toBe(200);
    expect((await ask(other.secret, '192.0.2.2')).statusCode).toBe(200);
  });

  it('that were valid before and no longer are do not pass', async () => {
    let good = true;
    const changing = {
      schemes: auth.schemes,
      authenticate: async (...given: Parameters<typeof auth.authenticate>) =>
        good ? auth.authenticate(...given) : null,
    };
    const { app } = await testApp({ auth: changing, settings: { rateLimit } });
    const ask = async () =>
      (await app.inject({ url: '/migrations', headers: { 'x-api-key': reader.secret } })).statusCode;
    expect(await ask()).toBe(200);
    good = false;
    const statuses = [];
    for (let turn = 0; turn < 7; turn++) statuses.push(await ask());
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('reveal nothing at a probe once there are too many', async () => {
    const { app } = await testApp({ auth, settings: { rateLimit } });
    const named = async (key: string) =>
      (await app.inject({ url: '/readyz?verbose=true', headers: { 'x-api-key': key } })).body.includes('account ');
    for (let turn = 0; turn < 6; turn++)
      await app.inject({ url: '/readyz?verbose=true', headers: { 'x-api-key': 'no' } });
    const { statusCode, body } = await app.inject({
      url: '/readyz?verbose=true',
      headers: { 'x-api-key': other.secret },
    });
    expect(statusCode).toBe(200);
    expect(body).not.toContain('account ali-main');
    expect(await named('no')).toBe(await named(other.secret));
    for (let turn = 0; turn < 20; turn++) expect((await app.inject('/livez')).statusCode).toBe(200);
  });

  it('are explained to the operator and not to the caller', async () => {
    const { app, log } = await testApp({ auth });
    await app.inject({ url: '/migrations', headers: { 'x-api-key': 'hunter2' } });
    expect(log.find(({ msg }) => msg === 'request')).toMatchObject({
      status: 401,
      refusedBecause: 'no configured key has this digest',
    });
    expect(JSON.stringify(log)).not.toContain('hunter2');
  });
});

describe('credentials', () => {
  it('beyond ASCII match by their UTF-8 bytes in any encoding of the client', async () => {
    const key = keyNamed('schlüssel');
    const { app } = await testApp({ auth: createStaticKeyAuthenticator([{ ...key.entry, name: 'umlaut' }]) });
    for (const value of [Buffer.from(key.secret).toString('latin1'), key.secret]) {
      expect((await app.inject({ url: '/migrations', headers: { 'x-api-key': value } })).statusCode).toBe(200);
      expect((await app.inject({ url: '/migrations', headers: { authorization: `Bearer ${value}` } })).statusCode).toBe(
        200,
      );
    }
  });

  it('for a proxy do not hide an API key beside them; alone they are distinguished from none', async () => {
    const { app } = await testApp({ auth });
    const headers = { authorization: 'Basic YTpi' };
    const both = await app.inject({ url: '/migrations', headers: { ...headers, 'x-api-key': reader.secret } });
    expect(both.statusCode).toBe(200);
    expect((await app.inject({ url: '/migrations', headers })).json().detail).toContain('scheme');
  });
});

describe('the address of a client', () => {
  const socket = { remoteAddress: '::ffff:10.0.0.1' } as never;
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:5123', '192.0.2.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['<script>', '10.0.0.1'],
  ])('%s is recorded as %s', (ip, address) => expect(clientAddress({ ip, socket })).toBe(address));

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is rate-limited as %s', (address, network) => expect(limitedNetwork(address)).toBe(network));
});
