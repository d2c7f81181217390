import { describe, expect, it } from 'vitest';
import type { Credentials, FailureKind } from '../../../src/domain/vendor.ts';
import { RefreshingCredentials } from '../../../src/transport/credentials/refreshing.ts';
import { key, refused, VirtualTime } from '../fixtures.ts';

const hour = 3_600_000;
const minute = 60_000;

function setUp(lifeMs = hour) {
  const time = new VirtualTime();
  const script = { lifeMs, failure: null as Error | null, fingerprint: 'a', hold: null as Promise<void> | null };
  let exchanges = 0;
  const credentials = new RefreshingCredentials(
    {
      refusalPauseMs: minute,
      fingerprint: async () => script.fingerprint,
      async issue() {
        exchanges++;
        await script.hold;
        if (script.failure !== null) throw script.failure;
        return { credentials: key(`secret ${exchanges}`), expiresAt: time.now() + script.lifeMs };
      },
    },
    time,
  );
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  const kind = async (): Promise<FailureKind | 'ok' | 'error'> =>
    credentials.get().then(
      () => 'ok',
      (error: { failure?: { kind: FailureKind } }) => error.failure?.kind ?? 'error',
    );
  return { time, script, credentials, settle, kind, exchanges: () => exchanges };
}

describe('temporary credentials', () => {
  it('are fetched once for all waiting callers', async () => {
    const { credentials, exchanges } = setUp();
    const all = await Promise.all(Array.from({ length: 200 }, () => credentials.get()));
    expect(new Set(all).size).toBe(1);
    expect(exchanges()).toBe(1);
  });

  it.each([
    ['an hour', hour, 45 * minute],
    ['a day', 24 * hour, 24 * hour - 15 * minute],
    ['fifteen minutes', 15 * minute, 15 * minute * 0.75],
  ])('of %s are renewed once in advance while the current ones serve', async (_name, lifeMs, renewAfter) => {
    const { credentials, time, exchanges, settle } = setUp(lifeMs);
    const first = await credentials.get();
    time.pass(renewAfter - 1);
    expect(await credentials.get()).toBe(first);
    await settle();
    expect(exchanges()).toBe(1);
    time.pass(1);
    expect(await Promise.all([credentials.get(), credentials.get()])).toEqual([first, first]);
    await settle();
    expect(exchanges()).toBe(2);
    expect(await credentials.get()).not.toBe(first);
  });

  it('that could not be renewed serve to their end, and the renewal is retried', async () => {
    const { credentials, script, time, settle, exchanges } = setUp();
    const first = await credentials.get();
    time.pass(46 * minute);
    script.failure = new Error('network');
    expect(await credentials.get()).toBe(first);
    await settle();
    expect(await credentials.get()).toBe(first);
    await settle();
    expect(exchanges()).toBe(3);
    script.failure = null;
    time.pass(minute);
    expect(await credentials.get()).toBe(first);
    await settle();
    expect(await credentials.get()).not.toBe(first);
  });

  it('that could not be fetched are requested again by the next caller', async () => {
    const { script, kind } = setUp();
    script.failure = refused('not_sent');
    expect(await kind()).toBe('not_sent');
    script.failure = null;
    expect(await kind()).toBe('ok');
  });

  it('that are unavailable for long are not requested in bursts', async () => {
    const { script, kind, time, exchanges } = setUp();
    script.failure = refused('unavailable');
    for (let second = 0; second < 600; second++) {
      for (let caller = 0; caller < 20; caller++) expect(await kind()).toBe('unavailable');
      time.pass(1000);
    }
    expect(exchanges()).toBeLessThan(40);
    script.failure = null;
    time.pass(30_000);
    expect(await kind()).toBe('ok');
  });

  it('that were rejected are not requested until the pause ends or the inputs change', async () => {
    const { script, kind, time, exchanges, credentials } = setUp();
    script.failure = refused();
    expect(await kind()).toBe('unauthenticated');
    expect(credentials.refusal?.failure.kind).toBe('unauthenticated');
    for (let second = 0; second < 59; second++) {
      expect(await kind()).toBe('unauthenticated');
      time.pass(1000);
    }
    expect(exchanges()).toBe(1);
    script.failure = null;
    script.fingerprint = 'b';
    time.pass(30_000);
    expect(await kind()).toBe('ok');
    expect(credentials.refusal).toBeNull();
  });

  it('that the vendor reports as expired are replaced once, also after repeated and concurrent reports', async () => {
    const { credentials, time, exchanges } = setUp();
    const first: Credentials = await credentials.get();
    time.pass(minute);
    for (let caller = 0; caller < 20; caller++) credentials.ended(first);
    const second = await credentials.get();
    expect(second).not.toBe(first);
    credentials.ended(first);
    credentials.ended(second);
    expect(await credentials.get()).toBe(second);
    expect(exchanges()).toBe(2);
  });

  it.each([0, -hour, Number.NEGATIVE_INFINITY])(
    'that have already expired when they arrive (%d) cause no burst',
    async (lifeMs) => {
      const { kind, exchanges, time, settle } = setUp(lifeMs);
      for (let second = 0; second < 60; second++) {
        expect(await kind()).toBe('ok');
        await settle();
        time.pass(1000);
      }
      expect(exchanges()).toBeLessThanOrEqual(20);
    },
  );
});
