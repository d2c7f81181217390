import { expect, it } from 'vitest';
import type { MigrationEvent } from '../../../src/domain/event.ts';
import type { Migration } from '../../../src/domain/migration.ts';
import type { Store } from '../../../src/domain/store.ts';
import type { AttemptOutcome, Delivery, Webhook, WebhookStore } from '../../../src/domain/webhook.ts';
import { noon, sampleMigration } from '../../support/samples.ts';
import { noLease, sampleWebhook } from '../samples.ts';
import type { Site } from './setup.ts';

type Opened = Store & WebhookStore;

/** A lease that is over before anybody looks, by whatever clock. */
const over = -1;
const minute = 60_000;
const delivered = {
  state: 'delivered',
  at: noon + 5,
  status: 204,
  error: null,
  dueAt: null,
} as const satisfies AttemptOutcome;

export function deliveryBehaviour(site: Site): void {
  const open = async () => (await site.open()) as Opened;
  const replica = async () => (await site.replica()) as Opened;

  async function withWebhook(overrides: Partial<Webhook> = {}) {
    const store = await open();
    const webhook = sampleWebhook(overrides);
    await store.createWebhook(webhook, 100);
    return { store, webhook };
  }

  /** A store with a webhook and the deliveries of one new migration. */
  async function withDeliveries() {
    const { store, webhook } = await withWebhook();
    await store.create(sampleMigration(), noLease);
    await store.fanOut(noon, 100);
    return { store, webhook, deliveries: await oldestFirst(store, webhook) };
  }

  async function oldestFirst(store: Opened, webhook: Webhook): Promise<readonly Delivery[]> {
    return (await store.listDeliveries(webhook.id, {}, { size: 1000 })).toReversed();
  }

  async function sent(store: Opened, webhook: Webhook): Promise<readonly MigrationEvent[]> {
    return (await oldestFirst(store, webhook)).map(({ event }) => event);
  }

  async function create(store: Opened, overrides: Partial<Migration> = {}): Promise<Migration> {
    const migration = sampleMigration(overrides);
    await store.create(migration, noLease);
    return migration;
  }

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
    // So few at a time that some rounds read nothing that is wanted.
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
    // Not yet taken up when the change comes.
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

  it('claims deliveries of all webhooks, however many one webhook has waiting', async () => {
    const { store, webhook } = await withWebhook();
    for (let number = 0; number < 10; number++) await create(store);
    await store.fanOut(noon, 100);
    const other = sampleWebhook();
    await store.createWebhook(other, 10);
    await create(store);
    await store.fanOut(noon + 1, 100);
    const room = new Map([[webhook.id, 3]]);
    const claimed = await store.claimDeliveries(noon + 1, minute, 100, ({ id }) => room.get(id) ?? 8);
    const of = (id: string) => claimed.filter(({ delivery }) => delivery.webhookId === id).length;
    expect([of(webhook.id), of(other.id)]).toEqual([3, 2]);
    room.set(webhook.id, 0);
    expect(await store.claimDeliveries(noon + 1, minute, 100, ({ id }) => room.get(id) ?? 8)).toEqual([]);
    expect(await store.claimDeliveries(noon + 1, minute, 4)).toHaveLength(4);
  });

  it('sends a re-enabled webhook only events appended since then', async () => {
    const { store, webhook } = await withWebhook();
    const turn = (enabled: boolean) => store.updateWebhook(webhook.id, (current) => ({ ...current, enabled }));
    await turn(false);
    await create(store);
    await store.fanOut(noon, 100);
    await turn(true);
    const later = await create(store);
    // A change of one that is on skips nothing.
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
    // The log is shorter now; what is appended next is sent all the same.
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

  it('claims due, free deliveries, the longest due first, with the current webhook', async () => {
    const { store, webhook, deliveries } = await withDeliveries();
    await create(store);
    await store.fanOut(noon - 1, 100);
    const later = (await oldestFirst(store, webhook)).slice(deliveries.length);
    const changed = await store.updateWebhook(webhook.id, (current) => ({ ...current, description: 'new' }));
    expect(await store.claimDeliveries(noon - 2, minute, 10)).toEqual([]);
    expect(await store.claimDeliveries(noon, minute, 0)).toEqual([]);
    const first = await store.claimDeliveries(noon, minute, 3);
    const [next, ...last] = deliveries;
    expect(first).toEqual([...later, next].map((delivery) => ({ delivery, webhook: changed })));
    const second = await store.claimDeliveries(noon, minute, 10);
    expect(second.map(({ delivery }) => delivery)).toEqual(last);
    expect(await store.claimDeliveries(noon, minute, 10)).toEqual([]);
  });

  it('claims nothing of a disabled webhook', async () => {
    const { store, webhook, deliveries } = await withDeliveries();
    const turn = (enabled: boolean) => store.updateWebhook(webhook.id, (current) => ({ ...current, enabled }));
    await turn(false);
    expect(await store.claimDeliveries(noon, minute, 10)).toEqual([]);
    await turn(true);
    expect(await store.claimDeliveries(noon, minute, 10)).toHaveLength(deliveries.length);
  });

  it('gives an unsettled delivery to another process when the lease expires', async () => {
    const { store, deliveries } = await withDeliveries();
    expect(await store.claimDeliveries(noon, over, 10)).toHaveLength(deliveries.length);
    const again = await (await replica()).claimDeliveries(noon, minute, 10);
    expect(again.map(({ delivery }) => delivery)).toEqual(deliveries);
  });

  it('records a failed attempt and makes the delivery due again', async () => {
    const { store, webhook, deliveries } = await withDeliveries();
    const [first] = await store.claimDeliveries(noon, minute, 1);
    const id = first?.delivery.id ?? '';
    const outcome = { state: 'pending', at: noon + 5, status: 503, error: 'HTTP 503', dueAt: noon + 99.5 } as const;
    await store.settleDeliveries([{ id, attempts: 0, outcome }]);
    const expected = {
      ...deliveries[0],
      attempts: 1,
      lastAttemptAt: noon + 5,
      lastStatus: 503,
      lastError: 'HTTP 503',
      dueAt: noon + 100,
    };
    expect((await oldestFirst(store, webhook))[0]).toEqual(expected);
    const early = await store.claimDeliveries(noon + 99, over, 10);
    expect(early.map(({ delivery }) => delivery.id)).not.toContain(id);
    const due = await store.claimDeliveries(noon + 100, over, 10);
    expect(due.map(({ delivery }) => delivery)).toContainEqual(expected);
  });

  it('records the outcome and does not claim the delivery again', async () => {
    const { store, webhook } = await withDeliveries();
    const claimed = await store.claimDeliveries(noon, over, 2);
    const failed = { state: 'failed', at: noon + 6, status: null, error: 'no answer', dueAt: null } as const;
    await store.settleDeliveries([{ id: claimed[0]?.delivery.id ?? '', attempts: 0, outcome: delivered }]);
    await store.settleDeliveries([{ id: claimed[1]?.delivery.id ?? '', attempts: 0, outcome: failed }]);
    expect(await oldestFirst(store, webhook)).toMatchObject([
      { state: 'delivered', attempts: 1, lastAttemptAt: noon + 5, lastStatus: 204, lastError: null, dueAt: null },
      { state: 'failed', attempts: 1, lastAttemptAt: noon + 6, lastStatus: null, lastError: 'no answer', dueAt: null },
    ]);
    expect(await store.claimDeliveries(noon + minute, minute, 10)).toEqual([]);
  });

  it('records many outcomes at once and releases what was not attempted', async () => {
    const { store, webhook } = await withWebhook();
    for (let n = 0; n < 3; n++) await create(store);
    await store.fanOut(noon, 100);
    const claimed = await store.claimDeliveries(noon, minute, 100);
    const [one = '', two = '', three = '', four = '', five = ''] = claimed.map(({ delivery }) => delivery.id);
    await store.settleDeliveries([
      { id: one, attempts: 0, outcome: delivered },
      { id: two, attempts: 0, outcome: { ...delivered, at: noon + 7 } },
      {
        id: three,
        attempts: 0,
        outcome: { ...delivered, state: 'pending', status: 500, error: 'no', dueAt: noon + 9000 },
      },
      { id: four, attempts: 1, outcome: delivered },
    ]);
    const all = await oldestFirst(store, webhook);
    const of = (id: string) => all.find((each) => each.id === id);
    expect(of(one)).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 204, dueAt: null });
    expect(of(two)).toMatchObject({ state: 'delivered', attempts: 1, lastAttemptAt: noon + 7 });
    expect(of(three)).toMatchObject({ state: 'pending', attempts: 1, lastError: 'no', dueAt: noon + 9000 });
    expect(of(four)).toMatchObject({ state: 'pending', attempts: 0 });
    await store.releaseDeliveries([five, one, 'dlv_1']);
    expect((await store.claimDeliveries(noon, minute, 100)).map(({ delivery }) => delivery.id)).toEqual([five]);
  });

  it('ignores a late attempt and an unknown id', async () => {
    const { store, webhook, deliveries } = await withDeliveries();
    const id = deliveries[0]?.id ?? '';
    await store.settleDeliveries([{ id, attempts: 0, outcome: delivered }]);
    await store.settleDeliveries([
      { id, attempts: 0, outcome: { ...delivered, state: 'failed' as const, error: 'late' } },
    ]);
    await store.settleDeliveries([
      { id, attempts: 2, outcome: { ...delivered, state: 'failed' as const, error: 'early' } },
    ]);
    for (const unknown of ['', 'dlv_1', `dlv_${'z'.repeat(26)}`])
      await store.settleDeliveries([{ id: unknown, attempts: 0, outcome: delivered }]);
    expect(await oldestFirst(store, webhook)).toMatchObject([{ state: 'delivered', attempts: 1 }, deliveries[1]]);
  });

  it('lists the newest first, page by page, by state', async () => {
    const { store, webhook } = await withDeliveries();
    const stranger = sampleWebhook();
    await store.createWebhook(stranger, 10);
    for (let round = 0; round < 2; round++) await create(store);
    await store.fanOut(noon, 100);
    const all = (await oldestFirst(store, webhook)).toReversed();
    expect(all).toHaveLength(6);
    const first = await store.listDeliveries(webhook.id, {}, { size: 4 });
    const rest = await store.listDeliveries(webhook.id, {}, { size: 4, after: first[3]?.id ?? '' });
    expect([...first, ...rest]).toEqual(all);
    await store.settleDeliveries([{ id: all[1]?.id ?? '', attempts: 0, outcome: delivered }]);
    await store.settleDeliveries([{ id: all[4]?.id ?? '', attempts: 0, outcome: delivered }]);
    const ended = await store.listDeliveries(webhook.id, { state: 'delivered' }, { size: 10 });
    expect(ended.map(({ id }) => id)).toEqual([all[1]?.id, all[4]?.id]);
    const next = await store.listDeliveries(webhook.id, { state: 'pending' }, { size: 2, after: all[1]?.id ?? '' });
    expect(next).toEqual([all[2], all[3]]);
    expect(await store.listDeliveries(webhook.id, {}, { size: 10, after: 'evt_1' })).toEqual([]);
    expect(await store.listDeliveries('whk_unknown', {}, { size: 10 })).toEqual([]);
  });

  it('delivers an ended one again as if it had never been tried', async () => {
    const { store, webhook, deliveries } = await withDeliveries();
    const [first, second] = deliveries;
    const [id, otherId] = [first?.id ?? '', second?.id ?? ''];
    await store.claimDeliveries(noon, 5 * minute, 10);
    await store.settleDeliveries([{ id, attempts: 0, outcome: { ...delivered, state: 'pending', dueAt: noon + 10 } }]);
    await store.settleDeliveries([
      { id, attempts: 1, outcome: { ...delivered, state: 'failed' as const, error: 'HTTP 500' } },
    ]);
    const again = { ...first, dueAt: noon + minute };
    expect(await store.redeliver(webhook.id, id, noon + minute)).toEqual(again);
    expect((await oldestFirst(store, webhook))[0]).toEqual(again);
    // One that is under way stays as it is, also in the hands of whoever has it.
    expect(await store.redeliver(webhook.id, otherId, noon + minute)).toEqual(second);
    const claimed = await store.claimDeliveries(noon + minute, minute, 10);
    expect(claimed.map(({ delivery }) => delivery)).toEqual([again]);
    expect(await store.redeliver(sampleWebhook().id, id, noon)).toBeNull();
    expect(await store.redeliver(webhook.id, `dlv_${'0'.repeat(26)}`, noon)).toBeNull();
    expect(await store.redeliver(webhook.id, 'mig_1', noon)).toBeNull();
  });

  it('deletes those that ended before a given time', async () => {
    const { store, webhook } = await withDeliveries();
    await create(store);
    await store.fanOut(noon, 100);
    const [one, two, three, four] = (await oldestFirst(store, webhook)).map(({ id }) => id);
    await store.settleDeliveries([{ id: one ?? '', attempts: 0, outcome: { ...delivered, at: noon - 1 } }]);
    await store.settleDeliveries([{ id: two ?? '', attempts: 0, outcome: { ...delivered, at: noon } }]);
    await store.settleDeliveries([
      { id: three ?? '', attempts: 0, outcome: { ...delivered, at: noon - 1, state: 'pending', dueAt: noon } },
    ]);
    expect(await store.forgetDeliveries(noon)).toBe(1);
    expect(await store.forgetDeliveries(noon)).toBe(0);
    expect((await oldestFirst(store, webhook)).map(({ id }) => id)).toEqual([two, three, four]);
    // What is forgotten is not made again.
    await store.fanOut(noon, 100);
    expect(await oldestFirst(store, webhook)).toHaveLength(3);
  });

  it('creates and claims each one once across many processes', async () => {
    const { store, webhook } = await withWebhook();
    const narrow = sampleWebhook({ accounts: ['ali-main'], eventTypes: ['migration.created'] });
    await store.createWebhook(narrow, 10);
    const other = await replica();
    const claimed: Delivery[] = [];
    const dispatch = async (own: Opened) => {
      for (let round = 0; round < 15; round++) {
        await own.fanOut(noon, 4);
        for (const { delivery } of await own.claimDeliveries(noon, minute, 3)) claimed.push(delivery);
      }
    };
    const write = async (own: Opened) => {
      for (let round = 0; round < 20; round++) await create(own, { account: round % 2 ? 'ali-main' : 'tencent' });
    };
    await Promise.all([store, other].flatMap((own) => [dispatch(own), dispatch(own), write(own)]));
    while ((await store.fanOut(noon, 50)).more);
    for (const { delivery } of await store.claimDeliveries(noon, minute, 1000)) claimed.push(delivery);

    const events = await store.events({}, { size: 1000 });
    expect(events).toHaveLength(80);
    expect(await sent(store, webhook)).toEqual(events);
    expect(await sent(store, narrow)).toEqual(
      events.filter(({ account, type }) => account === 'ali-main' && type === 'migration.created'),
    );
    expect(claimed).toHaveLength(100);
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(100);
  });
}
