import { Webhook as Receiver } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { type Store, StoreUnavailable } from '../../src/domain/store.ts';
import type { WebhookAttempt } from '../../src/domain/telemetry.ts';
import type { Webhook, WebhookStore } from '../../src/domain/webhook.ts';
import { openStore } from '../../src/store/open.ts';
import { createDispatcher, type DispatcherContext } from '../../src/webhooks/dispatcher.ts';
import type { AttemptResult } from '../../src/webhooks/schedule.ts';
import { newSecret } from '../../src/webhooks/signature.ts';
import { noLease, sampleWebhook } from '../store/samples.ts';
import { noon, sampleMigration } from '../support/samples.ts';
import { VirtualTime } from './support/virtual-time.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
type Answer = (message: Message) => AttemptResult | Promise<AttemptResult>;

const received: AttemptResult = { status: 204, retryAfterMs: null };
const broken: AttemptResult = { status: 500, retryAfterMs: null };

/** A store in memory, a clock that stands still, and receivers that answer as told. `secrets`: what each sealed text stands for. */
async function site(answer: Answer = () => received) {
  const time = new VirtualTime(noon);
  const store = await openStore('sqlite::memory:', { runtime: time });
  cleanups.push(() => store.close());
  const messages: Message[] = [];
  const attempts: WebhookAttempt[] = [];
  const interruptions: string[] = [];
  const secrets = new Map([
    ['sealed-url', 'https://hooks.example/godwit?token=secret'],
    ['sealed-secret', newSecret(time)],
  ]);
  function dispatch(overrides: Partial<DispatcherContext> = {}) {
    const dispatcher = createDispatcher({
      store,
      sender: {
        post: async (url, headers, body) => {
          messages.push({ url, headers, body });
          return answer({ url, headers, body });
        },
      },
      runtime: time,
      open: (sealed) => {
        const opened = secrets.get(sealed);
        if (opened === undefined) throw new Error('no key');
        return opened;
      },
      grantFault: () => null,
      leaseMs: 40_000,
      version: '1.2.3',
      telemetry: { attempted: (attempt) => attempts.push(attempt), interrupted: (error) => interruptions.push(error) },
      ...overrides,
    });
    dispatcher.start();
    cleanups.push(async () => {
      const stopping = dispatcher.stop(0);
      await time.pass(1);
      await stopping;
    });
    return dispatcher;
  }
  async function webhook(overrides: Partial<Webhook> = {}): Promise<Webhook> {
    const made = sampleWebhook(overrides);
    await store.createWebhook(made, 100);
    return made;
  }
  return { time, store, messages, attempts, interruptions, secrets, dispatch, webhook };
}

/** A migration, and with it the events of its creation. */
async function happen(store: Store, account = 'ali-main'): Promise<string> {
  const migration = sampleMigration({ account });
  await store.create(migration, noLease);
  return migration.id;
}

const typesOf = (messages: readonly Message[]): string[] => messages.map(({ body }) => JSON.parse(body).type);
const minute = 60_000;

describe('an event', () => {
  it('reaches the receiver as a signed CloudEvent', async () => {
    const { time, store, messages, secrets, dispatch, webhook, attempts } = await site();
    await webhook({ eventTypes: ['migration.created'] });
    dispatch();
    await time.pass(minute);
    const id = await happen(store);
    await time.pass(2000);
    expect(messages).toHaveLength(1);
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = messages;
    expect(url).toBe('https://hooks.example/godwit?token=secret');
    const [event] = await store.events({ migrationId: id }, { size: 1 });
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      'user-agent': 'Godwit/1.2.3',
      'webhook-id': event?.id,
      'webhook-timestamp': String(noon / 1000 + 60),
    });
    expect(JSON.parse(body)).toEqual({
      specversion: '1.0',
      id: event?.id,
      source: `/migrations/${id}`,
      type: 'godwit.migration.created',
      subject: id,
      time: '2026-11-21T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        id: event?.id,
        migrationId: id,
        account: 'ali-main',
        type: 'migration.created',
        at: '2026-11-21T12:00:00.000Z',
        data: { state: 'pending', mode: 'full', caller: 'ci' },
      },
    });
    const receiver = new Receiver(secrets.get('sealed-secret') ?? '');
    // The library asks the real clock how old a message is; the signature is what counts here.
    expect(() => receiver.verify(body, headers)).toThrow(/timestamp too (old|new)/i);
    expect(receiver.sign(event?.id ?? '', new Date(Number(headers['webhook-timestamp']) * 1000), body)).toBe(
      headers['webhook-signature'],
    );
    expect(attempts).toMatchObject([{ outcome: 'delivered', error: null }]);
  });

  it('carries its webhook’s headers beside Godwit’s, which take precedence', async () => {
    const { time, store, messages, secrets, dispatch, webhook } = await site();
    const own = { authorization: 'Bearer CANARY', 'content-type': 'text/plain' };
    secrets.set('sealed-headers', JSON.stringify(own));
    await webhook({ headers: { names: Object.keys(own), sealed: 'sealed-headers' }, eventTypes: ['backup.added'] });
    dispatch();
    await time.pass(minute);
    await happen(store);
    await time.pass(2000);
    expect(messages[0]?.headers).toMatchObject({
      authorization: 'Bearer CANARY',
      'content-type': 'application/cloudevents+json',
    });
  });

  it('of another account or type, or older than the webhook, reaches nobody', async () => {
    const { time, store, messages, dispatch, webhook } = await site();
    await happen(store);
    await webhook({ accounts: ['ali-main'], eventTypes: ['backup.added'] });
    dispatch();
    await happen(store, 'somebody-else');
    await happen(store);
    await time.pass(minute);
    expect(typesOf(messages)).toEqual(['godwit.backup.added']);
  });

  it('is sent once per webhook by either of two processes', async () => {
    const { time, store, messages, dispatch, webhook } = await site();
    for (let number = 0; number < 5; number++) await webhook({ eventTypes: ['migration.created'] });
    dispatch();
    dispatch();
    for (let number = 0; number < 30; number++) await happen(store);
    await time.pass(minute);
    expect(messages).toHaveLength(150);
    const ids = messages.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(30);
  });

  it('does not wait for a slow receiver of another event', async () => {
    const { time, store, messages, dispatch, webhook, secrets } = await site(({ url }) =>
      url.includes('slow') ? new Promise(() => undefined) : received,
    );
    secrets.set('slow-url', 'https://slow.example/');
    await webhook({ url: { display: 'x', sealed: 'slow-url' } });
    await webhook();
    dispatch();
    for (let number = 0; number < 3; number++) {
      await happen(store);
      await time.pass(2000);
    }
    expect(messages.filter(({ url }) => url.includes('hooks'))).toHaveLength(6);
  });
});

describe('a receiver that never answers', () => {
  it('has at most eight concurrent attempts and delays no other receiver', async () => {
    const { time, store, messages, dispatch, webhook, secrets } = await site(({ url }) =>
      url.includes('dead') ? new Promise(() => undefined) : received,
    );
    secrets.set('dead-url', 'https://dead.example/');
    await webhook({ url: { display: 'x', sealed: 'dead-url' } });
    for (let number = 0; number < 120; number++) await happen(store);
    dispatch();
    await time.pass(5000);
    const { id } = await webhook();
    await happen(store);
    await time.pass(1000);
    expect(messages.filter(({ url }) => url.includes('dead'))).toHaveLength(8);
    expect(await store.listDeliveries(id, { state: 'delivered' }, { size: 10 })).toHaveLength(2);
  });
});

describe('a revoked grant', () => {
  it('stops deliveries until it is granted again', async () => {
    const { time, store, messages, attempts, dispatch, webhook } = await site();
    await webhook({ eventTypes: ['migration.created'] });
    let granted = false;
    dispatch({ grantFault: () => (granted ? null : 'the key that made it is not configured any more') });
    await time.pass(minute);
    await happen(store);
    await time.pass(2000);
    expect(messages).toEqual([]);
    expect(attempts).toMatchObject([
      { outcome: 'to_be_retried', error: 'nothing is sent: the key that made it is not configured any more' },
    ]);
    granted = true;
    await time.pass(minute);
    expect(messages).toHaveLength(1);
  });
});

describe('a delivery that fails', () => {
  it('is retried with the same id and body at growing intervals until it is received', async () => {
    let answers = 0;
    const { time, store, messages, dispatch, webhook } = await site(() => (++answers < 4 ? broken : received));
    const { id } = await webhook({ eventTypes: ['migration.created'] });
    dispatch();
    await happen(store);
    await time.pass(2000);
    expect(messages).toHaveLength(1);
    const [pending] = await store.listDeliveries(id, {}, { size: 10 });
    expect(pending).toMatchObject({
      state: 'pending',
      attempts: 1,
      lastStatus: 500,
      lastError: 'the receiver answered 500',
    });
    await time.pass(10 * minute);
    expect(messages).toHaveLength(4);
    expect(new Set(messages.map(({ body }) => body)).size).toBe(1);
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const times = messages.map(({ headers }) => Number(headers['webhook-timestamp']));
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    const [delivered] = await store.listDeliveries(id, {}, { size: 10 });
    expect(delivered).toMatchObject({ state: 'delivered', attempts: 4, lastStatus: 204, lastError: null, dueAt: null });
  });

  it('is given up in the end and sent again on request', async () => {
    let broke = true;
    const { time, store, messages, attempts, dispatch, webhook } = await site(() => (broke ? broken : received));
    const { id } = await webhook({ eventTypes: ['migration.created'] });
    const dispatcher = dispatch();
    await happen(store);
    await time.pass(2000);
    for (let pause = 0; pause < 11; pause++) {
      const [delivery] = await store.listDeliveries(id, {}, { size: 1 });
      await time.leap((delivery?.dueAt ?? 0) - time.now());
      await time.pass(2000);
    }
    expect(messages).toHaveLength(12);
    expect(attempts.at(-1)).toMatchObject({ outcome: 'given_up' });
    const [failed] = await store.listDeliveries(id, { state: 'failed' }, { size: 1 });
    broke = false;
    await store.redeliver(id, failed?.id ?? '', time.now());
    dispatcher.wake();
    await time.pass(1000);
    expect(messages).toHaveLength(13);
    expect(await store.listDeliveries(id, { state: 'delivered' }, { size: 1 })).toMatchObject([{ attempts: 1 }]);
  });

  it('with 410 disables the webhook, and nothing more is sent to it', async () => {
    const { time, store, messages, dispatch, webhook } = await site(() => ({ status: 410, retryAfterMs: null }));
    const { id } = await webhook({ eventTypes: ['migration.created'] });
    dispatch();
    await happen(store);
    await time.pass(2000);
    expect(await store.getWebhook(id)).toMatchObject({
      enabled: false,
      disabledReason: 'The receiver answered 410: it wants nothing more.',
      version: 2,
    });
    await happen(store);
    await time.pass(10 * minute);
    expect(messages).toHaveLength(1);
  });

  it('with 410 does not disable a webhook that was changed meanwhile', async () => {
    let store: WebhookStore | undefined;
    let id = '';
    const place = await site(async () => {
      await store?.updateWebhook(id, (current) => ({ ...current, description: 'moved' }));
      return { status: 410, retryAfterMs: null };
    });
    ({ store } = place);
    ({ id } = await place.webhook({ eventTypes: ['migration.created'] }));
    place.dispatch();
    await happen(place.store);
    await place.time.pass(2000);
    expect(await place.store.getWebhook(id)).toMatchObject({ enabled: true, description: 'moved' });
  });

  it('because its secret cannot be decrypted is retried when the key is back', async () => {
    const { time, store, messages, secrets, dispatch, webhook } = await site();
    const { id } = await webhook({ eventTypes: ['migration.created'], sealedSecret: 'other-key' });
    dispatch();
    await happen(store);
    await time.pass(2000);
    expect(messages).toEqual([]);
    const [delivery] = await store.listDeliveries(id, {}, { size: 1 });
    expect(delivery).toMatchObject({
      state: 'pending',
      lastStatus: null,
      lastError: 'no configured encryption key opens the URL and the secret',
    });
    secrets.set('other-key', newSecret(time));
    await time.pass(minute);
    expect(messages).toHaveLength(1);
  });
});

describe('a process that', () => {
  it('dies after sending leaves the delivery to be sent again when its lease expires', async () => {
    const { time, store, messages, interruptions, dispatch, webhook } = await site();
    await webhook({ eventTypes: ['migration.created'] });
    let failing = true;
    const unsettled: DispatcherContext['store'] = new Proxy(store, {
      get(target, name) {
        if (name === 'settleDeliveries' && failing) return () => Promise.reject(new StoreUnavailable('gone'));
        const member = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    dispatch({ store: unsettled });
    await happen(store);
    await time.pass(30_000);
    expect(messages).toHaveLength(1);
    expect(interruptions).toEqual(['the store is not available']);
    failing = false;
    await time.pass(20_000);
    expect(messages).toHaveLength(2);
    expect(messages[0]?.headers['webhook-id']).toBe(messages[1]?.headers['webhook-id']);
    await time.pass(10 * minute);
    expect(messages).toHaveLength(2);
  });

  it('is stopping waits for open deliveries and starts no new ones', async () => {
    const { promise, resolve } = Promise.withResolvers<AttemptResult>();
    const { time, store, messages, dispatch, webhook } = await site(() => promise);
    const { id } = await webhook({ eventTypes: ['migration.created'] });
    const dispatcher = dispatch();
    await happen(store);
    await time.pass(2000);
    expect(messages).toHaveLength(1);
    let stopped = false;
    const stopping = dispatcher.stop(10_000).then(() => {
      stopped = true;
    });
    await happen(store);
    await time.pass(5000);
    expect(stopped).toBe(false);
    resolve(received);
    await stopping;
    expect(await store.listDeliveries(id, { state: 'delivered' }, { size: 10 })).toHaveLength(1);
    expect(messages).toHaveLength(1);
  });

  it('loses its store continues when it is back', async () => {
    const { time, store, messages, interruptions, dispatch, webhook } = await site();
    await webhook({ eventTypes: ['migration.created'] });
    let failing = true;
    const absent: DispatcherContext['store'] = new Proxy(store, {
      get(target, name) {
        if (name === 'fanOut' && failing) return () => Promise.reject(new StoreUnavailable('gone'));
        const member = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    dispatch({ store: absent });
    await happen(store);
    await time.pass(20_000);
    expect(interruptions.length).toBeGreaterThan(0);
    failing = false;
    await time.pass(10_000);
    expect(messages).toHaveLength(1);
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
    /** With turns enough for a store that writes for sixty webhooks. */
    const passSlowly = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 200) {
        await time.pass(200);
        for (let turn = 0; turn < 12; turn++) await time.pass(0);
      }
    };
    dispatch();
    for (let number = 0; number < 8; number++) await happen(store);
    await passSlowly(2000);
    for (let round = 0; round < 3; round++) {
      const before = messages.filter(({ url }) => !url.includes('hang')).length;
      for (let number = 0; number < 9; number++) await happen(store, 'tc-main');
      await passSlowly(1000);
      expect(messages.filter(({ url }) => !url.includes('hang')).length - before, `round ${round}`).toBe(9);
      await passSlowly(5000);
    }
    // Nobody takes more than half, and who has hung gets one place instead of eight.
    expect(Math.max(...hanging.values())).toBeLessThanOrEqual(100);
  });
});

describe('a fast receiver', () => {
  /** Claims and settlements of a store, counted. */
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
    for (let number = 0; number < 400; number++) await happen(store);
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
    for (let number = 0; number < 400; number++) await happen(store);
    dispatch();
    await time.pass(2000);
    // Those under way at that moment, and then one at a time.
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
    for (let number = 0; number < 200; number++) await happen(store);
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
