import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../src/domain/store.ts';
import type { WebhookStore } from '../../src/domain/webhook.ts';
import type { DispatcherContext } from '../../src/webhooks/dispatcher.ts';
import type { AttemptResult } from '../../src/webhooks/schedule.ts';
import { newSecret } from '../../src/webhooks/signature.ts';
import { withMethods } from '../support/with-methods.ts';
import { createMigration, minute, received, site } from './support/site.ts';

const broken: AttemptResult = { status: 500, retryAfterMs: null };

describe('a delivery that fails', () => {
  it('is retried with the same id and body at growing intervals until it is received', async () => {
    let answers = 0;
    const { time, store, messages, dispatch, webhook } = await site(() => (++answers < 4 ? broken : received));
    const { id } = await webhook({ eventTypes: ['migration.created'] });
    dispatch();
    await createMigration(store);
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
    await createMigration(store);
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
    await createMigration(store);
    await time.pass(2000);
    expect(await store.getWebhook(id)).toMatchObject({
      enabled: false,
      disabledReason: 'The receiver answered 410 (Gone), which asks Godwit to stop sending.',
      version: 2,
    });
    await createMigration(store);
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
    await createMigration(place.store);
    await place.time.pass(2000);
    expect(await place.store.getWebhook(id)).toMatchObject({ enabled: true, description: 'moved' });
  });

  it('because its secret cannot be decrypted is retried when the key is back', async () => {
    const { time, store, messages, secrets, dispatch, webhook } = await site();
    const { id } = await webhook({ eventTypes: ['migration.created'], sealedSecret: 'other-key' });
    dispatch();
    await createMigration(store);
    await time.pass(2000);
    expect(messages).toEqual([]);
    const [delivery] = await store.listDeliveries(id, {}, { size: 1 });
    expect(delivery).toMatchObject({
      state: 'pending',
      lastStatus: null,
      lastError: 'no configured encryption key decrypts the URL and the secret',
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
    const unsettled = withMethods<DispatcherContext['store']>(store, {
      async settleDeliveries(settled) {
        if (failing) throw new StoreUnavailable('gone');
        return store.settleDeliveries(settled);
      },
    });
    dispatch({ store: unsettled });
    await createMigration(store);
    await time.pass(30_000);
    expect(messages).toHaveLength(1);
    expect(interruptions).toEqual(['the store is unavailable: gone']);
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
    await createMigration(store);
    await time.pass(2000);
    expect(messages).toHaveLength(1);
    let stopped = false;
    const stopping = dispatcher.stop(10_000).then(() => {
      stopped = true;
    });
    await createMigration(store);
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
    const absent = withMethods<DispatcherContext['store']>(store, {
      async fanOut(now, limit) {
        if (failing) throw new StoreUnavailable('gone');
        return store.fanOut(now, limit);
      },
    });
    dispatch({ store: absent });
    await createMigration(store);
    await time.pass(20_000);
    expect(interruptions.length).toBeGreaterThan(0);
    failing = false;
    await time.pass(10_000);
    expect(messages).toHaveLength(1);
  });
});
