import { expect, it } from 'vitest';
import type { AuditLog } from '../../../src/domain/audit.ts';
import { type Store, UnreadableRecord } from '../../../src/domain/store.ts';
import type { WebhookStore } from '../../../src/domain/webhook.ts';
import { noon, sampleMigration } from '../../support/samples.ts';
import { lease, noLease, onDatabases, sampleWebhook } from '../samples.ts';
import type { Site } from './setup.ts';

type WholeStore = Store & WebhookStore & AuditLog;

/** Valid JSON on both databases that is not a record of Godwit. */
const spoils: readonly (readonly [string, string])[] = [
  ['is empty', `update migrations set document = '{}' where id = $id`],
  ['is no object', `update migrations set document = '[]' where id = $id`],
  ['has an unknown state', `update migrations set document = '{"state":"odd"}' where id = $id`],
  ['has lost its backups', `delete from backups where migration_id = $id`],
  ['has a malformed backup', `update backups set document = 'null' where migration_id = $id`],
  ['has a malformed call', `insert into calls (migration_id, position, document) values ($id, 0, '{}')`],
];

export function unreadableBehaviour(site: Site): void {
  it.each(spoils)('skips a migration that %s and continues with all others', async (_, spoil) => {
    const store = await site.open();
    const [before, spoilt, after] = [sampleMigration(), sampleMigration(), sampleMigration()];
    for (const each of [before, spoilt, after]) await store.create(each, noLease);
    await site.execute(spoil.replace('$id', `'${spoilt.id}'`));

    const newest = await store.list({}, { size: 2, order: 'newest_first' });
    expect(newest.map(({ id }) => id)).toEqual([after.id, before.id]);
    const oldest = await store.list({}, { size: 1, order: 'oldest_first', after: before.id });
    expect(oldest.map(({ id }) => id)).toEqual([after.id]);
    const claims = await store.claim(lease(), 10);
    expect(claims.map(({ migration }) => migration.id)).toEqual([before.id, after.id]);
    // Its lease keeps it from being the first row of every claim.
    expect(await store.claim(lease(), 10)).toEqual([]);
    await expect(store.get(spoilt.id)).rejects.toBeInstanceOf(UnreadableRecord);
    await expect(store.update(spoilt.id, (current) => current)).rejects.toThrow(spoilt.id);
    expect((await store.unreadable()).map(({ id }) => id)).toEqual([spoilt.id]);
  });

  it('clears the mark of a repaired or removed record', async () => {
    const store = await site.open();
    const [first, second] = [sampleMigration(), sampleMigration()];
    for (const each of [first, second]) await store.create(each, noLease);
    await site.execute(`update backups set document = '{"was":1}'`);
    expect(await store.list({}, { size: 10, order: 'newest_first' })).toEqual([]);
    expect(await store.unreadable()).toHaveLength(2);
    await site.execute(`delete from migrations where id = '${first.id}'`);
    await site.execute(`update backups set document = '${JSON.stringify(second.backups[0])}'`);
    expect(await store.unreadable()).toEqual([]);
    expect(await store.list({}, { size: 10, order: 'newest_first' })).toEqual([second]);
  });

  it('treats every word of corrupt vendor ids as taken', async () => {
    const store = await site.open();
    const other = sampleMigration({ providerRefs: { migrateTaskId: '4711' } });
    await store.create(other, noLease);
    await site.execute(`update migrations set vendor_ids = '{"was":"4711"}'`);
    expect(await store.vendorIds(sampleMigration())).toContain('4711');
  });

  it('returns an event without its data, and the events after it', async () => {
    const store = await site.open();
    await store.create(sampleMigration(), noLease);
    await site.execute(`update events set data = '7' where type = 'migration.created'`);
    expect(await store.events({}, { size: 10 })).toMatchObject([
      { type: 'migration.created', data: {} },
      { type: 'backup.added', data: { type: 'full' } },
    ]);
  });

  it('sends other webhooks’ deliveries and gives up one whose event is lost', async () => {
    const store = (await site.open()) as WholeStore;
    const [spoilt, whole] = [sampleWebhook(), sampleWebhook()];
    for (const each of [spoilt, whole]) await store.createWebhook(each, 9);
    await site.execute(`update webhooks set document = '{}' where id = '${spoilt.id}'`);
    const migration = sampleMigration(onDatabases('orders'));
    await store.create(migration, noLease);
    await store.fanOut(noon, 10);
    await site.execute(`update deliveries set event = '0' where position = (select min(position) from deliveries)`);
    const claims = await store.claimDeliveries(noon, 1000, 10);
    expect(claims.map(({ delivery }) => delivery.event.type)).toEqual(['backup.added']);
    expect((await store.listWebhooks({}, { size: 10 })).map(({ id }) => id)).toEqual([whole.id]);
    expect(await store.listDeliveries(whole.id, { state: 'failed' }, { size: 10 })).toEqual([]);
    expect(await store.listDeliveries(whole.id, { state: 'pending' }, { size: 10 })).toHaveLength(1);
  });
}
