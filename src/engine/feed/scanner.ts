import { blockedBy, spoken } from '../../domain/aggregate.ts';
import type { CreationContext } from '../../domain/creation.ts';
import { behindSeconds, takesFiles } from '../../domain/feed.ts';
import type { FeedStore, WatchedFolder } from '../../domain/feed-store.ts';
import type { Instant, Migration } from '../../domain/migration.ts';
import { someAtOnce } from '../../domain/some-at-once.ts';
import { jitteredMs } from '../../domain/timing.ts';
import { type Account, VendorError, type VendorFailure } from '../../domain/vendor.ts';
import type { BackupFiles } from '../backup-files.ts';
import { accountOf, type EngineContext } from '../context.ts';
import { reportInterruption } from '../work.ts';
import { applyPlan } from './apply.ts';
import { afterListing, afterLook, type FolderFile, maxObjects, wantsReading } from './folder-file.ts';
import { planFeed } from './plan.ts';

/** Maximum number of headers read in one scan. The next scan follows at once if there are more. */
const maxRead = 200;
/** Maximum number of concurrent reads. */
const atOnce = 8;
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
  /** A scan may read many headers, so its lease is longer than that of a migration. Concurrent scans of a folder are harmless. */
  const leaseMs = settings.leaseMs * 2;
  const stopped = new AbortController();
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
    try {
      const { more, listedAt } = await scanFor(folder, account, watchers);
      await feeds.finishFolder(folder, owner, {
        scannedAt: now,
        dueAt: more ? runtime.now() : listedAt + scanMs,
        failures: 0,
      });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      const failures = folder.failures + 1;
      context.telemetry?.report({
        event: 'feed_scanned',
        provider: account.provider,
        account: account.name,
        outcome: error.failure.kind,
        behindSeconds: null,
      });
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

  /** Lists the folder once for all of its migrations. `more`: whether headers are left to read. Rejects with `VendorError` if listing fails. */
  async function scanFor(
    folder: WatchedFolder,
    account: Account,
    watchers: readonly Migration[],
  ): Promise<{ readonly more: boolean; readonly listedAt: Instant }> {
    const place = { account, region: folder.region, bucket: folder.bucket };
    const listedAt = runtime.now();
    const known = await knownFiles(feeds, folder.id);
    const { objects } = await files.list(place, folder.prefix, maxObjects, { priority: 'observation' });
    const listed = new Map(afterListing(known, objects, listedAt));
    const unread = [...listed.values()].filter(wantsReading);
    const newest = unread
      .toSorted((a, b) => (b.object.lastModified ?? 0) - (a.object.lastModified ?? 0))
      .slice(0, maxRead);
    await someAtOnce(newest, atOnce, async (each) => {
      if (stopped.signal.aborted) return;
      const look = await files.look(place, each.object.key, each.object, { priority: 'observation' });
      listed.set(each.object.key, afterLook(each, look));
    });
    await remember(folder.id, known, listed);
    const behind: number[] = [];
    for (const { id } of watchers) behind.push(...(await tell(id, listed, listedAt)));
    context.telemetry?.report({
      event: 'feed_scanned',
      provider: account.provider,
      account: account.name,
      outcome: 'ok',
      behindSeconds: behind.length === 0 ? null : Math.max(...behind),
    });
    return { more: unread.length > maxRead, listedAt };
  }

  async function remember(
    id: string,
    known: ReadonlyMap<string, FolderFile>,
    listed: ReadonlyMap<string, FolderFile>,
  ): Promise<void> {
    const put = [...listed]
      .filter(([key, each]) => JSON.stringify(known.get(key)) !== JSON.stringify(each))
      .map(([key, each]) => ({ key, document: JSON.stringify(each) }));
    const removed = [...known.keys()].filter((key) => !listed.has(key));
    if (put.length > 0 || removed.length > 0) await feeds.changeFolderDocuments(id, put, removed);
  }

  /**
   * Plans and stores the consequences for one migration in one transaction. Returns its lag in seconds, if known. Files are judged as of
   * `listedAt`: reading headers may take longer than `scanMs`, and a file that was listed once counts as unsettled.
   */
  async function tell(
    id: string,
    listed: ReadonlyMap<string, FolderFile>,
    listedAt: Instant,
  ): Promise<readonly number[]> {
    let taken = 0;
    const result = await context.store.update(id, (latest) => {
      const account = accountOf(context, latest);
      if (account === undefined || !takesFiles(latest)) return null;
      const provider = context.providers.of(latest.provider);
      const plan = planFeed(latest, listed, { provider, account, now: listedAt, scanMs });
      taken = plan.take.length;
      return applyPlan(latest, plan, { now: runtime.now(), scanMs, creation, provider });
    });
    if (result.outcome === 'target_busy')
      context.log.warn(
        { migrationId: id, outcome: result.outcome },
        'a file of a watched folder is being restored by another migration',
      );
    if (result.outcome !== 'updated' && result.outcome !== 'unchanged') return [];
    const { migration } = result;
    const { provider, account } = migration;
    if (taken > 0) context.telemetry?.report({ event: 'feed_taken', provider, account, count: taken });
    const behind = behindSeconds(migration);
    return behind === null ? [] : [behind];
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

/** The stored state of a folder. Unreadable documents are skipped, so their objects are read again. */
export async function knownFiles(feeds: FeedStore, id: string): Promise<ReadonlyMap<string, FolderFile>> {
  const files = new Map<string, FolderFile>();
  for (const { key, document } of await feeds.folderDocuments(id)) {
    try {
      files.set(key, JSON.parse(document) as FolderFile);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return files;
}

function unreadable(migration: Migration, { bucket, prefix }: WatchedFolder, failure: VendorFailure): Migration | null {
  if (!takesFiles(migration)) return null;
  const detail = `\`${bucket}/${prefix}\` cannot be listed: ${failure.detail} It is tried again.`;
  if (migration.blocking.some((note) => note.code === 'feed_unreadable' && note.detail === detail)) return null;
  return blockedBy(migration, { code: 'feed_unreadable', detail, ...spoken(failure.provider) });
}
