import { expect, it } from 'vitest';
import type { Delivery } from '../../../src/domain/webhook.ts';
import { noon } from '../../support/samples.ts';
import { sampleWebhook } from '../samples.ts';
import { delivered, deliverySite, minute, type Opened, over } from './delivery-site.ts';
import type { Site } from './setup.ts';

/** How deliveries are claimed, settled, listed and deleted. */
export function deliveryBehaviour(site: Site): void {
  const { replica, withWebhook, withDeliveries, oldestFirst, sent, create } = deliverySite(site);

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
    // A delivery under way stays unchanged and claimed.
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
    // A deleted delivery is not created again.
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
