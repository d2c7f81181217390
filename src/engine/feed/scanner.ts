import { blockedBy, spoken } from '../../domain/aggregate.ts';
import type { CreationContext } from '../../domain/creation.ts';
import { takesFiles } from '../../domain/feed.ts';
import type { FeedStore, WatchedFolder } from '../../domain/feed-store.ts';
import type { Migration } from '../../domain/migration.ts';
import { jitteredMs } from '../../domain/timing.ts';
import { VendorError, type VendorFailure } from '../../domain/vendor.ts';
import type { BackupFiles } from '../backup-files.ts';
import { accountOf, type EngineContext } from '../context.ts';
import { reportInterruption } from '../work.ts';
import { folderLease, ScanEnded } from './folder-lease.ts';
import { createFolderScan } from './folder-scan.ts';

/** Maximum pause after failed listings, in scan intervals: five minutes by default. */
const maxPauseIntervals = 10;
const housekeepingMs = 3_600_000;

/** The process's loop over watched folders. */
export interface FeedScanner {
  start(): void;
  /** Checks at once whether a folder is due. */
  wake(): void;
  /** Starts no further scan, and waits at most `graceMs` milliseconds for the present one. A later scan repeats unfinished work. */
  stop(graceMs: number): Promise<void>;
}

/** Creates the loop that scans watched folders. Replicas share the work: the holder of a folder's lease scans it. */
export function createFeedScanner(
  context: EngineContext,
  feeds: FeedStore,
  files: BackupFiles,
  creation: CreationContext,
): FeedScanner {
  const { runtime, settings, owner } = context;
  const scanMs = context.feedScanMs ?? defaultScanMs;
  /** A round of reading takes longer than a vendor call, so the lease is longer than that of a migration. */
  const leaseMs = settings.leaseMs * 2;
  const stopped = new AbortController();
  const folderScan = createFolderScan({ context, feeds, files, creation, scanMs, stopped: stopped.signal });
  let nap = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  let cleanedAt = Number.NEGATIVE_INFINITY;

  async function work(): Promise<void> {
    while (!stopped.signal.aborted) {
      nap = new AbortController();
      try {
        if (runtime.monotonic() - cleanedAt > housekeepingMs) {
          cleanedAt = runtime.monotonic();
          await feeds.forgetFolders();
        }
        for (;;) {
          const folder = stopped.signal.aborted ? null : await feeds.claimFolder(owner, runtime.now(), leaseMs);
          if (folder === null) break;
          await scan(folder);
        }
      } catch (error) {
        reportInterruption(context, error);
      }
      await runtime.sleep(Math.min(1000, Math.max(scanMs / 4, 25)), AbortSignal.any([nap.signal, stopped.signal]));
    }
  }

  async function scan(folder: WatchedFolder): Promise<void> {
    const now = runtime.now();
    const watchers = await watching(folder.id);
    const account = watchers.map((each) => accountOf(context, each)).find((each) => each !== undefined);
    if (watchers.length === 0 || account === undefined) {
      // Another replica may have the account in its configuration.
      const dueAt = watchers.length === 0 ? null : now + scanMs;
      await feeds.finishFolder(folder, owner, { scannedAt: null, dueAt, failures: 0 });
      return;
    }
    const lease = folderLease(feeds, folder, { runtime, owner, leaseMs, stopped: stopped.signal });
    const report = (outcome: 'ok' | VendorFailure['kind'], behind: number | null): void =>
      context.telemetry?.report({
        event: 'feed_scanned',
        provider: account.provider,
        account: account.name,
        outcome,
        behindSeconds: behind,
      });
    try {
      const { more, listedAt, behindSeconds } = await folderScan.run(folder, account, watchers, lease);
      report('ok', behindSeconds);
      const dueAt = more ? runtime.now() : Math.max(listedAt + scanMs, runtime.now());
      await feeds.finishFolder(folder, owner, { scannedAt: listedAt, dueAt, failures: 0 });
    } catch (error) {
      if (error instanceof ScanEnded && error.reason === 'lost') return;
      if (stopped.signal.aborted && (error instanceof ScanEnded || error instanceof VendorError)) {
        // The calls were broken off here, so they say nothing about the folder. Another process goes on at once.
        const { failures } = folder;
        await feeds.finishFolder(folder, owner, { scannedAt: null, dueAt: runtime.now(), failures });
        return;
      }
      if (!(error instanceof VendorError)) throw error;
      const failures = folder.failures + 1;
      report(error.failure.kind, null);
      const longest = scanMs * Math.min(2 ** failures, maxPauseIntervals);
      const pause = Math.max(
        error.failure.retryAfterMs ?? 0,
        jitteredMs(longest, scanMs, (runtime.randomBytes(1)[0] ?? 0) / 255),
      );
      for (const { id } of watchers)
        await context.store.update(id, (latest) => unreadable(latest, folder, error.failure));
      await feeds.finishFolder(folder, owner, { scannedAt: null, dueAt: runtime.now() + pause, failures });
    }
  }

  async function watching(id: string): Promise<readonly Migration[]> {
    const found: Migration[] = [];
    for (const each of await feeds.watchersOf(id)) {
      const migration = await context.store.get(each);
      if (migration !== null && takesFiles(migration)) found.push(migration);
    }
    return found;
  }

  return {
    start() {
      loop = work();
    },
    wake: () => nap.abort(),
    async stop(graceMs) {
      stopped.abort();
      const ended = new AbortController();
      await Promise.race([loop, runtime.sleep(graceMs, ended.signal)]);
      ended.abort();
    },
  };
}

/** Default interval of listings, in milliseconds. */
export const defaultScanMs = 30_000;

function unreadable(migration: Migration, { bucket, prefix }: WatchedFolder, failure: VendorFailure): Migration | null {
  if (!takesFiles(migration)) return null;
  const detail = `\`${bucket}/${prefix}\` cannot be listed: ${failure.detail} Godwit tries again.`;
  if (migration.blocking.some((note) => note.code === 'feed_unreadable' && note.detail === detail)) return null;
  return blockedBy(migration, { code: 'feed_unreadable', detail, ...spoken(failure.provider) });
}
