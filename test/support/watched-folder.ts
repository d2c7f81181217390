import { newMigration } from '../../src/domain/creation.ts';
import type { FeedStore } from '../../src/domain/feed-store.ts';
import type { BackupFiles } from '../../src/engine/backup-files.ts';
import { openStore } from '../../src/store/open.ts';
import { Simulation } from './simulation.ts';

/** A stored migration that watches a folder, in a time that moves on with each sleep. */
export async function watchedFolder(slept: () => void = () => undefined) {
  const { context, account } = await Simulation.start({ provider: 'alibaba' });
  const clock = { now: 1_000_000 };
  // Each pause lets other pending work continue.
  const sleep = async (ms: number) => {
    clock.now += ms;
    slept();
    await new Promise(setImmediate);
  };
  const runtime = { ...context.runtime, now: () => clock.now, monotonic: () => clock.now, sleep };
  const store: Awaited<ReturnType<typeof openStore>> & FeedStore = await openStore('sqlite::memory:', { runtime });
  const creation = { runtime, seal: (url: string) => ({ display: url, sealed: url }) };
  const target = { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] };
  const request = { provider: 'alibaba', mode: 'full_log', target, feed: { bucket: 'acme', prefix: '' } } as const;
  const migration = newMigration(request, account, 'tests', creation);
  await store.create(migration, { owner: 'tests', now: clock.now, leaseMs: 0 });
  return { context: { ...context, runtime, store }, store, creation, migration, clock };
}

/** An object store that can be read. Without `readHeader` it holds nothing to read. */
export function folderFiles(files: Pick<BackupFiles, 'list'> & Partial<Pick<BackupFiles, 'readHeader'>>): BackupFiles {
  return {
    hasStore: () => true,
    paused: () => null,
    targetMajor: async () => undefined,
    readHeader: () => Promise.reject(new Error('there is nothing to read')),
    ...files,
  };
}
