import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { type FailureKind, type Session, VendorError } from '../../src/domain/vendor.ts';
import { RefusedLogins } from '../../src/transport/refused-logins.ts';
import { SessionCache } from '../../src/transport/session-cache.ts';
import { refused, VirtualTime } from './fixtures.ts';

const day = 86_400_000;

function setUp() {
  const time = new VirtualTime();
  let logins = 0;
  const waiting: { resolve(session: Session): void; reject(error: unknown): void }[] = [];
  const cache = new SessionCache(
    time.now,
    () => {
      logins++;
      return new Promise<Session>((resolve, reject) => waiting.push({ resolve, reject }));
    },
    new RefusedLogins(time.now),
  );
  const session = (lifeMs = day): Session => ({
    token: new Secret(`token ${logins}`),
    projectId: null,
    expiresAt: time.now() + lifeMs,
  });
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return {
    time,
    cache,
    logins: () => logins,
    async succeed(lifeMs?: number) {
      const given = session(lifeMs);
      waiting.shift()?.resolve(given);
      await settle();
      return given;
    },
    async fail(error: unknown) {
      waiting.shift()?.reject(error);
      await settle();
    },
  };
}

describe('a session cache', () => {
  it('logs in once for all waiting callers', async () => {
    const { cache, succeed, logins } = setUp();
    const callers = Array.from({ length: 100 }, () => cache.get('a'));
    const session = await succeed();
    expect(new Set(await Promise.all(callers))).toEqual(new Set([session]));
    expect(logins()).toBe(1);
  });

  it('renews once in the background after three quarters of its life and serves the old session meanwhile', async () => {
    const { cache, succeed, logins, time } = setUp();
    const first = cache.get('a');
    const old = await succeed();
    await first;
    time.pass(day * 0.74);
    expect(await cache.get('a')).toBe(old);
    expect(logins()).toBe(1);
    time.pass(day * 0.02);
    expect(await Promise.all([cache.get('a'), cache.get('a'), cache.get('a')])).toEqual([old, old, old]);
    expect(logins()).toBe(2);
    const renewed = await succeed();
    expect(await cache.get('a')).toBe(renewed);
  });

  it('waits for a new session when the old one has expired', async () => {
    const { cache, succeed, time, logins } = setUp();
    const first = cache.get('a');
    await succeed(1000);
    await first;
    time.pass(1000);
    const next = cache.get('a');
    const session = await succeed();
    expect(await next).toBe(session);
    expect(logins()).toBe(2);
  });

  it('retries after a failure and keeps the old session while it lives', async () => {
    const { cache, succeed, fail, time, logins } = setUp();
    const failing = cache.get('a');
    await fail(new VendorError({ ...refused('timeout').failure }));
    await expect(failing).rejects.toBeInstanceOf(VendorError);
    const second = cache.get('a');
    const old = await succeed();
    expect(await second).toBe(old);
    time.pass(day * 0.8);
    expect(await cache.get('a')).toBe(old);
    await fail(new Error('network'));
    expect(await cache.get('a')).toBe(old);
    expect(logins()).toBe(4);
  });

  it.each(['unauthenticated', 'session_expired', 'rejected'] as FailureKind[])(
    'pauses after a login rejected as %s until other credentials or time allow another',
    async (kind) => {
      const { cache, succeed, fail, time, logins } = setUp();
      const first = cache.get('wrong');
      await fail(refused(kind));
      await expect(first).rejects.toBeInstanceOf(VendorError);
      for (let caller = 0; caller < 20; caller++)
        await expect(cache.get('wrong')).rejects.toMatchObject({
          failure: {
            kind,
            detail: expect.stringContaining('Godwit does not repeat the login with these credentials before'),
          },
        });
      time.pass(15 * 60_000 - 1);
      await expect(cache.get('wrong')).rejects.toBeInstanceOf(VendorError);
      expect(logins()).toBe(1);
      const other = cache.get('right');
      const session = await succeed();
      expect(await other).toBe(session);
      cache.invalidate(session);
      time.pass(1);
      void cache.get('wrong').catch(() => undefined);
      expect(logins()).toBe(3);
      await succeed();
    },
  );

  it.each(['timeout', 'unavailable', 'throttled', 'malformed', 'not_sent'] as FailureKind[])(
    'does not pause after %s, because the password was not checked',
    async (kind) => {
      const { cache, fail, logins } = setUp();
      for (let caller = 0; caller < 3; caller++) {
        const failing = cache.get('a');
        await fail(refused(kind));
        await expect(failing).rejects.toBeInstanceOf(VendorError);
      }
      expect(logins()).toBe(3);
    },
  );

  it('drops a session that the vendor rejected, but not its replacement', async () => {
    const { cache, succeed, logins } = setUp();
    const first = cache.get('a');
    const old = await succeed();
    await first;
    cache.invalidate(old);
    const second = cache.get('a');
    const fresh = await succeed();
    await second;
    cache.invalidate(old);
    expect(await cache.get('a')).toBe(fresh);
    expect(logins()).toBe(2);
  });
});
