import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JwtSettings } from '../../../src/domain/authentication.ts';
import { createJwtAuthenticator } from '../../../src/http/auth/jwt.ts';
import { testApp } from '../support/app.ts';
import { noon } from '../support/fixtures.ts';

const settings: JwtSettings = {
  issuer: 'https://issuer.example',
  audience: 'godwit',
  jwksUri: 'https://issuer.example/keys',
};
const clock = { now: () => noon, monotonic: () => noon };
const seconds = Math.floor(noon / 1000);

const pairs = {
  RS256: await generateKeyPair('RS256', { extractable: true }),
  ES256: await generateKeyPair('ES256', { extractable: true }),
  EdDSA: await generateKeyPair('EdDSA', { extractable: true }),
};
const published = await Promise.all(
  Object.entries(pairs).map(async ([alg, pair]) => ({ ...(await exportJWK(pair.publicKey)), kid: alg, alg })),
);
const keys = createLocalJWKSet({ keys: published });
const stranger = await generateKeyPair('ES256');

function token(
  claims: JWTPayload = {},
  alg: keyof typeof pairs = 'ES256',
  key: CryptoKey = pairs[alg].privateKey,
): Promise<string> {
  const payload = {
    iss: settings.issuer,
    aud: 'godwit',
    sub: 'svc-orders',
    iat: seconds,
    exp: seconds + 300,
    scope: 'migrations:read',
    ...claims,
  };
  return new SignJWT(payload).setProtectedHeader({ alg, kid: alg }).sign(key);
}

const authenticate = async (value: string, changed: Partial<JwtSettings> = {}) =>
  createJwtAuthenticator({ ...settings, ...changed }, clock, keys).authenticate({ scheme: 'bearer', value });

describe('a signed token', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)('with %s identifies the caller', async (alg) => {
    expect(await authenticate(await token({ accounts: ['ali-main'] }, alg))).toEqual({
      kind: 'token',
      caller: 'https://issuer.example#svc-orders',
      formerCaller: 'svc-orders',
      scopes: ['migrations:read'],
      accounts: ['ali-main'],
      expiresAt: noon + 300_000,
    });
  });

  it.each([
    [{ scope: 'migrations:read migrations:write' }, {}, ['migrations:read', 'migrations:write']],
    [{ scope: undefined, scp: ['admin'] }, {}, ['admin']],
    [{ scope: undefined, scp: 'admin other' }, {}, ['admin', 'other']],
    [{ scope: undefined }, {}, []],
    [{ scope: 5, scp: [1, 'admin'] }, {}, ['admin']],
    [{ roles: ['migrations:write'] }, { scopesClaim: 'roles' }, ['migrations:write']],
  ])('with the claims $0 has the scopes $2', async (claims, changed, scopes) => {
    expect((await authenticate(await token(claims as JWTPayload), changed))?.scopes).toEqual(scopes);
  });

  it.each([
    [{}, {}, []],
    [{ accounts: ['a', 'b'] }, {}, ['a', 'b']],
    [{ accounts: 'a b' }, {}, ['a', 'b']],
    [{ grants: ['a'] }, { accountsClaim: 'grants' }, ['a']],
    [{}, { defaultAccounts: ['*'] }, ['*']],
    [{ accounts: [] }, { defaultAccounts: ['*'] }, []],
  ])('with the claims $0 and the setting $1 has the accounts $2', async (claims, changed, accounts) => {
    expect((await authenticate(await token(claims), changed))?.accounts).toEqual(accounts);
  });

  it.each([
    ['expired', { exp: seconds - 31 }],
    ['not valid yet', { nbf: seconds + 31 }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['for another audience', { aud: 'other' }],
    ['without subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['without an expiry', { exp: undefined }],
  ])('%s is rejected', async (_name, claims) => {
    expect(await authenticate(await token(claims as JWTPayload))).toBeNull();
  });

  const typed = async (typ: string | undefined, claims: Record<string, unknown> = {}) => {
    const payload = { iss: settings.issuer, aud: 'godwit', sub: 'svc', exp: seconds + 60, ...claims };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', kid: 'ES256', ...(typ && { typ }) })
      .sign(pairs.ES256.privateKey);
  };

  it.each([
    ['a logout token', 'logout+jwt', {}],
    ['a security event', 'secevent+jwt', {}],
    [
      'a security event without a type',
      undefined,
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    ],
    ['an ID token', 'JWT', { nonce: 'n' }],
    ['an ID token of a code flow', undefined, { at_hash: 'h' }],
    ['an ID token of Cognito', undefined, { token_use: 'id' }],
    ['a refresh token of Keycloak', 'JWT', { typ: 'Refresh' }],
    ['bound to its sender’s key', 'at+jwt', { cnf: { jkt: 'x' } }],
  ])('that is %s is rejected, and the operator learns why', async (_name, typ, claims) => {
    const reasons: string[] = [];
    const presented = { scheme: 'bearer', value: await typed(typ, claims) } as const;
    const authenticator = createJwtAuthenticator(settings, clock, keys);
    expect(await authenticator.authenticate(presented, (reason) => reasons.push(reason))).toBeNull();
    expect(reasons.join()).toMatch(/token/);
  });

  it.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('of type %s is accepted as an access token', async (typ) =>
    expect(await authenticate(await typed(typ), { tokenType: 'at+jwt' })).not.toBeNull(),
  );

  it('must be typed as an access token if the configuration requires it', async () => {
    for (const typ of ['JWT', undefined]) {
      expect(await authenticate(await typed(typ), { tokenType: 'at+jwt' })).toBeNull();
      expect(await authenticate(await typed(typ))).not.toBeNull();
    }
  });

  it.each([
    [{ realm_access: { roles: ['admin'] } }, 'realm_access.roles', ['admin']],
    [{ 'https://example.com/roles': ['admin'] }, 'https://example.com/roles', ['admin']],
    [{ realm_access: 'x' }, 'realm_access.roles', []],
  ])('with roles %j gets the scopes of %s', async (claims, scopesClaim, scopes) => {
    expect((await authenticate(await typed(undefined, claims), { scopesClaim }))?.scopes).toEqual(scopes);
  });

  it('is accepted within the clock tolerance', async () => {
    expect(await authenticate(await token({ exp: seconds - 29 }))).not.toBeNull();
    expect(await authenticate(await token({ exp: seconds - 29 }), { clockToleranceSeconds: 0 })).toBeNull();
  });

  it('with a foreign signature, a shared-secret signature or none is rejected', async () => {
    expect(await authenticate(await token({}, 'ES256', stranger.privateKey))).toBeNull();
    const payload = { iss: settings.issuer, aud: 'godwit', sub: 'x', exp: seconds + 60 };
    const secret = new TextEncoder().encode(JSON.stringify(published[0]));
    expect(
      await authenticate(await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'RS256' }).sign(secret)),
    ).toBeNull();
    expect(await authenticate(new UnsecuredJWT(payload).encode())).toBeNull();
    const shared = createJwtAuthenticator(settings, clock, async () => secret);
    const forged = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    expect(await shared.authenticate({ scheme: 'bearer', value: forged })).toBeNull();
  });

  it.each(['', 'x', 'a.b.c', '..', 'ey.ey.ey'])('is rejected when it is %j', async (value) =>
    expect(await authenticate(value)).toBeNull(),
  );

  it('is accepted only as a bearer credential', async () => {
    const authenticator = createJwtAuthenticator(settings, clock, keys);
    expect(await authenticator.authenticate({ scheme: 'api_key', value: await token() })).toBeNull();
    expect(await authenticator.authenticate(null)).toBeNull();
  });
});

describe('the issuer’s keys', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('are fetched once for many requests', async () => {
    const fetched = vi.fn(async () => Response.json({ keys: published }));
    vi.stubGlobal('fetch', fetched);
    const authenticator = createJwtAuthenticator(settings, clock);
    const value = await token();
    const identities = await Promise.all([1, 2, 3].map(() => authenticator.authenticate({ scheme: 'bearer', value })));
    expect(identities.every((identity) => identity?.caller === 'https://issuer.example#svc-orders')).toBe(true);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['refused', async () => Promise.reject(new TypeError('fetch failed'))],
    ['an error page', async () => new Response('<html>', { status: 502 })],
    ['no JSON', async () => new Response('<html>')],
    ['no key set', async () => Response.json({ keys: 'none' })],
  ])('that cannot be fetched (%s) cause 503, not 401', async (_name, answer) => {
    vi.stubGlobal('fetch', vi.fn(answer));
    const { call } = await testApp({ auth: createJwtAuthenticator(settings, clock) });
    const response = await call('GET', '/migrations', { headers: { authorization: `Bearer ${await token()}` } });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code: 'overloaded', retryable: true });
    expect(response.headers['retry-after']).toBe('5');
  });
});
