import { Webhook as Receiver } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { noon } from '../support/samples.ts';
import { createMigration, type Message, minute, received, site } from './support/site.ts';

const typesOf = (messages: readonly Message[]): string[] => messages.map(({ body }) => JSON.parse(body).type);

describe('an event', () => {
  it('reaches the receiver as a signed CloudEvent', async () => {
    const { time, store, messages, secrets, dispatch, webhook, attempts } = await site();
    await webhook({ eventTypes: ['migration.created'] });
    dispatch();
    await time.pass(minute);
    const id = await createMigration(store);
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
    // The library checks the age by the real clock, so the test compares the signature.
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
    await createMigration(store);
    await time.pass(2000);
    expect(messages[0]?.headers).toMatchObject({
      authorization: 'Bearer CANARY',
      'content-type': 'application/cloudevents+json',
    });
  });

  it('of another account or type, or older than the webhook, reaches no receiver', async () => {
    const { time, store, messages, dispatch, webhook } = await site();
    await createMigration(store);
    await webhook({ accounts: ['ali-main'], eventTypes: ['backup.added'] });
    dispatch();
    await createMigration(store, 'somebody-else');
    await createMigration(store);
    await time.pass(minute);
    expect(typesOf(messages)).toEqual(['godwit.backup.added']);
  });

  it('is sent once per webhook by either of two processes', async () => {
    const { time, store, messages, dispatch, webhook } = await site();
    for (let number = 0; number < 5; number++) await webhook({ eventTypes: ['migration.created'] });
    dispatch();
    dispatch();
    for (let number = 0; number < 30; number++) await createMigration(store);
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
      await createMigration(store);
      await time.pass(2000);
    }
    expect(messages.filter(({ url }) => url.includes('hooks'))).toHaveLength(6);
  });
});

describe('a revoked grant', () => {
  it('stops deliveries until it is granted again', async () => {
    const { time, store, messages, attempts, dispatch, webhook } = await site();
    await webhook({ eventTypes: ['migration.created'] });
    let granted = false;
    dispatch({ grantFault: () => (granted ? null : 'the creator’s key is no longer configured') });
    await time.pass(minute);
    await createMigration(store);
    await time.pass(2000);
    expect(messages).toEqual([]);
    expect(attempts).toMatchObject([
      { outcome: 'to_be_retried', error: 'nothing is sent: the creator’s key is no longer configured' },
    ]);
    granted = true;
    await time.pass(minute);
    expect(messages).toHaveLength(1);
  });
});
