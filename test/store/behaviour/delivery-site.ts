import type { MigrationEvent } from '../../../src/domain/event.ts';
import type { Migration } from '../../../src/domain/migration.ts';
import type { Store } from '../../../src/domain/store.ts';
import type { AttemptOutcome, Delivery, Webhook, WebhookStore } from '../../../src/domain/webhook.ts';
import { noon, sampleMigration } from '../../support/samples.ts';
import { noLease, sampleWebhook } from '../samples.ts';
import type { Site } from './setup.ts';

export type Opened = Store & WebhookStore;

/** A lease that has expired when it is taken, by whatever clock. */
export const over = -1;
export const minute = 60_000;
export const delivered = {
  state: 'delivered',
  at: noon + 5,
  status: 204,
  error: null,
  dueAt: null,
} as const satisfies AttemptOutcome;

/** Stores of one site, opened with webhooks and deliveries. */
export function deliverySite(site: Site) {
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

  /** Deliveries of a webhook in the order of their events. */
  async function oldestFirst(store: Opened, webhook: Webhook): Promise<readonly Delivery[]> {
    return (await store.listDeliveries(webhook.id, {}, { size: 1000 })).toReversed();
  }

  /** Events of the deliveries that a webhook has. */
  async function sent(store: Opened, webhook: Webhook): Promise<readonly MigrationEvent[]> {
    return (await oldestFirst(store, webhook)).map(({ event }) => event);
  }

  async function create(store: Opened, overrides: Partial<Migration> = {}): Promise<Migration> {
    const migration = sampleMigration(overrides);
    await store.create(migration, noLease);
    return migration;
  }
  return { open, replica, withWebhook, withDeliveries, oldestFirst, sent, create };
}
