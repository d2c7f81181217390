import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import type { Store } from '../../../src/domain/store.ts';
import { noon, sampleBackup, sampleMigration } from '../../support/samples.ts';
import { lease, noLease, onDatabases } from '../samples.ts';
import type { Site } from './setup.ts';

async function stored(store: Store, overrides: Partial<Migration> = {}): Promise<Migration> {
  const migration = sampleMigration(overrides);
  expect(await store.create(migration, noLease)).toMatchObject({ outcome: 'created' });
  return migration;
}

const became = (state: Migration['state']) => (current: Migration) => ({ ...current, state });
const occupying = (current: Migration): Migration => ({ ...current, occupiesInstance: true, stateReason: null });
const leaving = (current: Migration): Migration => ({ ...current, occupiesInstance: false });
const waiting = (current: Migration): Migration => ({
  ...current,
  stateReason: 'queued_behind_target',
  dueAt: noon + 60_000,
});

export function targetBehaviour(site: Site): void {
  describe('target_busy', () => {
    it('names the holder of one of many databases', async () => {
      const store = await site.open();
      const names = Array.from({ length: 20 }, (_, index) => `db-${index}`);
      const holder = sampleMigration(onDatabases('db-17'));
      await store.create(holder, lease());
      const wanted = sampleMigration(onDatabases(...names));
      expect(await store.create(wanted, lease())).toEqual({ outcome: 'target_busy', migrationId: holder.id });
    });

    it('rejects a second active migration of the same database and names the first', async () => {
      const store = await site.open();
      const first = await stored(store, onDatabases('Orders'));
      const second = sampleMigration(onDatabases('other', 'ORDERS'));
      expect(await store.create(second, lease())).toEqual({ outcome: 'target_busy', migrationId: first.id });
      expect(await store.get(second.id)).toBeNull();
    });

    it.each(['succeeded', 'failed', 'cancelled'] as const)('frees the target of a migration that %s', async (state) => {
      const store = await site.open();
      const first = await stored(store, onDatabases('orders'));
      await store.update(first.id, became(state));
      await stored(store, onDatabases('orders'));
    });

    it('frees the target of a removed migration', async () => {
      const store = await site.open();
      const first = await stored(store, onDatabases('orders'));
      await store.remove(first.id);
      await stored(store, onDatabases('orders'));
    });

    it('ignores other accounts and instances', async () => {
      const store = await site.open();
      await stored(store, onDatabases('orders'));
      await stored(store, { ...onDatabases('orders'), account: 'other' });
      const { target } = onDatabases('orders');
      await stored(store, { target: { ...target, instanceId: 'rm-other' } });
    });

    it('does not reactivate a terminal migration while its target is taken', async () => {
      const store = await site.open();
      const first = await stored(store, onDatabases('orders'));
      await store.update(first.id, became('failed'));
      const second = await stored(store, onDatabases('orders'));
      expect(await store.update(first.id, became('pending'))).toEqual({
        outcome: 'target_busy',
        migrationId: second.id,
      });
      expect(await store.get(first.id)).toMatchObject({ state: 'failed', version: 2 });
      await store.update(second.id, became('cancelled'));
      expect(await store.update(first.id, became('pending'))).toMatchObject({ outcome: 'updated' });
      expect(await store.create(sampleMigration(onDatabases('orders')), lease())).toEqual({
        outcome: 'target_busy',
        migrationId: first.id,
      });
    });

    const unnamed = { target: { instanceId: 'rm-uf6wjk5', overwrite: false } };
    it('reports the current holder of a target', async () => {
      const store = await site.open();
      const second = sampleMigration(onDatabases('other', 'ORDERS'));
      expect(await store.targetHolder(second)).toBeNull();
      const first = await stored(store, onDatabases('Orders'));
      expect(await store.targetHolder(second)).toBe(first.id);
      expect(await store.targetHolder(first)).toBeNull();
    });

    it('compares sources when one side names no databases', async () => {
      const store = await site.open();
      const first = await stored(store, unnamed);
      expect(await store.create(sampleMigration(onDatabases('orders')), lease())).toEqual({
        outcome: 'target_busy',
        migrationId: first.id,
      });
      expect(await store.create(sampleMigration(unnamed), lease())).toMatchObject({ outcome: 'target_busy' });
      const elsewhere = sampleBackup({ source: { type: 'object_storage', bucket: 'acme', keys: ['else.bak'] } });
      await stored(store, { ...onDatabases('orders'), backups: [elsewhere] });
    });

    it('does not compare sources when both sides name databases', async () => {
      const store = await site.open();
      await stored(store, onDatabases('orders'));
      await stored(store, onDatabases('stock'));
    });

    it('admits exactly one of fifty concurrent creations', async () => {
      const store = await site.open();
      const other = await site.replica();
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 ? store : other).create(sampleMigration(onDatabases(index % 3 ? 'orders' : 'ORDERS')), lease()),
        ),
      );
      expect(results.filter((result) => result.outcome === 'created')).toHaveLength(1);
      expect(results.filter((result) => result.outcome === 'target_busy')).toHaveLength(49);
      expect(await store.list({}, { size: 200, order: 'newest_first' })).toHaveLength(1);
    });

    it('admits exactly one of many concurrent retries', async () => {
      const store = await site.open();
      const other = await site.replica();
      const ids: string[] = [];
      for (let count = 0; count < 20; count++) {
        const { id } = await stored(store, onDatabases('orders'));
        await store.update(id, became('failed'));
        ids.push(id);
      }
      const results = await Promise.all(
        ids.map((id, index) => (index % 2 ? store : other).update(id, became('pending'))),
      );
      expect(results.filter((result) => result.outcome === 'updated')).toHaveLength(1);
    });
  });

  describe('one migration per instance', () => {
    it('rejects the second migration on the instance and says so', async () => {
      const store = await site.open();
      const first = await stored(store);
      const second = await stored(store);
      const elsewhere = await stored(store, { account: 'other' });
      expect(await store.update(first.id, occupying)).toMatchObject({ outcome: 'updated' });
      expect(await store.update(second.id, occupying)).toEqual({ outcome: 'instance_occupied' });
      expect(await store.update(elsewhere.id, occupying)).toMatchObject({ outcome: 'updated' });
      expect(await store.update(first.id, occupying)).toMatchObject({ outcome: 'updated' });
      await store.update(first.id, leaving);
      expect(await store.update(second.id, occupying)).toMatchObject({ outcome: 'updated' });
    });

    it('admits exactly one of many concurrent migrations', async () => {
      const store = await site.open();
      const other = await site.replica();
      const all = await Promise.all(Array.from({ length: 30 }, () => stored(store)));
      const results = await Promise.all(all.map(({ id }, index) => (index % 2 ? store : other).update(id, occupying)));
      expect(results.filter((result) => result.outcome === 'updated')).toHaveLength(1);
      expect(results.filter((result) => result.outcome === 'instance_occupied')).toHaveLength(29);
    });

    it.each([
      ['stops occupying it', (store: Store, id: string) => store.update(id, leaving)],
      ['is removed', (store: Store, id: string) => store.remove(id)],
    ])('makes waiting migrations due, oldest first, when the occupant %s', async (_, leave) => {
      const store = await site.open();
      const occupant = await stored(store, { dueAt: null });
      await store.update(occupant.id, occupying);
      const younger = await stored(store, { dueAt: null, createdAt: noon - 10 });
      const older = await stored(store, { dueAt: null, createdAt: noon - 20 });
      const elsewhere = await stored(store, { dueAt: null, account: 'other' });
      await store.update(elsewhere.id, occupying);
      const alien = await stored(store, { dueAt: null, account: 'other' });
      for (const { id } of [younger, older, alien]) await store.update(id, waiting);
      expect(await store.claim(lease(), 10)).toEqual([]);
      const heard: string[] = [];
      store.onChange((id) => heard.push(id));

      await leave(store, occupant.id);
      expect(heard.toSorted()).toEqual([occupant.id, younger.id, older.id].toSorted());
      const claims = await store.claim(lease(), 10);
      expect(claims.map(({ migration }) => migration.id)).toEqual([older.id, younger.id]);
    });

    it('makes a migration due at once that starts to wait on a free instance', async () => {
      const store = await site.open();
      const late = await stored(store);
      await store.update(late.id, waiting);
      expect(await store.claim(lease(), 10)).toHaveLength(1);
      // It still waits for another reason, so it is not woken at once again.
      await store.update(late.id, waiting);
      expect(await store.get(late.id)).toMatchObject({ dueAt: noon + 60_000 });
    });

    it('loses no wake-up when leaving and starting to wait coincide', async () => {
      const store = await site.open();
      const other = await site.replica();
      for (let round = 0; round < 15; round++) {
        const occupant = await stored(store, { dueAt: null });
        await store.update(occupant.id, occupying);
        const waiter = await stored(store, { dueAt: null });
        await Promise.all([store.update(occupant.id, leaving), other.update(waiter.id, waiting)]);
        expect((await store.get(waiter.id))?.dueAt).toBe(waiter.createdAt);
        for (const { id } of [occupant, waiter]) await store.remove(id);
      }
    });
  });
}
