import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { issuerKeys } from '../../../src/http/auth/issuer-keys.ts';
import { createJwtAuthenticator } from '../../../src/http/auth/jwt.ts';
import { noon } from '../support/fixtures.ts';

const hour = 3_600_000;
const first = await generateKeyPair('ES256', { extractable: true });
const second = await generateKeyPair('ES256', { extractable: true });
const jwk = async ({ publicKey }: { publicKey: CryptoKey }, kid?: string) => ({
  ...(await exportJWK(publicKey)),
  alg: 'ES256',
  ...(kid !== undefined && { kid }),
});

/** An issuer with configurable answers, and an authenticator for its tokens. */
function laboratory(answer: () => Promise<JSONWebKeySet>) {
  const time = { now: 0 };
  let reads = 0;
  const keys = issuerKeys(
    () => {
      reads += 1;
      return answer();
    },
    () => time.now,
  );
  const settings = { issuer: 'https://issuer.example', audience: 'godwit', jwksUri: 'https://issuer.example/keys' };
  const clock = { now: () => noon, monotonic: () => time.now };
  const authenticator = createJwtAuthenticator(settings, clock, keys);
  return {
    time,
    reads: () => reads,
    async comes(kid: string | undefined, key = first.privateKey) {
      const claims = { iss: settings.issuer, aud: 'godwit', sub: 'svc', exp: noon / 1000 + 300 };
      const value = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...(kid && { kid }) }).sign(key);
      return authenticator.authenticate({ scheme: 'bearer', value });
    },
  };
}

describe('an issuer’s keys', () => {
  it('remain valid for hours while the issuer is down and are refreshed in the background', async () => {
    let down = false;
    const { comes, time, reads } = laboratory(async () => {
      if (down) throw new Error('down');
      return { keys: [await jwk(first, 'k1')] };
    });
    expect(await comes('k1')).not.toBeNull();
    down = true;
    for (const at of [hour / 2, hour, 11 * hour]) {
      time.now = at;
      expect(await comes('k1'), String(at)).not.toBeNull();
    }
    expect(reads()).toBe(4);
    time.now = 12 * hour + 1;
    await expect(comes('k1')).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('delay only one request, not each, when they cannot be fetched', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { comes, time, reads } = laboratory(
      () =>
        new Promise((_done, failed) => {
          fail = failed;
        }),
    );
    const waiting = [comes('k1'), comes('k1')];
    await expect.poll(reads).toBe(1);
    fail(new Error('timeout'));
    for (const each of waiting) await expect(each).rejects.toMatchObject({ code: 'overloaded' });
    await expect(comes('k1')).rejects.toMatchObject({ code: 'overloaded' });
    expect(reads()).toBe(1);
    time.now += 5001;
    const again = comes('k1');
    await expect.poll(reads).toBe(2);
    fail(new Error('timeout'));
    await expect(again).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('are fetched again for an unknown key id, at most every 30 seconds', async () => {
    const published = [await jwk(first, 'k1')];
    const { comes, time, reads } = laboratory(async () => ({ keys: published }));
    expect(await comes('k1')).not.toBeNull();
    published.push(await jwk(second, 'k2'));
    expect(await comes('k2', second.privateKey)).toBeNull();
    time.now += 30_001;
    expect(await comes('k2', second.privateKey)).not.toBeNull();
    expect(reads()).toBe(2);
  });

  it.each([undefined, 'same'])('are all tried when several match (kid %s)', async (kid) => {
    const { comes } = laboratory(async () => ({ keys: [await jwk(first, kid), await jwk(second, kid)] }));
    expect(await comes(kid, first.privateKey)).not.toBeNull();
    expect(await comes(kid, second.privateKey)).not.toBeNull();
    expect(await comes(kid, (await generateKeyPair('ES256')).privateKey)).toBeNull();
  });
});
