import { describe, expect, it } from 'vitest';
import type { DispatcherContext } from '../../src/webhooks/dispatcher.ts';
import { createMigration, received, site } from './support/site.ts';

describe('a receiver that never answers', () => {
  it('has at most eight concurrent attempts and delays no other receiver', async () => {
    const { time, store, messages, dispatch, webhook, secrets } = await site(({ url }) =>
      url.includes('dead') ? new Promise(() => undefined) : received,
    );
    secrets.set('dead-url', 'https://dead.example/');
    await webhook({ url: { display: 'x', sealed: 'dead-url' } });
    for (let number = 0; number < 120; number++) await createMigration(store);
    dispatch();
    await time.pass(5000);
    const { id } = await webhook();
    await createMigration(store);
    await time.pass(1000);
    expect(messages.filter(({ url }) => url.includes('dead'))).toHaveLength(8);
    expect(await store.listDeliveries(id, { state: 'delivered' }, { size: 10 })).toHaveLength(2);
  });
});

describe('hanging receivers', () => {
  it.each([
    ['each with an address of its own', (number: number) => `https://hang${number}.example`],
    ['all at one address', () => 'https://hang.example'],
  ])('%s, delay no other caller', async (_name, originOf) => {
    const hanging = new Map<number, number>();
    const world = await site(async ({ url }) => {
      if (!url.includes('hang')) return received;
      hanging.set(world.time.now(), (hanging.get(world.time.now()) ?? 0) + 1);
      await world.time.sleep(10_000);
      return { status: null, error: 'no answer in time', timedOut: true };
    });
    const { time, store, messages, secrets, dispatch, webhook } = world;
    for (let number = 0; number < 60; number++) {
      const display = `${originOf(number)}/`;
      secrets.set(`hanging ${number}`, display);
      await webhook({ caller: 'greedy', url: { display, sealed: `hanging ${number}` }, accounts: ['ali-main'] });
    }
    await webhook({ caller: 'modest', accounts: ['tc-main'], eventTypes: ['migration.created'] });
    /** Lets time pass with enough turns for a store that writes for sixty webhooks. */
    const passSlowly = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 200) {
        await time.pass(200);
        for (let turn = 0; turn < 12; turn++) await time.pass(0);
      }
    };
    dispatch();
    for (let number = 0; number < 8; number++) await createMigration(store);
    await passSlowly(2000);
    for (let round = 0; round < 3; round++) {
      const before = messages.filter(({ url }) => !url.includes('hang')).length;
      for (let number = 0; number < 9; number++) await createMigration(store, 'tc-main');
      await passSlowly(1000);
      expect(messages.filter(({ url }) => !url.includes('hang')).length - before, `round ${round}`).toBe(9);
      await passSlowly(5000);
    }
    // A caller gets half of the places at most, and a hanging receiver one instead of eight.
    expect(Math.max(...hanging.values())).toBeLessThanOrEqual(100);
  });
});

describe('a fast receiver', () => {
  /** Counts the claims and settlements of a store. */
  function counted(store: DispatcherContext['store']) {
    const counts = { claimDeliveries: 0, settleDeliveries: 0 };
    const counting: DispatcherContext['store'] = new Proxy(store, {
      get(target, name) {
        if (name === 'claimDeliveries' || name === 'settleDeliveries') counts[name]++;
        const member = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    return { counts, counting };
  }

  it('gets its next deliveries claimed in advance, eight at a time', async () => {
    let underWay = 0;
    let most = 0;
    const world = await site(async () => {
      most = Math.max(most, ++underWay);
      await new Promise((done) => setImmediate(done));
      underWay--;
      return received;
    });
    const { time, store, messages, dispatch, webhook } = world;
    await webhook({ eventTypes: ['migration.created'] });
    for (let number = 0; number < 400; number++) await createMigration(store);
    const { counts, counting } = counted(store);
    dispatch({ store: counting });
    await time.pass(3000);
    expect(messages).toHaveLength(400);
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(400);
    expect(most).toBe(8);
    expect(counts.claimDeliveries).toBeLessThan(40);
    expect(counts.settleDeliveries).toBeLessThan(200);
  });

  it.each([
    ['stops answering', { status: null, error: 'no answer in time', timedOut: true } as const, 1],
    ['wants nothing any more', { status: 410, retryAfterMs: null } as const, 0],
  ])('that then %s gets none of the deliveries claimed in advance', async (_name, answer, after) => {
    let answers = 0;
    const { time, store, messages, dispatch, webhook } = await site(() => (++answers <= 60 ? received : answer));
    const { id } = await webhook({ eventTypes: ['migration.created'] });
    for (let number = 0; number < 400; number++) await createMigration(store);
    dispatch();
    await time.pass(2000);
    // Those under way at that moment, then one at a time.
    expect(messages.length).toBeLessThan(60 + 8 + 8 + after * 200);
    const free = await store.claimDeliveries(time.now(), 1000, 1000, () => 1000);
    if (after > 0) expect(free.length).toBeGreaterThan(100);
    else expect(await store.getWebhook(id)).toMatchObject({ enabled: false });
  });

  it('leaves deliveries claimed in advance to other processes when this one stops', async () => {
    const world = await site(async () => {
      if (world.messages.length > 30) await world.time.sleep(60_000);
      return received;
    });
    const { time, store, messages, dispatch, webhook } = world;
    await webhook({ eventTypes: ['migration.created'] });
    for (let number = 0; number < 200; number++) await createMigration(store);
    const dispatcher = dispatch();
    await time.pass(1500);
    const stopping = dispatcher.stop(0);
    await time.pass(10);
    await stopping;
    const underWay = 8;
    const others = await store.claimDeliveries(time.now(), 1000, 1000, () => 1000);
    expect(others.length).toBeGreaterThanOrEqual(200 - messages.length);
    expect(others.length).toBeLessThanOrEqual(200 - messages.length + underWay);
  });
});
