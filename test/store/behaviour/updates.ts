import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import type { Store } from '../../../src/domain/store.ts';
import { nextMigrationId, noon, sampleBackup, sampleCall, sampleMigration } from '../../support/samples.ts';
import { lease, noLease, onDatabases } from '../samples.ts';
import type { Site } from './setup.ts';

async function stored(store: Store, overrides: Partial<Migration> = {}): Promise<Migration> {
  const migration = sampleMigration(overrides);
  expect(await store.create(migration, noLease)).toMatchObject({ outcome: 'created' });
  return migration;
}

const described = (description: string) => (current: Migration) => ({ ...current, description });

export function updateBehaviour(site: Site): void {
  it('increments the version by one with every change, whatever the change sets', async () => {
    const store = await site.open();
    const { id } = await stored(store);
    const result = await store.update(id, (current) => ({ ...current, version: 99 }));
    expect(result).toMatchObject({ outcome: 'updated', migration: { version: 2 } });
    expect(await store.get(id)).toMatchObject({ version: 2 });
  });

  it('returns the version alone, also for many concurrent requests, and none for an unknown id', async () => {
    const store = await site.open();
    const first = await stored(store);
    const second = await stored(store);
    expect(await store.version(nextMigrationId())).toBeNull();
    const update = store.update(first.id, described('changed'));
    const [, ...meanwhile] = await Promise.all([update, store.version(first.id), store.version(second.id)]);
    expect(meanwhile).toEqual([expect.toSatisfy((version) => version === 1 || version === 2), 1]);
    expect(await Promise.all([first.id, second.id, first.id].map((id) => store.version(id)))).toEqual([2, 1, 2]);
    await store.remove(second.id);
    expect(await store.version(second.id)).toBeNull();
  });

  it('writes nothing when the change has nothing to do', async () => {
    const store = await site.open();
    const migration = await stored(store);
    expect(await store.update(migration.id, () => null)).toEqual({ outcome: 'unchanged', migration, released: false });
    expect(await store.get(migration.id)).toEqual(migration);
  });

  it('reports an unknown migration', async () => {
    const store = await site.open();
    expect(await store.update(nextMigrationId(), (current) => current)).toEqual({ outcome: 'not_found' });
  });

  it('passes on an exception of the change and stores nothing', async () => {
    const store = await site.open();
    const migration = await stored(store);
    const mine = Object.assign(new Error('mine'), { code: 'ECONNRESET' });
    let runs = 0;
    const attempt = store.update(migration.id, () => {
      runs++;
      throw mine;
    });
    await expect(attempt).rejects.toBe(mine);
    expect(runs).toBe(1);
    expect(await store.get(migration.id)).toEqual(migration);
  });

  it('rejects a move to another instance or account', async () => {
    const store = await site.open();
    const { id } = await stored(store);
    await expect(store.update(id, (current) => ({ ...current, account: 'other' }))).rejects.toThrow('cannot change');
  });

  it('loses none of many concurrent changes', async () => {
    const store = await site.open();
    const other = await site.replica();
    const { id } = await stored(store, { labels: { count: '0' } });
    const add = (current: Migration) => ({ ...current, labels: { count: `${Number(current.labels.count) + 1}` } });
    await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 ? store : other).update(id, add)));
    expect(await store.get(id)).toMatchObject({ labels: { count: '40' }, version: 41 });
  });

  it('deletes a removed migration with everything that belongs to it', async () => {
    const store = await site.open();
    const migration = await stored(store, { labels: { team: 'orders' }, calls: [sampleCall({ refs: { id: 'v-1' } })] });
    expect(await store.remove(migration.id)).toBe(true);
    expect(await store.get(migration.id)).toBeNull();
    expect(await store.events({ migrationId: migration.id }, { size: 10 })).toEqual([]);
    expect(await store.list({ labels: { team: 'orders' } }, { size: 10, order: 'newest_first' })).toEqual([]);
    expect(await store.remove(migration.id)).toBe(false);
  });

  it('does not remove a migration that the transaction’s check rejects', async () => {
    const store = await site.open();
    const { id } = await stored(store, { description: 'stays' });
    const refusal = new Error('not now');
    const seen: (string | null)[] = [];
    const check = ({ description }: Migration) => {
      seen.push(description);
      throw refusal;
    };
    await expect(store.remove(id, check)).rejects.toBe(refusal);
    expect(seen).toEqual(['stays']);
    expect(await store.get(id)).toMatchObject({ id });
  });

  it('returns when the changed migration is due', async () => {
    const store = await site.open();
    const heard: (number | null)[] = [];
    const migration = sampleMigration();
    const created = await store.create(migration, lease());
    if (created.outcome !== 'created') throw new Error(created.outcome);
    const { fence } = created;
    store.onChange((_id, claimableAt) => heard.push(claimableAt));
    const due = (dueAt: number | null) => (current: Migration) => ({ ...current, dueAt });
    await store.update(migration.id, due(noon + 1), { fence });
    await store.update(migration.id, due(noon + 2), { fence, release: true });
    await store.update(migration.id, due(noon + 3));
    await store.update(migration.id, due(null));
    await store.remove(migration.id);
    expect(heard).toEqual([null, noon + 2, noon + 3, null, null]);
  });

  it('renews or releases a lease as the stored state demands', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    const created = await store.create(migration, lease());
    if (created.outcome !== 'created') throw new Error(created.outcome);
    const options = {
      fence: created.fence,
      renewLease: lease(),
      release: (stored: Migration) => stored.dueAt === null || stored.dueAt > noon,
    };
    const due = (dueAt: number) => (current: Migration) => ({ ...current, dueAt });
    expect(await store.update(migration.id, due(noon), options)).toMatchObject({ outcome: 'updated', released: false });
    expect(await store.claim(lease({ owner: 'other' }), 1)).toEqual([]);
    expect(await store.update(migration.id, due(noon + 1), options)).toMatchObject({
      outcome: 'updated',
      released: true,
    });
    expect(await store.claim(lease({ owner: 'other', now: noon + 1 }), 1)).toMatchObject([
      { migration: { id: migration.id } },
    ]);

    const again = sampleMigration({ dueAt: noon + 1 });
    const second = await store.create(again, lease());
    if (second.outcome !== 'created') throw new Error(second.outcome);
    expect(await store.update(again.id, () => null, { ...options, fence: second.fence })).toMatchObject({
      outcome: 'unchanged',
      released: true,
    });
    expect(await store.update(again.id, due(noon), { fence: second.fence })).toEqual({ outcome: 'fenced' });
  });

  it('notifies listeners of changes and of nothing else', async () => {
    const store = await site.open();
    const heard: string[] = [];
    const stop = store.onChange((id) => heard.push(id));
    const one = await stored(store);
    await store.update(one.id, () => null);
    await store.update(one.id, described('changed'));
    await store.create({ ...sampleMigration(), target: one.target }, noLease);
    await store.remove(one.id);
    stop();
    await stored(store);
    expect(heard).toEqual([one.id, one.id, one.id]);
  });

  describe('fencing', () => {
    it('accepts the holder and rejects any other owner or token', async () => {
      const store = await site.open();
      const migration = sampleMigration();
      const created = await store.create(migration, lease());
      if (created.outcome !== 'created') throw new Error(created.outcome);
      const { fence } = created;
      expect(await store.update(migration.id, described('a'), { fence })).toMatchObject({ outcome: 'updated' });
      for (const wrong of [
        { ...fence, owner: 'other' },
        { ...fence, token: fence.token + 1 },
        { ...fence, token: fence.token - 1 },
      ])
        expect(await store.update(migration.id, described('b'), { fence: wrong })).toEqual({ outcome: 'fenced' });
      expect(await store.get(migration.id)).toMatchObject({ description: 'a', version: 2 });
    });

    it('rejects a paused process after its successor has claimed', async () => {
      const store = await site.open();
      const migration = sampleMigration();
      const created = await store.create(migration, lease({ owner: 'paused', leaseMs: -1 }));
      if (created.outcome !== 'created') throw new Error(created.outcome);
      const [claim] = await store.claim(lease({ owner: 'successor' }), 1);
      expect(claim?.fence.token).toBe(created.fence.token + 1);
      expect(await store.update(migration.id, described('late'), { fence: created.fence })).toEqual({
        outcome: 'fenced',
      });
    });

    it('rejects a change under a released lease', async () => {
      const store = await site.open();
      const migration = sampleMigration();
      const created = await store.create(migration, lease());
      if (created.outcome !== 'created') throw new Error(created.outcome);
      const { fence } = created;
      await store.update(migration.id, () => null, { fence, release: true });
      expect(await store.update(migration.id, described('b'), { fence })).toEqual({ outcome: 'fenced' });
    });
  });

  describe('vendor ids', () => {
    const place = { account: 'ali-main', cloud: { endpoint: 'https://rds.example', id: null } };
    const asked = (more: Partial<Migration> = {}) => sampleMigration({ ...place, ...more });

    it('are those of migrations, backups and calls on the same instance, except its own', async () => {
      const store = await site.open();
      const all = await stored(store, {
        ...place,
        state: 'failed',
        providerRefs: { migrateTaskId: 'm-1' },
        backups: [sampleBackup({ providerRefs: { jobId: 'b-1' } })],
        calls: [sampleCall({ refs: { taskId: 'c-1', again: 'b-1' } })],
      });
      const own = await stored(store, { ...place, providerRefs: { migrateTaskId: 'm-2' } });
      await stored(store, {
        ...place,
        target: { instanceId: 'rm-other', overwrite: false },
        providerRefs: { migrateTaskId: 'm-4' },
      });
      expect(await store.vendorIds(own)).toEqual(new Set(['m-1', 'b-1', 'c-1']));
      await store.update(all.id, (current) => ({ ...current, providerRefs: { migrateTaskId: 'm-5' } }));
      expect(await store.vendorIds(own)).toEqual(new Set(['m-5', 'b-1', 'c-1']));
    });

    it('include those of the same cloud account under another name, and none of another cloud', async () => {
      const store = await site.open();
      await stored(store, { ...place, account: 'renamed', providerRefs: { migrateTaskId: 'm-1' } });
      await stored(store, {
        account: 'elsewhere',
        cloud: { endpoint: 'https://rds.elsewhere', id: null },
        providerRefs: { migrateTaskId: 'm-2' },
      });
      await stored(store, { account: 'renamed', providerRefs: { migrateTaskId: 'm-3' } });
      expect(await store.vendorIds(asked())).toEqual(new Set(['m-1']));
      expect(await store.vendorIds(sampleMigration({ account: 'renamed' }))).toEqual(new Set(['m-1', 'm-3']));
    });

    it('are adopted by one migration only, in any order and after its end', async () => {
      const store = await site.open();
      const adopting = (...databases: string[]) => {
        const calls = [sampleCall({ state: 'accepted', refs: { migrateTaskId: 'm-9' }, adopted: true })];
        return sampleMigration({ ...onDatabases(...databases), calls, state: 'succeeded', dueAt: null });
      };
      const results = await Promise.all(['one', 'two'].map((name) => store.create(adopting(name), noLease)));
      expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['created', 'ids_taken']);
    });

    it('outlive their migration until they are deleted in batches', async () => {
      const store = await site.open();
      const day = 86_400_000;
      const old = await stored(store, {
        ...place,
        updatedAt: noon - 2 * day,
        providerRefs: { a: 'old-1', b: 'old-2' },
      });
      const young = await stored(store, {
        ...place,
        updatedAt: noon,
        calls: [sampleCall({ refs: { migrateTaskId: 'young' } })],
      });
      for (const { id } of [old, young]) await store.remove(id);
      expect(await store.vendorIds(asked())).toEqual(new Set(['old-1', 'old-2', 'young']));
      expect(await store.vendorIds(asked({ account: 'renamed' }))).toEqual(new Set(['old-1', 'old-2', 'young']));
      expect(await store.vendorIds(sampleMigration({ account: 'other' }))).toEqual(new Set());
      expect(await store.vendorIds(asked({ provider: 'huawei' }))).toEqual(new Set());
      expect(await store.forgetVendorIds(noon - day, 1)).toBe(1);
      expect(await store.forgetVendorIds(noon - day, 100)).toBe(1);
      expect(await store.forgetVendorIds(noon - day, 100)).toBe(0);
      expect(await store.vendorIds(asked())).toEqual(new Set(['young']));
    });
  });
}
