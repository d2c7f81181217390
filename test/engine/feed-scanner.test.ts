import { expect, it } from 'vitest';
import { newMigration } from '../../src/domain/creation.ts';
import type { FeedStore } from '../../src/domain/feed-store.ts';
import type { StoredObject } from '../../src/domain/object-store.ts';
import { VendorError, vendorFailure } from '../../src/domain/vendor.ts';
import type { BackupFiles } from '../../src/engine/backup-files.ts';
import { createFeedScanner, defaultScanMs } from '../../src/engine/feed/scanner.ts';
import { openStore } from '../../src/store/open.ts';
import { history } from '../backups/history.ts';
import { Simulation } from '../support/simulation.ts';

it('a file that only one listing has shown is not restored, even if reading its header takes long', async () => {
  const { context, account } = await Simulation.start({ provider: 'alibaba' });
  let now = 1_000_000;
  // Each pause lets other pending work continue.
  const sleep = async (ms: number) => {
    now += ms;
    await new Promise(setImmediate);
  };
  const runtime = { ...context.runtime, now: () => now, monotonic: () => now, sleep };
  const store: Awaited<ReturnType<typeof openStore>> & FeedStore = await openStore('sqlite::memory:', { runtime });
  const creation = { runtime, seal: (url: string) => ({ display: url, sealed: url }) };
  const target = { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] };
  const request = { provider: 'alibaba', mode: 'full_log', target, feed: { bucket: 'acme', prefix: '' } } as const;
  const migration = newMigration(request, account, 'tests', creation);
  await store.create(migration, { owner: 'tests', now, leaseMs: 0 });
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
  const files: BackupFiles = {
    hasStore: () => true,
    paused: () => null,
    targetMajor: async () => undefined,
    async list() {
      listings.push({ at: now, taken: await takenKeys() });
      if (listings.length === 3) third.resolve();
      return { objects: [object], complete: true };
    },
    async readHeader() {
      now += 3 * defaultScanMs;
      return { outcome: 'read', object, file: made.file };
    },
  };
  const scanner = createFeedScanner({ ...context, runtime, store }, store, files, creation);
  scanner.start();
  await third.promise;
  await scanner.stop(1000);

  expect(listings.map(({ taken }) => taken)).toEqual([[], [], [object.key]]);
  expect((listings[1]?.at ?? 0) - (listings[0]?.at ?? 0)).toBeGreaterThanOrEqual(defaultScanMs);
});

it('a replica without the account hands the folder to other replicas at its next scan', async () => {
  const { context, account } = await Simulation.start({ provider: 'alibaba' });
  let now = 1_000_000;
  const rounds: (() => void)[] = [];
  const sleep = async (ms: number) => {
    now += ms;
    rounds.shift()?.();
    await new Promise(setImmediate);
  };
  const runtime = { ...context.runtime, now: () => now, monotonic: () => now, sleep };
  const store: Awaited<ReturnType<typeof openStore>> & FeedStore = await openStore('sqlite::memory:', { runtime });
  const creation = { runtime, seal: (url: string) => ({ display: url, sealed: url }) };
  const target = { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] };
  const request = { provider: 'alibaba', mode: 'full_log', target, feed: { bucket: 'acme', prefix: '' } } as const;
  await store.create(newMigration(request, account, 'tests', creation), { owner: 'tests', now, leaseMs: 0 });
  const listed = Promise.withResolvers<number>();
  const files: BackupFiles = {
    hasStore: () => true,
    paused: () => null,
    targetMajor: async () => undefined,
    async list() {
      listed.resolve(now);
      return { objects: [], complete: true };
    },
    readHeader: () => Promise.reject(new Error('there is nothing to read')),
  };
  const stranger = createFeedScanner({ ...context, accounts: new Map(), runtime, store }, store, files, creation);
  const seen = new Promise<void>((done) => rounds.push(done));
  stranger.start();
  await seen;
  await stranger.stop(1000);
  const left = now;

  const scanner = createFeedScanner({ ...context, runtime, store, owner: 'another' }, store, files, creation);
  scanner.start();
  expect((await listed.promise) - left).toBeLessThanOrEqual(defaultScanMs + 1000);
  await scanner.stop(1000);
});

it('after failed listings the next listing follows within ten intervals', async () => {
  const scanMs = 2000;
  const { context, account } = await Simulation.start({ provider: 'alibaba' });
  let now = 1_000_000;
  const sleep = async (ms: number) => {
    now += ms;
    await new Promise(setImmediate);
  };
  const runtime = { ...context.runtime, now: () => now, monotonic: () => now, sleep };
  const store: Awaited<ReturnType<typeof openStore>> & FeedStore = await openStore('sqlite::memory:', { runtime });
  const creation = { runtime, seal: (url: string) => ({ display: url, sealed: url }) };
  const target = { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] };
  const request = { provider: 'alibaba', mode: 'full_log', target, feed: { bucket: 'acme', prefix: '' } } as const;
  await store.create(newMigration(request, account, 'tests', creation), { owner: 'tests', now, leaseMs: 0 });
  const listings: number[] = [];
  const enough = Promise.withResolvers<void>();
  const files: BackupFiles = {
    hasStore: () => true,
    paused: () => null,
    targetMajor: async () => undefined,
    async list() {
      listings.push(now);
      if (listings.length === 20) enough.resolve();
      throw new VendorError(
        vendorFailure({
          kind: 'unavailable',
          detail: 'The store does not answer.',
          provider: { name: 'alibaba', operation: 'ListObjects' },
        }),
      );
    },
    readHeader: () => Promise.reject(new Error('there is nothing to read')),
  };
  const scanner = createFeedScanner({ ...context, runtime, store, feedScanMs: scanMs }, store, files, creation);
  scanner.start();
  await enough.promise;
  await scanner.stop(1000);

  const pauses = listings.slice(1).map((at, index) => at - (listings[index] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(scanMs);
  expect(Math.max(...pauses)).toBeGreaterThan(2 * scanMs);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(10 * scanMs + 1000);
});
