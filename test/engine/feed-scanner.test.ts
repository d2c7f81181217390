import { expect, it } from 'vitest';
import type { StoredObject } from '../../src/domain/object-store.ts';
import { VendorError, vendorFailure } from '../../src/domain/vendor.ts';
import { createFeedScanner, defaultScanMs } from '../../src/engine/feed/scanner.ts';
import { history } from '../backups/history.ts';
import { folderFiles, watchedFolder } from '../support/watched-folder.ts';

it('a file that only one listing has shown is not restored, even if reading its header takes long', async () => {
  const { context, store, creation, migration, clock } = await watchedFolder();
  const takenKeys = async () =>
    (await store.get(migration.id))?.backups.flatMap(({ source }) =>
      source.type === 'object_storage' ? source.keys : [],
    );

  const [made] = history(['full']);
  if (made === undefined) throw new Error('no backup was made');
  const object: StoredObject = {
    key: `${made.key}.bak`,
    size: 9000,
    lastModified: 1,
    etag: 'one',
    storageClass: 'Standard',
  };
  const listings: { readonly at: number; readonly taken: readonly string[] | undefined }[] = [];
  const third = Promise.withResolvers<void>();
  const files = folderFiles({
    async list() {
      listings.push({ at: clock.now, taken: await takenKeys() });
      if (listings.length === 3) third.resolve();
      return { objects: [object], complete: true };
    },
    async readHeader() {
      clock.now += 3 * defaultScanMs;
      return { outcome: 'read', object, file: made.file };
    },
  });
  const scanner = createFeedScanner(context, store, files, creation);
  scanner.start();
  await third.promise;
  await scanner.stop(1000);

  expect(listings.map(({ taken }) => taken)).toEqual([[], [], [object.key]]);
  expect((listings[1]?.at ?? 0) - (listings[0]?.at ?? 0)).toBeGreaterThanOrEqual(defaultScanMs);
});

it('a replica without the account hands the folder to other replicas at its next scan', async () => {
  const rounds: (() => void)[] = [];
  const { context, store, creation, clock } = await watchedFolder(() => rounds.shift()?.());
  const listed = Promise.withResolvers<number>();
  const files = folderFiles({
    async list() {
      listed.resolve(clock.now);
      return { objects: [], complete: true };
    },
  });
  const stranger = createFeedScanner({ ...context, accounts: new Map() }, store, files, creation);
  const seen = new Promise<void>((done) => rounds.push(done));
  stranger.start();
  await seen;
  await stranger.stop(1000);
  const left = clock.now;

  const scanner = createFeedScanner({ ...context, owner: 'another' }, store, files, creation);
  scanner.start();
  expect((await listed.promise) - left).toBeLessThanOrEqual(defaultScanMs + 1000);
  await scanner.stop(1000);
});

it('after failed listings the next listing follows within ten intervals', async () => {
  const scanMs = 2000;
  const { context, store, creation, clock } = await watchedFolder();
  const listings: number[] = [];
  const enough = Promise.withResolvers<void>();
  const files = folderFiles({
    async list() {
      listings.push(clock.now);
      if (listings.length === 20) enough.resolve();
      throw new VendorError(
        vendorFailure({
          kind: 'unavailable',
          detail: 'The store does not answer.',
          provider: { name: 'alibaba', operation: 'ListObjects' },
        }),
      );
    },
  });
  const scanner = createFeedScanner({ ...context, feedScanMs: scanMs }, store, files, creation);
  scanner.start();
  await enough.promise;
  await scanner.stop(1000);

  const pauses = listings.slice(1).map((at, index) => at - (listings[index] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(scanMs);
  expect(Math.max(...pauses)).toBeGreaterThan(2 * scanMs);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(10 * scanMs + 1000);
});
