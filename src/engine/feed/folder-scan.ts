import { createHash } from 'node:crypto';
import { putNewest } from '../../domain/bounded-map.ts';
import type { CreationContext } from '../../domain/creation.ts';
import { behindSeconds, takesFiles } from '../../domain/feed.ts';
import type { FeedStore, WatchedFolder } from '../../domain/feed-store.ts';
import type { Instant, Migration } from '../../domain/migration.ts';
import type { StoredObject } from '../../domain/object-store.ts';
import { someAtOnce } from '../../domain/some-at-once.ts';
import type { Account } from '../../domain/vendor.ts';
import type { BackupFiles } from '../backup-files.ts';
import { accountOf, type EngineContext } from '../context.ts';
import { applyPlan } from './apply.ts';
import { afterListing, afterRead, type FolderFile, filesToRead, maxObjects } from './folder-file.ts';
import { type FolderLease, ScanEnded } from './folder-lease.ts';
import { planFeed } from './plan.ts';
import { keepFiles, knownFiles } from './records.ts';

/** Number of headers that are read and stored in one round. */
const roundSize = 200;
/** Maximum number of concurrent reads. */
const atOnce = 8;
/** A scan reads headers for at least this many times as long as its listing took, so that reading is most of the work. */
const readingPerListing = 3;
/** Maximum number of folders whose last listing is remembered. */
const maxCalm = 1000;

/** The result of a scan. `more`: unread headers are left, and the next scan follows at once. */
export interface ScanResult {
  readonly listedAt: Instant;
  readonly more: boolean;
  /** The largest lag of a migration in seconds; null: none is known. */
  readonly behindSeconds: number | null;
}

/** The scan of one folder for all migrations that watch it. */
export interface FolderScan {
  /** Rejects with `VendorError` if listing fails, and with `ScanEnded` if the lease is lost or the process stops. */
  run(folder: WatchedFolder, account: Account, watchers: readonly Migration[], lease: FolderLease): Promise<ScanResult>;
}

export interface FolderScanOptions {
  readonly context: EngineContext;
  readonly feeds: FeedStore;
  readonly files: BackupFiles;
  readonly creation: CreationContext;
  readonly scanMs: number;
  readonly stopped: AbortSignal;
}

/**
 * Creates the scan of a folder. One listing serves several rounds of reading headers, so that the work for a new folder grows with its
 * files. Where a listing shows nothing new and the last scan left nothing to do, the listing is all the work.
 */
export function createFolderScan({ context, feeds, files, creation, scanMs, stopped }: FolderScanOptions): FolderScan {
  const { runtime } = context;
  /** By folder: the listing and the migrations of a scan after which nothing was left to do. */
  const calm = new Map<string, string>();

  /** Reads headers round by round. `more`: fresh files are left. `complete`: every file has its header. */
  async function readHeaders(
    { id }: WatchedFolder,
    place: Parameters<BackupFiles['readHeader']>[0],
    listed: Map<string, FolderFile>,
    lease: FolderLease,
    listing: { readonly at: Instant; readonly readUntil: number },
  ): Promise<{ readonly more: boolean; readonly complete: boolean }> {
    const { restorable } = context.providers.of(place.account.provider).objectStore;
    const { fresh, again } = filesToRead(listed.values(), restorable);
    const queue = [...fresh, ...again.slice(0, roundSize)];
    let complete = again.length === 0;
    for (let read = 0; read < queue.length; ) {
      const round = queue.slice(read, read + roundSize);
      const results = await someAtOnce(round, atOnce, async (each) => {
        if (stopped.aborted) return each;
        const headerRead = await files.readHeader(place, each.object.key, each.object, { priority: 'observation' });
        return afterRead(each, headerRead, runtime.now());
      });
      // Reads that the stop has broken off say nothing about their files.
      if (stopped.aborted) throw new ScanEnded('stopped');
      for (const each of results) listed.set(each.object.key, each);
      await keepFiles(feeds, id, results);
      read += round.length;
      await lease.renew(read < queue.length ? listing.at : null);
      if (results.some(({ unread }) => unread !== null)) complete = false;
      if (results.every(({ unread }) => unread !== null)) return { more: false, complete };
      if (lease.woken || runtime.monotonic() >= listing.readUntil)
        return { more: read < fresh.length, complete: complete && read >= queue.length };
    }
    return { more: false, complete };
  }

  /**
   * Plans and stores the consequences for one migration in one transaction. Files are judged as of `listedAt`: reading headers may take
   * longer than `scanMs`, and a file that was listed once counts as unsettled. Returns the migration; null: it is not changed from here.
   */
  async function tell(
    id: string,
    listed: ReadonlyMap<string, FolderFile>,
    listedAt: Instant,
  ): Promise<{ readonly migration: Migration; readonly changed: boolean } | null> {
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
    if (result.outcome !== 'updated' && result.outcome !== 'unchanged') return null;
    const { migration } = result;
    const { provider, account } = migration;
    if (taken > 0) context.telemetry?.report({ event: 'feed_taken', provider, account, count: taken });
    return { migration, changed: result.outcome === 'updated' };
  }

  return {
    async run(folder, account, watchers, lease) {
      const { id, region, bucket } = folder;
      const place = { account, region, bucket };
      const [listedAt, startedAt] = [runtime.now(), runtime.monotonic()];
      const { listing, listed } = await list(folder, place, listedAt, watchers, lease);
      if (listed === null) return { listedAt, more: false, behindSeconds: largestLag(watchers) };

      const listingMs = runtime.monotonic() - startedAt;
      const readUntil = startedAt + listingMs + Math.max(scanMs, readingPerListing * listingMs);
      const { more, complete } = await readHeaders(folder, place, listed, lease, { at: listedAt, readUntil });

      const told: Migration[] = [];
      let quiet = complete;
      for (const watcher of watchers) {
        const result = await tell(watcher.id, listed, listedAt);
        if (result !== null) told.push(result.migration);
        if (result === null || result.changed || !isQuiet(result.migration, listedAt)) quiet = false;
      }
      // What is decided later than a change depends on time: whether files have settled, and whether a gap has lasted.
      if (quiet && [...listed.values()].every(({ seenAt }) => listedAt - seenAt >= scanMs))
        putNewest(calm, id, markOf(listing, told), maxCalm);
      return { listedAt, more, behindSeconds: largestLag(told) };
    },
  };

  /** Lists the folder and stores the changes. `listed`: null if nothing is left to do. `listing`: identifies the listing. */
  async function list(
    { id, prefix }: WatchedFolder,
    place: Parameters<BackupFiles['list']>[0],
    listedAt: Instant,
    watchers: readonly Migration[],
    lease: FolderLease,
  ): Promise<{ readonly listing: string; readonly listed: Map<string, FolderFile> | null }> {
    const options = { priority: 'observation' } as const;
    const { objects } = await files.list(place, prefix, maxObjects, options, lease.renewInTime);
    const listing = digestOf(objects);
    if (calm.get(id) === markOf(listing, watchers)) return { listing, listed: null };
    calm.delete(id);
    const known = await knownFiles(feeds, id);
    const listed = new Map(afterListing(known, objects, listedAt));
    const changed = [...listed.values()].filter((each) => known.get(each.object.key) !== each);
    const removed = [...known.keys()].filter((key) => !listed.has(key));
    await keepFiles(feeds, id, changed, removed, lease.renewInTime);
    return { listing, listed };
  }

  /** Identifies a listing and what else a plan depends on. Two scans with one mark come to the same result, but for files that settle. */
  function markOf(listing: string, watchers: readonly Migration[]): string {
    const digest = createHash('sha256').update(listing);
    for (const watcher of watchers) {
      const { version, observedAt, updatedAt, movedAt, dueAt, failures, percent, providerStatus, ...rest } = watcher;
      digest.update(JSON.stringify([rest, accountOf(context, watcher) !== undefined]));
    }
    return digest.digest('base64');
  }

  function isQuiet({ feed }: Migration, listedAt: Instant): boolean {
    return feed === undefined || feed.gap === null || listedAt - feed.gap.since >= scanMs;
  }
}

function digestOf(objects: readonly StoredObject[]): string {
  const digest = createHash('sha256');
  for (let at = 0; at < objects.length; at += 1000) digest.update(JSON.stringify(objects.slice(at, at + 1000)));
  return digest.digest('base64');
}

function largestLag(migrations: readonly Migration[]): number | null {
  const lags = migrations.map(behindSeconds).filter((each) => each !== null);
  return lags.length === 0 ? null : Math.max(...lags);
}
