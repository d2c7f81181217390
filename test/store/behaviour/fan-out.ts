import { expect, it } from 'vitest';
import { noon } from '../../support/samples.ts';
import { sampleWebhook } from '../samples.ts';
import { deliverySite, minute, type Opened, over } from './delivery-site.ts';
import type { Site } from './setup.ts';

/** How events become deliveries of webhooks. */
export function fanOutBehaviour(site: Site): void {
  const { open, replica, withWebhook, oldestFirst, sent, create } = deliverySite(site);

  it('creates nothing without webhooks, with disabled webhooks or without events', async () => {
    const store = await open();
    await create(store);
    expect(await store.fanOut(noon, 10)).toEqual({ enabled: false, more: false });
    await store.createWebhook(sampleWebhook({ enabled: false }), 10);
    await create(store);
    expect(await store.fanOut(noon, 10)).toEqual({ enabled: false, more: false });
    await store.createWebhook(sampleWebhook(), 10);
    expect(await store.fanOut(noon, 10)).toEqual({ enabled: true, more: false });
    expect(await store.claimDeliveries(noon, over, 10)).toEqual([]);
  });

  it('creates one per event since the webhook’s creation, due immediately, in log order', async () => {
    const store = await open();
    await create(store);
    const before = await store.latestEvent();
    const webhook = sampleWebhook();
    await store.createWebhook(webhook, 10);
    for (let round = 0; round < 3; round++) await create(store);
    const events = await store.events({}, { size: 100, ...(before !== null && { after: before }) });
    expect(events).toHaveLength(6);
    expect(await store.fanOut(noon + 7, 100)).toEqual({ enabled: true, more: false });
    await store.fanOut(noon + 8, 100);
    const deliveries = await oldestFirst(store, webhook);
    expect(deliveries.map(({ id: _id, ...rest }) => rest)).toEqual(
      events.map((event) => ({
        webhookId: webhook.id,
        event,
        state: 'pending',
        attempts: 0,
        lastAttemptAt: null,
        lastStatus: null,
        lastError: null,
        dueAt: noon + 7,
        createdAt: noon + 7,
      })),
    );
    for (const { id } of deliveries) expect(id).toMatch(/^dlv_[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it('continues where it stopped and says so', async () => {
    const { store, webhook } = await withWebhook();
    for (let round = 0; round < 5; round++) await create(store);
    const progress: boolean[] = [];
    for (let round = 0; round < 5; round++) progress.push((await store.fanOut(noon, 3)).more);
    expect(progress).toEqual([true, true, true, false, false]);
    expect(await sent(store, webhook)).toEqual(await store.events({}, { size: 100 }));
  });

  it('creates none for events of other accounts or types', async () => {
    const { store, webhook } = await withWebhook({ accounts: ['ali-main', 'hw-main'], eventTypes: ['backup.added'] });
    const nobody = sampleWebhook({ accounts: [] });
    await store.createWebhook(nobody, 10);
    for (const account of ['ali-main', 'tencent', 'hw-main', 'tencent', 'tencent']) await create(store, { account });
    // So few at a time that some rounds read only unwanted events.
    for (let round = 0; round < 6; round++) await store.fanOut(noon, 1);
    const events = await sent(store, webhook);
    expect(events.map(({ account, type }) => [account, type])).toEqual([
      ['ali-main', 'backup.added'],
      ['hw-main', 'backup.added'],
    ]);
    expect(await sent(store, nobody)).toEqual([]);
  });

  it('creates none for earlier events of types that a webhook adds later', async () => {
    const { store, webhook } = await withWebhook({ accounts: ['ali-main'], eventTypes: ['migration.created'] });
    await create(store, { account: 'tencent' });
    await create(store);
    await store.fanOut(noon, 100);
    await store.updateWebhook(webhook.id, (current) => ({ ...current, accounts: ['*'], eventTypes: [] }));
    await store.fanOut(noon, 100);
    expect((await sent(store, webhook)).map(({ type }) => type)).toEqual(['migration.created']);
    const later = await create(store, { account: 'tencent' });
    await store.fanOut(noon, 100);
    expect((await sent(store, webhook)).slice(1)).toEqual(await store.events({ migrationId: later.id }, { size: 10 }));
  });

  it('creates one for an event appended before the webhook was disabled or narrowed', async () => {
    for (const change of [{ enabled: false }, { eventTypes: ['call.sent'] as const }]) {
      const { store, webhook } = await withWebhook();
      for (let number = 0; number < 3; number++) await create(store);
      await store.updateWebhook(webhook.id, (current) => ({ ...current, ...change }));
      expect(await sent(store, webhook)).toEqual(await store.events({}, { size: 100 }));
      await create(store);
      await store.updateWebhook(webhook.id, (current) => ({ ...current, enabled: true }));
      await store.fanOut(noon, 100);
      expect(await sent(store, webhook)).toHaveLength(6);
    }
  });

  it('removes one whose webhook no longer has the account', async () => {
    const { store, webhook } = await withWebhook();
    const mine = await create(store);
    await create(store, { account: 'hw-main' });
    await store.fanOut(noon, 100);
    // Not yet fanned out when the change comes.
    await create(store, { account: 'hw-main' });
    const [hidden] = (await oldestFirst(store, webhook)).filter(({ event }) => event.account === 'hw-main');
    await store.updateWebhook(webhook.id, (current) => ({ ...current, accounts: ['ali-main'] }));
    const left = await store.events({ migrationId: mine.id }, { size: 10 });
    expect(await sent(store, webhook)).toEqual(left);
    expect(await store.redeliver(webhook.id, hidden?.id ?? '', noon)).toBeNull();
    const claimed = await store.claimDeliveries(noon, minute, 100);
    expect(claimed.map(({ delivery }) => delivery.event)).toEqual(left);
    await store.updateWebhook(webhook.id, (current) => ({ ...current, accounts: ['*'] }));
    await store.fanOut(noon, 100);
    expect(await sent(store, webhook)).toEqual(left);
  });

  it('sends a re-enabled webhook only events appended since then', async () => {
    const { store, webhook } = await withWebhook();
    const turn = (enabled: boolean) => store.updateWebhook(webhook.id, (current) => ({ ...current, enabled }));
    await turn(false);
    await create(store);
    await store.fanOut(noon, 100);
    await turn(true);
    const later = await create(store);
    // A change of an enabled webhook skips no event.
    await turn(true);
    await store.fanOut(noon, 100);
    expect(await sent(store, webhook)).toEqual(await store.events({ migrationId: later.id }, { size: 10 }));
  });

  it('keeps the deliveries of a deleted migration', async () => {
    const { store, webhook } = await withWebhook();
    const migration = await create(store);
    const events = await store.events({}, { size: 10 });
    await store.fanOut(noon, 100);
    await store.remove(migration.id);
    expect(await sent(store, webhook)).toEqual(events);
    // The log is shorter now, but new events are still sent.
    await store.fanOut(noon, 100);
    await create(store);
    await store.fanOut(noon, 100);
    expect(await sent(store, webhook)).toEqual([...events, ...(await store.events({}, { size: 10 }))]);
  });

  it('creates the deliveries of a migration that is deleted before they were made', async () => {
    const { store, webhook } = await withWebhook();
    const narrow = sampleWebhook({ accounts: ['hw-main'], eventTypes: ['migration.state_changed'] });
    for (const each of [narrow, sampleWebhook({ enabled: false })]) await store.createWebhook(each, 10);
    const migration = await create(store, { account: 'hw-main' });
    await store.fanOut(noon, 100);
    await store.update(migration.id, (current) => ({ ...current, state: 'failed', updatedAt: noon + 1 }));
    const other = await create(store);
    const events = await store.events({}, { size: 100 });
    await store.remove(migration.id);
    await store.fanOut(noon + 2, 100);
    await store.fanOut(noon + 2, 100);
    const all = await sent(store, webhook);
    expect(all).toHaveLength(events.length);
    expect(new Set(all)).toEqual(new Set(events));
    expect(await sent(store, narrow)).toEqual(events.filter(({ type }) => type === 'migration.state_changed'));
    await store.remove(other.id);
    expect(await store.claimDeliveries(noon + 2, minute, 100)).toHaveLength(events.length + 1);
  });

  it('creates one per event of migrations that are deleted meanwhile', async () => {
    const { store, webhook } = await withWebhook();
    const other = await replica();
    const ids: string[] = [];
    const churn = async (own: Opened) => {
      for (let round = 0; round < 15; round++) {
        const { id } = await create(own);
        ids.push(id);
        await own.remove(id);
      }
    };
    const dispatch = async (own: Opened) => {
      for (let round = 0; round < 30; round++) await own.fanOut(noon, 5);
    };
    await Promise.all([store, other].flatMap((own) => [dispatch(own), churn(own), churn(own)]));
    const events = await sent(store, webhook);
    expect(events.map(({ migrationId, type }) => `${migrationId} ${type}`).toSorted()).toEqual(
      ids.flatMap((id) => [`${id} backup.added`, `${id} migration.created`]).toSorted(),
    );
  });
}
