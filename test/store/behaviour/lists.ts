import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/domain/ids.ts';
import type { Migration } from '../../../src/domain/migration.ts';
import type { MigrationFilter, Store } from '../../../src/domain/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { noon, sampleBackup, sampleMigration } from '../../support/samples.ts';
import { noLease } from '../samples.ts';
import type { Site } from './setup.ts';

const samples: Record<string, Partial<Migration>> = {
  plain: {},
  huawei: { provider: 'huawei', account: 'hw-main', region: 'ap-southeast-3' },
  restoring: { state: 'restoring', createdAt: noon + 100 },
  failed: { state: 'failed', labels: { team: 'orders', stage: 'prod' } },
  named: { name: 'orders-2026', labels: { team: 'orders', stage: 'test' } },
  elsewhere: { target: { instanceId: 'rm-other', overwrite: false }, createdAt: noon + 200 },
};

const filters: readonly (readonly [filter: MigrationFilter, expected: readonly string[]])[] = [
  [{}, Object.keys(samples)],
  [{ provider: 'huawei' }, ['huawei']],
  [{ account: 'hw-main' }, ['huawei']],
  [{ account: 'nobody' }, []],
  [{ region: 'ap-southeast-3' }, ['huawei']],
  [{ states: ['restoring', 'failed'] }, ['restoring', 'failed']],
  [{ states: [] }, []],
  [{ instanceId: 'rm-other' }, ['elsewhere']],
  [{ name: 'orders-2026' }, ['named']],
  [{ name: 'orders' }, []],
  [{ name: 'nul\0' }, []],
  [{ labels: { team: 'orders' } }, ['failed', 'named']],
  [{ labels: { team: 'orders', stage: 'prod' } }, ['failed']],
  [{ labels: { team: 'prod' } }, []],
  [{ createdAfter: noon }, ['restoring', 'elsewhere']],
  [{ createdAfter: noon, createdBefore: noon + 200 }, ['restoring']],
  [{ visibleAccounts: ['hw-main', 'tc-main'] }, ['huawei']],
  [{ visibleAccounts: [] }, []],
  [{ account: 'ali-main', visibleAccounts: ['hw-main'] }, []],
  [{ provider: 'alibaba', states: ['pending'], labels: { stage: 'test' }, name: 'orders-2026' }, ['named']],
];

async function storedSamples(store: Store): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const [name, overrides] of Object.entries(samples)) {
    const migration = sampleMigration(overrides);
    await store.create(migration, noLease);
    names.set(migration.id, name);
  }
  return names;
}

export function listBehaviour(site: Site): void {
  it('uses cached versions and reads the others', async () => {
    const store = await site.open();
    const [first, second, third] = [sampleMigration(), sampleMigration(), sampleMigration()];
    for (const each of [first, second, third]) await store.create(each, noLease);
    await store.update(second.id, (current) => ({ ...current, description: 'changed' }));
    const asked: (readonly [id: string, version: number])[] = [];
    const kept = (id: string, version: number) => {
      asked.push([id, version]);
      return id === first.id ? { id, characters: 4, text: 'kept' } : undefined;
    };
    const found = await store.list({}, { size: 10, order: 'oldest_first' }, kept);
    expect(asked.toSorted()).toEqual(
      [
        [first.id, 1],
        [second.id, 2],
        [third.id, 1],
      ].toSorted(),
    );
    expect(found).toMatchObject([{ text: 'kept' }, { id: second.id, description: 'changed' }, { id: third.id }]);
  });

  it('combines filters', async () => {
    const store = await site.open();
    const names = await storedSamples(store);
    for (const [filter, expected] of filters) {
      const found = await store.list(filter, { size: 200, order: 'oldest_first' });
      expect(
        found.map(({ id }) => names.get(id)),
        JSON.stringify(filter),
      ).toEqual(expected);
    }
  });

  it('includes every id near a time bound', async () => {
    const store = await site.open();
    const made = [-4000, -1, 0, 1, 4000];
    const ids = made.map((ms) => newId('mig', { now: () => noon + ms, randomBytes: systemRuntime.randomBytes }));
    for (const id of ids) await store.create(sampleMigration({ id, createdAt: noon }), noLease);
    for (const order of ['newest_first', 'oldest_first'] as const) {
      const found = async (filter: MigrationFilter) =>
        (await store.list(filter, { size: 10, order })).map(({ id }) => id).sort();
      expect(await found({ createdAfter: noon - 1 })).toEqual(ids);
      expect(await found({ createdBefore: noon + 1 })).toEqual(ids);
      expect(await found({ createdAfter: noon - 1, createdBefore: noon + 1 })).toEqual(ids);
      expect(await found({ createdAfter: noon })).toEqual([]);
      expect(await found({ createdBefore: noon })).toEqual([]);
    }
  });

  it('merges more accounts than fit into one statement', async () => {
    const store = await site.open();
    const accounts = Array.from({ length: 120 }, (_, number) => `account-${number}`);
    const ids: string[] = [];
    for (const account of accounts) {
      const migration = sampleMigration({ account });
      await store.create(migration, noLease);
      ids.push(migration.id);
    }
    const filter = { visibleAccounts: [...accounts, ...accounts], states: ['pending', 'failed'] as const };
    const first = await store.list(filter, { size: 70, order: 'newest_first' });
    const next = await store.list(filter, { size: 70, order: 'newest_first', after: first.at(-1)?.id ?? '' });
    expect([...first, ...next].map(({ id }) => id)).toEqual(ids.toReversed());
    const events = await store.events({ visibleAccounts: accounts }, { size: 1000 });
    expect(events.map(({ id }) => id)).toEqual((await store.events({}, { size: 1000 })).map(({ id }) => id));
  });

  it('finds by changed labels', async () => {
    const store = await site.open();
    const migration = sampleMigration({ labels: { team: 'orders' } });
    await store.create(migration, noLease);
    await store.update(migration.id, (current) => ({ ...current, labels: { team: 'stock' } }));
    const page = { size: 10, order: 'newest_first' } as const;
    expect(await store.list({ labels: { team: 'orders' } }, page)).toEqual([]);
    expect(await store.list({ labels: { team: 'stock' } }, page)).toHaveLength(1);
  });

  describe('paging', () => {
    it.each(['newest_first', 'oldest_first'] as const)('visits every item once, %s', async (order) => {
      const store = await site.open();
      const names = await storedSamples(store);
      const seen: string[] = [];
      for (;;) {
        const after = seen.at(-1);
        const page = await store.list({}, after === undefined ? { size: 4, order } : { size: 4, order, after });
        if (page.length === 0) break;
        seen.push(...page.map(({ id }) => id));
      }
      const sorted = [...names.keys()].toSorted();
      expect(seen).toEqual(order === 'oldest_first' ? sorted : sorted.toReversed());
    });

    it('neither repeats nor skips items while others are stored and removed', async () => {
      const store = await site.open();
      const all: string[] = [];
      for (let count = 0; count < 20; count++) {
        const migration = sampleMigration();
        await store.create(migration, noLease);
        all.push(migration.id);
      }
      const seen: string[] = [];
      for (let page = 0; page < 4; page++) {
        const after = seen.at(-1);
        const items = await store.list(
          {},
          { size: 5, order: 'newest_first', ...(after === undefined ? {} : { after }) },
        );
        seen.push(...items.map(({ id }) => id));
        await store.create(sampleMigration(), noLease);
        // The row after which the next page begins.
        await store.remove(seen.at(-1) ?? '');
      }
      expect(seen).toEqual(all.toReversed());
    });

    it('ends a page early before it becomes very large, and loses nothing', async () => {
      const store = await site.open();
      const [full] = sampleMigration().backups;
      const long = Array.from({ length: 1200 }, () => sampleBackup({ providerStatus: 'x'.repeat(1000) }));
      const ids: string[] = [];
      for (let count = 0; count < 5; count++) {
        const migration = sampleMigration({ backups: [full ?? sampleBackup(), ...long] });
        await store.create(migration, noLease);
        ids.push(migration.id);
      }
      const seen: string[] = [];
      const sizes: number[] = [];
      for (;;) {
        const after = seen.at(-1);
        const page = await store.list({}, { size: 200, order: 'oldest_first', ...(after !== undefined && { after }) });
        if (page.length === 0) break;
        sizes.push(page.length);
        seen.push(...page.map(({ id }) => id));
        expect(page.every(({ backups }) => backups.length === 1201)).toBe(true);
      }
      expect(seen).toEqual(ids);
      expect(Math.max(...sizes)).toBeLessThan(4);
    });
  });

  it('finds positions of removed events and rejects positions of another history', async () => {
    const [store, other] = [await site.open(), await site.open()];
    const migration = sampleMigration();
    await store.create(migration, noLease);
    const told = (await store.events({}, { size: 10 })).map(({ id }) => id);
    expect(new Set(told.map((id) => id.slice(-13))).size).toBe(told.length);
    for (const id of told) expect(await store.hasPlace(id)).toBe(true);
    await other.create(sampleMigration(), noLease);
    for (const id of told) expect(await other.hasPlace(id)).toBe(false);
    await store.remove(migration.id);
    for (const id of told) expect(await store.hasPlace(id)).toBe(true);
    // An event at the position of a lost one has another suffix; an unknown position counts as lost.
    const lost = (id: string) => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
    for (const id of told) expect(await store.hasPlace(lost(id))).toBe(false);
    const ahead = (id: string) => id.replace(/^evt_0{12}./, 'evt_000000000000z');
    for (const id of told) expect(await store.hasPlace(ahead(id))).toBe(false);
    expect(await store.hasPlace('evt_1')).toBe(false);
    expect(await store.forgetRemovedEvents(noon, 100)).toBe(0);
    expect(await store.forgetRemovedEvents(noon + 1, 1)).toBe(1);
    expect(await store.forgetRemovedEvents(noon + 1, 100)).toBe(told.length - 1);
    for (const id of told) expect(await store.hasPlace(id)).toBe(false);
  });
}
