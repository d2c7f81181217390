import { describe, expect, it } from 'vitest';
import type { FeedStore, WatchedFolder } from '../../src/domain/feed-store.ts';
import type { StoredObject } from '../../src/domain/object-store.ts';
import { type FailureKind, VendorError } from '../../src/domain/vendor.ts';
import type { HeaderRead } from '../../src/engine/backup-files.ts';
import { createFeedScanner, defaultScanMs } from '../../src/engine/feed/scanner.ts';
import { createFeedReads } from '../../src/engine/service/feed.ts';
import { history } from '../backups/history.ts';
import { folderFiles, watchedFolder } from '../support/watched-folder.ts';
import { withMethods } from '../support/with-methods.ts';

const [made] = history(['full']);

const objectsNamed = (count: number, name = 'file', storageClass = 'Standard'): StoredObject[] =>
  Array.from({ length: count }, (_, number) => {
    const key = `${name}-${String(number).padStart(5, '0')}.bak`;
    return { key, size: 9000, lastModified: number, etag: key, storageClass };
  });

/** A scanner over a folder of an object store that counts its calls, in virtual time: a read takes 10 ms, a listing a second. */
async function scene(
  objects: StoredObject[],
  outcomeOf: (object: StoredObject) => HeaderRead['outcome'] = () => 'read',
) {
  const turn = () => new Promise(setImmediate);
  const { context, store, creation, migration, clock } = await watchedFolder();
  const folder = store.folderIdOf(migration) ?? '';

  const counted = { listings: 0, reads: [] as string[], records: 0, recordsRead: 0 };
  let meanwhile: { readonly count: number; work(): Promise<unknown> } | null = null;
  const feeds = withMethods<FeedStore>(store, {
    async changeFolderDocuments(id, put, removed) {
      await store.changeFolderDocuments(id, put, removed);
      counted.records += put.length;
    },
    async folderDocuments(...asked) {
      const documents = await store.folderDocuments(...asked);
      counted.recordsRead += documents.length;
      return documents;
    },
  });
  const files = folderFiles({
    async list(_place, _prefix, _most, _options, beforePage) {
      await beforePage?.();
      counted.listings++;
      clock.now += 1000;
      return { objects, complete: true };
    },
    async readHeader(_place, key) {
      if (meanwhile !== null && counted.reads.length >= meanwhile.count) {
        const { work } = meanwhile;
        meanwhile = null;
        await work();
      }
      counted.reads.push(key);
      clock.now += 10;
      const object = objects.find((each) => each.key === key);
      if (object === undefined || made === undefined) throw new Error('there is no such object');
      const outcome = outcomeOf(object);
      if (outcome !== 'read') return { outcome, detail: 'It cannot be read.' };
      return { outcome, object, file: made.file };
    },
  });
  /** Runs scans until the condition holds after one of them. */
  async function until(condition: () => boolean | Promise<boolean>, owner = 'one'): Promise<void> {
    const scanner = createFeedScanner({ ...context, owner }, feeds, files, creation);
    scanner.start();
    while (!(await condition())) await turn();
    await scanner.stop(1000);
  }
  return {
    store,
    folder,
    files,
    counted,
    until,
    migration: () => store.get(migration.id),
    reads: createFeedReads(context, { draining: false }, feeds, () => undefined),
    now: () => clock.now,
    /** Does something before the first read after so many. */
    atRead(count: number, work: () => Promise<unknown>) {
      meanwhile = { count, work };
    },
    scans: async () => (await store.folder(folder))?.scannedAt ?? 0,
  };
}

describe('a large folder', () => {
  it('is read to its end with work that grows with its files alone', async () => {
    const { until, counted } = await scene(objectsNamed(4000));
    await until(() => counted.reads.length >= 4000);
    expect(new Set(counted.reads).size).toBe(4000);
    // 40 s of reading, 30 s for each listing. Each file is stored when it is seen and when it is read.
    expect(counted.listings).toBeLessThanOrEqual(2);
    expect(counted.records).toBeLessThanOrEqual(2 * 4000);
    expect(counted.recordsRead).toBeLessThanOrEqual(4000);
  });

  it('costs one listing per interval when nothing changes, and is judged again when something does', async () => {
    const objects = objectsNamed(1000);
    const { until, counted } = await scene(objects);
    // Seen, settled, and looked at once more.
    const work = () => ({ ...counted, reads: counted.reads.length });
    let before: ReturnType<typeof work> | null = null;
    await until(() => {
      if (counted.listings >= 5) before ??= work();
      return counted.listings >= 10;
    });
    expect({ ...work(), listings: 5 }).toEqual(before);
    objects.push({ key: 'one-more.bak', size: 9000, lastModified: 5, etag: 'new', storageClass: 'Standard' });
    await until(() => counted.reads.includes('one-more.bak'));
    expect(counted.reads).toHaveLength(1001);
  });

  it('is read past files that cannot be read, which are tried again a round per interval', async () => {
    const broken = objectsNamed(500, 'broken').map((each) => ({ ...each, lastModified: 1e6 }));
    const { until, counted, now } = await scene([...broken, ...objectsNamed(300)], ({ key }) =>
      key.startsWith('broken') ? 'unreadable' : 'read',
    );
    await until(() => counted.reads.filter((key) => key.startsWith('file')).length >= 300);
    const [reads, begun] = [counted.reads.length, now()];
    await until(() => counted.reads.length >= reads + 1000);
    const intervals = (now() - begun) / defaultScanMs;
    expect(intervals).toBeGreaterThanOrEqual(4);
    expect(new Set(counted.reads.slice(reads)).size).toBe(500);
  });

  it('is read again where a read has failed once', async () => {
    let failures = 1;
    const { until, counted } = await scene(objectsNamed(300), ({ key }) =>
      key === 'file-00003.bak' && failures-- > 0 ? 'unreadable' : 'read',
    );
    await until(() => counted.listings >= 6);
    expect(counted.reads.filter((key) => key === 'file-00003.bak')).toHaveLength(2);
    expect(counted.reads).toHaveLength(301);
  });

  it('is not read where its storage class rules a restore out', async () => {
    const { until, counted } = await scene([...objectsNamed(500, 'old', 'Archive'), ...objectsNamed(10)]);
    await until(() => counted.listings >= 3);
    expect(counted.reads).toHaveLength(10);
  });

  it('is listed again at once when a caller asks during the reading', async () => {
    const { until, counted, store, folder, now, atRead } = await scene(objectsNamed(2000));
    atRead(250, () => store.wakeFolder(folder, now()));
    await until(() => counted.listings >= 2);
    expect(counted.reads.length).toBeLessThanOrEqual(600);
  });

  it('is left to the process that has taken over its lease', async () => {
    const { until, counted, store, now, atRead, scans } = await scene(objectsNamed(2000));
    let taken: WatchedFolder | null = null;
    atRead(250, async () => {
      taken = await store.claimFolder('another', now() + 1e9, 1e9);
    });
    await until(() => counted.reads.length >= 400);
    expect(counted.reads).toHaveLength(400);
    // What the other process stores of its scan stays.
    if (taken === null) throw new Error('the folder was not taken');
    expect(await store.finishFolder(taken, 'another', { scannedAt: 7, dueAt: 9e15, failures: 0 })).toBe(true);
    expect(await scans()).toBe(7);
  });
});

describe('the survey of a large folder', () => {
  it('is shared by those who ask for it at the same time and for the next page', async () => {
    const { until, counted, reads, migration } = await scene(objectsNamed(1500));
    await until(() => counted.reads.length >= 1500);
    const present = await migration();
    if (present === null) throw new Error('there is no migration');
    const before = counted.recordsRead;
    const surveys = await Promise.all([1, 2, 3].map(() => reads.survey(present)));
    expect(surveys.map(({ items }) => items.length)).toEqual([1500, 1500, 1500]);
    expect(counted.recordsRead - before).toBe(1500);
  });
});

describe('a stop during a scan', () => {
  it('ends it between two rounds and leaves the folder to the next process at once', async () => {
    const { until, counted, store, folder, now } = await scene(objectsNamed(2000));
    await until(() => counted.reads.length > 200);
    expect(counted.reads.length).toBeLessThan(600);
    expect(await store.claimFolder('next', now(), 1000)).toMatchObject({ id: folder, failures: 0 });
  });

  it('that breaks off a listing says nothing about the folder', async () => {
    const { until, files, migration, store, folder, now } = await scene(objectsNamed(10));
    let listing = false;
    const stopping = Promise.withResolvers<void>();
    files.list = async () => {
      listing = true;
      await stopping.promise;
      const kind: FailureKind = 'not_sent';
      const provider = {
        name: 'alibaba',
        operation: 'ListObjects',
        code: null,
        message: null,
        requestId: null,
        httpStatus: null,
      } as const;
      const detail = 'This process is shutting down.';
      throw new VendorError({ kind, code: 'provider_unavailable', detail, retryable: true, provider });
    };
    await until(() => {
      if (listing) setImmediate(stopping.resolve);
      return listing;
    });
    expect((await migration())?.blocking.filter(({ code }) => code === 'feed_unreadable')).toEqual([]);
    expect(await store.claimFolder('next', now(), 1000)).toMatchObject({ id: folder, failures: 0 });
  });
});
