import { expect, it } from 'vitest';
import type { IdempotencyKey, Store } from '../../../src/domain/store.ts';
import type { WebhookStore } from '../../../src/domain/webhook.ts';
import { nextMigrationId, noon, sampleMigration } from '../../support/samples.ts';
import { noLease, sampleWebhook } from '../samples.ts';
import type { Site } from './setup.ts';

const key: IdempotencyKey = { caller: 'ci', key: 'k-1', fingerprint: 'f00d' };

export function webhookBehaviour(site: Site): void {
  const open = async () => (await site.open()) as Store & WebhookStore;

  it('returns the created webhook', async () => {
    const store = await open();
    const webhook = sampleWebhook({
      eventTypes: ['migration.created', 'backup.added'],
      accounts: ['ali-main', 'hw-main'],
      description: 'told “twice” \0',
    });
    expect(await store.createWebhook(webhook, 10)).toEqual({ outcome: 'created' });
    expect(await store.getWebhook(webhook.id)).toEqual(webhook);
    const off = sampleWebhook({ enabled: false, disabledReason: 'gone' });
    await store.createWebhook(off, 10);
    expect(await store.getWebhook(off.id)).toEqual(off);
    expect(await store.getWebhook(sampleWebhook().id)).toBeNull();
  });

  it('stores no more than the maximum, even for concurrent requests', async () => {
    const store = await open();
    const other = (await site.replica()) as Store & WebhookStore;
    const creations = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).createWebhook(sampleWebhook(), 3)),
    );
    expect(creations.filter(({ outcome }) => outcome === 'created')).toHaveLength(3);
    expect(creations.filter(({ outcome }) => outcome === 'too_many')).toHaveLength(17);
    expect(await store.listWebhooks({}, { size: 50 })).toHaveLength(3);
  });

  it('creates one for many requests with one key and returns its record to the others', async () => {
    const store = await open();
    const other = (await site.replica()) as Store & WebhookStore;
    const creations = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).createWebhook(sampleWebhook(), 1, key)),
    );
    expect(creations.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    const [made, ...more] = await store.listWebhooks({}, { size: 50 });
    expect(more).toEqual([]);
    const record = { ...key, resource: { type: 'webhook', id: made?.id }, answer: null, createdAt: noon };
    for (const creation of creations)
      if (creation.outcome !== 'created') expect(creation).toMatchObject({ outcome: 'key_exists', record });
    expect(await store.findIdempotencyKey('ci', 'k-1')).toMatchObject(record);
  });

  it('is rejected when its caller has the maximum; another caller’s is not', async () => {
    const store = await open();
    const limits = { inAll: 10, perCaller: 2 };
    const of = (caller: string) => store.createWebhook(sampleWebhook({ caller }), limits);
    expect([await of('a'), await of('a'), await of('a'), await of('b')].map(({ outcome }) => outcome)).toEqual([
      'created',
      'created',
      'too_many',
      'created',
    ]);
  });

  it('stores no key for a rejected request', async () => {
    const store = await open();
    expect(await store.createWebhook(sampleWebhook(), 0, key)).toEqual({ outcome: 'too_many' });
    expect(await store.findIdempotencyKey('ci', 'k-1')).toBeNull();
  });

  it('lists the oldest first in full pages of visible webhooks', async () => {
    const store = await open();
    const accounts = [['ali-main'], ['*'], ['ali-main', 'hw-main'], ['hw-main'], ['ali-main'], ['ali-main', '*']];
    const all = accounts.map((each) => sampleWebhook({ accounts: each }));
    for (const webhook of all.toReversed()) await store.createWebhook(webhook, 10);
    const listed = async (visibleAccounts: readonly string[] | undefined, size: number, after?: number) => {
      const filter = visibleAccounts === undefined ? {} : { visibleAccounts };
      const cursor = after === undefined ? {} : { after: all[after]?.id ?? '' };
      const webhooks = await store.listWebhooks(filter, { size, ...cursor });
      return webhooks.map(({ id }) => all.findIndex((each) => each.id === id));
    };
    expect(await listed(undefined, 4)).toEqual([0, 1, 2, 3]);
    expect(await listed(undefined, 4, 3)).toEqual([4, 5]);
    expect(await listed(['ali-main'], 2)).toEqual([0, 4]);
    expect(await listed(['ali-main'], 2, 0)).toEqual([4]);
    expect(await listed(['ali-main', 'hw-main', 'unknown'], 3)).toEqual([0, 2, 3]);
    expect(await listed(['ali-main', '*'], 10)).toEqual([0, 4]);
    expect(await listed([], 10)).toEqual([]);
  });

  it('increments the version and lists by the current accounts', async () => {
    const store = await open();
    const webhook = sampleWebhook();
    await store.createWebhook(webhook, 10);
    const changed = await store.updateWebhook(webhook.id, (current) => ({
      ...current,
      accounts: ['hw-main'],
      enabled: false,
      disabledReason: 'no answer',
      updatedAt: noon + 1,
    }));
    const expected = {
      ...webhook,
      accounts: ['hw-main'],
      enabled: false,
      disabledReason: 'no answer',
      updatedAt: noon + 1,
      version: 2,
    };
    expect(changed).toEqual(expected);
    expect(await store.getWebhook(webhook.id)).toEqual(expected);
    expect(await store.listWebhooks({ visibleAccounts: ['hw-main'] }, { size: 10 })).toEqual([expected]);
    expect(await store.updateWebhook(webhook.id, () => null)).toEqual(expected);
    expect(await store.getWebhook(webhook.id)).toEqual(expected);
    expect(await store.updateWebhook(sampleWebhook().id, (current) => current)).toBeNull();
  });

  it('loses none of many concurrent changes', async () => {
    const store = await open();
    const other = (await site.replica()) as Store & WebhookStore;
    const webhook = sampleWebhook({ description: '' });
    await store.createWebhook(webhook, 10);
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 ? store : other).updateWebhook(webhook.id, (current) => ({
          ...current,
          description: `${current.description}x`,
        })),
      ),
    );
    expect(await store.getWebhook(webhook.id)).toEqual({ ...webhook, description: 'xxxxxxxxxx', version: 11 });
  });

  it('passes on an exception of a change or check and keeps the webhook', async () => {
    const store = await open();
    const webhook = sampleWebhook();
    await store.createWebhook(webhook, 10);
    const mine = new Error('mine');
    const refuse = () => {
      throw mine;
    };
    await expect(store.updateWebhook(webhook.id, refuse)).rejects.toBe(mine);
    await expect(store.removeWebhook(webhook.id, refuse)).rejects.toBe(mine);
    await expect(store.updateWebhook(webhook.id, () => sampleWebhook())).rejects.toThrow('cannot change');
    expect(await store.getWebhook(webhook.id)).toEqual(webhook);
  });

  it('deletes a webhook with its own deliveries only', async () => {
    const store = await open();
    const [gone, kept] = [sampleWebhook(), sampleWebhook()];
    for (const webhook of [gone, kept]) await store.createWebhook(webhook, 10);
    await store.create(sampleMigration(), noLease);
    await store.fanOut(noon, 10);
    const seen: string[] = [];
    expect(await store.removeWebhook(gone.id, ({ id }) => seen.push(id))).toBe(true);
    expect(seen).toEqual([gone.id]);
    expect(await store.removeWebhook(gone.id)).toBe(false);
    expect(await store.getWebhook(gone.id)).toBeNull();
    expect(await store.listDeliveries(gone.id, {}, { size: 10 })).toEqual([]);
    const claimed = await store.claimDeliveries(noon, 1000, 10);
    expect(claimed.map(({ webhook }) => webhook)).toEqual([kept, kept]);
  });

  it('notifies no migration listeners', async () => {
    const store = await open();
    const migration = sampleMigration();
    const webhook = sampleWebhook();
    await store.createWebhook(webhook, 10, key);
    await store.create(migration, noLease);
    const heard: string[] = [];
    store.onChange((id) => heard.push(id));
    await store.updateWebhook(webhook.id, (current) => ({ ...current, description: 'x' }));
    await store.fanOut(noon, 10);
    const [claimed] = await store.claimDeliveries(noon, 1000, 1);
    const outcome = { state: 'failed', at: noon, status: 500, error: 'HTTP 500', dueAt: null } as const;
    await store.settleDeliveries([{ id: claimed?.delivery.id ?? '', attempts: 0, outcome: outcome }]);
    await store.redeliver(webhook.id, claimed?.delivery.id ?? '', noon);
    await store.removeWebhook(webhook.id);
    // Earlier notifications have arrived before this one.
    await store.remove(migration.id);
    await expect.poll(() => heard).toEqual([migration.id]);
    expect(await store.remove(nextMigrationId())).toBe(false);
  });
}
