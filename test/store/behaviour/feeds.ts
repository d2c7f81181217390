import { expect, it } from 'vitest';
import type { FeedStore } from '../../../src/domain/feed-store.ts';
import type { Feed, Migration } from '../../../src/domain/migration.ts';
import type { Store } from '../../../src/domain/store.ts';
import { noon, sampleMigration } from '../../support/samples.ts';
import { noLease } from '../samples.ts';
import type { Site } from './setup.ts';

const feed: Feed = {
  bucket: 'acme-backups',
  prefix: 'prod/orders/',
  watch: true,
  lastFile: null,
  closed: false,
  gap: null,
  refused: [],
  newestFinishedAt: null,
  scannedAt: null,
};

export function feedBehaviour(site: Site): void {
  const open = async () => (await site.open()) as Store & FeedStore;
  let count = 0;
  const watching = (change: Partial<Feed> = {}): Migration => {
    count++;
    const target = { instanceId: `rm-watches${count}`, overwrite: false };
    return sampleMigration({ mode: 'full_log', target, feed: { ...feed, ...change } });
  };
  const folderOf = (store: FeedStore, migration: Migration): string => {
    const id = store.folderIdOf(migration);
    if (id === null) throw new Error('it watches no folder');
    return id;
  };

  it('gives a watched folder to one scanner at a time and to the next when the lease expires', async () => {
    const store = await open();
    const [one, other] = [watching(), watching()];
    await store.create(one, noLease);
    await store.create(other, noLease);
    const claimed = await store.claimFolder('a', noon + 1000, 500);
    expect(claimed).toMatchObject({
      account: one.account,
      bucket: 'acme-backups',
      prefix: 'prod/orders/',
      failures: 0,
    });
    expect(await store.claimFolder('b', noon + 1000, 500)).toBeNull();
    expect(await store.watchersOf(claimed?.id ?? '')).toEqual([one.id, other.id].toSorted());
    const again = await store.claimFolder('b', noon + 1600, 500);
    if (claimed === null || again === null) throw new Error('the folder is not due');
    expect(again.id).toBe(claimed.id);
    const end = { scannedAt: noon + 1700, dueAt: noon + 5000, failures: 2 };
    expect(await store.finishFolder(claimed, 'a', end)).toBe(false);
    expect(await store.finishFolder(again, 'b', end)).toBe(true);
    expect(await store.folder(claimed?.id ?? '')).toMatchObject({ failures: 2, scannedAt: noon + 1700 });
    expect(await store.claimFolder('a', noon + 4999, 500)).toBeNull();
    await store.wakeFolder(claimed?.id ?? '', noon + 2000);
    expect((await store.claimFolder('a', noon + 2000, 500))?.id).toBe(claimed?.id);
  });

  it.each([noon + 5000, null])(
    'keeps a folder due that is woken during its scan (next scan otherwise: %s)',
    async (dueAt) => {
      const store = await open();
      const [watcher, late] = [watching({ prefix: `woken/${dueAt}/` }), watching({ prefix: `woken/${dueAt}/` })];
      await store.create(watcher, noLease);
      const folder = async () => {
        const claimed = await store.claimFolder('a', noon + 1000, 500);
        if (claimed === null) throw new Error('the folder is not due');
        return claimed;
      };
      const end = { scannedAt: noon + 1100, dueAt, failures: 0 };

      const first = await folder();
      await store.wakeFolder(first.id, noon + 1050);
      expect(await store.finishFolder(first, 'a', end)).toBe(true);
      expect(await store.folder(first.id)).toMatchObject({ dueAt: noon + 1050, scannedAt: noon + 1100 });

      const second = await store.claimFolder('a', noon + 1200, 500);
      if (second === null) throw new Error('the folder is not due');
      await store.create(late, noLease);
      expect(await store.finishFolder(second, 'a', end)).toBe(true);
      expect((await store.folder(first.id))?.dueAt).not.toBe(dueAt);
      await store.forgetFolders();
      expect((await store.claimFolder('b', noon + 1300, 500))?.id).toBe(first.id);
    },
  );

  it('renews a lease for its holder alone, and tells that the folder was woken', async () => {
    const store = await open();
    const migration = watching({ prefix: 'renewed/' });
    await store.create(migration, noLease);
    const id = folderOf(store, migration);
    const lease = { now: noon + 1400, leaseMs: 500, scannedAt: noon + 1100 };
    const claimed = await store.claimFolder('a', noon + 1000, 500);
    if (claimed === null) throw new Error('the folder is not due');
    expect(await store.renewFolder(claimed, 'b', lease)).toBe('lost');
    expect(await store.renewFolder(claimed, 'a', lease)).toBe('held');
    expect(await store.folder(id)).toMatchObject({ scannedAt: noon + 1100 });
    expect(await store.claimFolder('b', noon + 1800, 500)).toBeNull();
    await store.wakeFolder(id, noon + 1850);
    expect(await store.renewFolder(claimed, 'a', { ...lease, scannedAt: null })).toBe('woken');
    expect(await store.claimFolder('b', noon + 1900, 500)).toMatchObject({ id });
    expect(await store.renewFolder(claimed, 'a', { ...lease, scannedAt: null })).toBe('lost');
  });

  it('stores what was seen of each object in key order, whatever the keys are', async () => {
    const store = await open();
    const migration = watching({ prefix: 'seen/' });
    await store.create(migration, noLease);
    const id = folderOf(store, migration);
    const keys = ['seen/b', 'seen/a', 'seen/Ä', 'seen/数', 'seen/\'"', 'seen/Z'];
    await store.changeFolderDocuments(
      id,
      keys.map((key) => ({ key, document: '{"v":1}' })),
      [],
    );
    await store.changeFolderDocuments(id, [{ key: 'seen/a', document: '{"v":2}' }], ['seen/b', 'seen/none']);
    const documents = await store.folderDocuments(id, null, 10_000);
    const sorted = keys
      .filter((key) => key !== 'seen/b')
      .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(documents.map(({ key }) => key)).toEqual(sorted);
    expect(documents.map(({ document }) => JSON.parse(document).v)).toEqual(
      sorted.map((key) => (key === 'seen/a' ? 2 : 1)),
    );
    const first = await store.folderDocuments(id, null, 3);
    const second = await store.folderDocuments(id, first.at(-1)?.key ?? null, 3);
    expect([...first, ...second].map(({ key }) => key)).toEqual(sorted);
    const many = Array.from({ length: 1500 }, (_, index) => ({ key: `seen/m${index}`, document: '{}' }));
    await store.changeFolderDocuments(id, many, []);
    await store.changeFolderDocuments(
      id,
      [],
      many.map(({ key }) => key),
    );
    expect(await store.folderDocuments(id, null, 10_000)).toHaveLength(5);
  });

  it('deletes a folder when no migration refers to it, ended ones included', async () => {
    const store = await open();
    const migration = watching({ prefix: 'gone/' });
    await store.create(migration, noLease);
    const id = folderOf(store, migration);
    await store.changeFolderDocuments(id, [{ key: 'gone/a', document: '{}' }], []);
    await store.update(migration.id, (current) => ({ ...current, feed: { ...feed, prefix: 'gone/', closed: true } }));
    expect(await store.watchersOf(id)).toEqual([]);
    await store.forgetFolders();
    expect(await store.folderDocuments(id, null, 10_000)).toHaveLength(1);
    await store.remove(migration.id);
    await store.forgetFolders();
    expect(await store.folder(id), 'the next scan finds that nobody watches it').not.toBeNull();
    const claimed = await store.claimFolder('a', noon + 60_000, 500);
    if (claimed?.id !== id) throw new Error('the folder is not due');
    await store.finishFolder(claimed, 'a', { scannedAt: null, dueAt: null, failures: 0 });
    await store.forgetFolders();
    expect([await store.folder(id), await store.folderDocuments(id, null, 10_000)]).toEqual([null, []]);
  });
}
