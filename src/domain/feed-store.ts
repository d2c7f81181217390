import type { Feed, Instant, Migration } from './migration.ts';

/** A folder that migrations watch. One listing serves all of its migrations. */
export interface WatchedFolder {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Consecutive failed listings. */
  readonly failures: number;
  readonly scannedAt: Instant | null;
  /** Time of the next scan; null: no migration watches the folder. */
  readonly dueAt: Instant | null;
}

/** The result of a scan. `dueAt`: time of the next one; null if no migration watches the folder. */
export interface ScanEnd {
  readonly scannedAt: Instant | null;
  readonly dueAt: Instant | null;
  readonly failures: number;
}

/** The engine's record of one object in a folder. `document`: JSON of the engine. */
export interface FolderDocument {
  readonly key: string;
  readonly document: string;
}

/** The identity of a watched folder. */
export function folderKey(
  migration: Pick<Migration, 'account' | 'region'>,
  feed: Pick<Feed, 'bucket' | 'prefix'>,
): string {
  return JSON.stringify([migration.account, migration.region, feed.bucket, feed.prefix]);
}

/** Watched folders and their last known contents. The holder of a folder's lease scans it, so that replicas share the work. */
export interface FeedStore {
  /** Id of the folder that a migration takes its files from; null: it has none. */
  folderIdOf(migration: Migration): string | null;
  /** Leases a due folder that nobody else has leased, for `leaseMs` milliseconds; null: there is none. */
  claimFolder(owner: string, now: Instant, leaseMs: number): Promise<WatchedFolder | null>;
  /**
   * Renews the lease of a folder as it was claimed, for `leaseMs` milliseconds from `now`. `scannedAt`: the time of the listing whose records
   * are stored; null: unchanged. `woken`: the lease is renewed, and the folder was woken since the claim. `lost`: another process has the
   * lease.
   */
  renewFolder(
    claimed: WatchedFolder,
    owner: string,
    lease: { readonly now: Instant; readonly leaseMs: number; readonly scannedAt: Instant | null },
  ): Promise<'held' | 'woken' | 'lost'>;
  /**
   * Ends the scan of a folder as it was claimed. A folder that was woken during the scan stays due. Returns false if another process has the
   * lease.
   */
  finishFolder(claimed: WatchedFolder, owner: string, end: ScanEnd): Promise<boolean>;
  /** Makes a folder due at once. */
  wakeFolder(id: string, now: Instant): Promise<void>;
  folder(id: string): Promise<WatchedFolder | null>;
  /** At most `limit` records of a folder in the order of their keys, from the first one after the key `after`; null: from the beginning. */
  folderDocuments(id: string, after: string | null, limit: number): Promise<readonly FolderDocument[]>;
  /** Writes the records in `put` and removes those with the keys in `removed`. */
  changeFolderDocuments(id: string, put: readonly FolderDocument[], removed: readonly string[]): Promise<void>;
  /** Ids of the active migrations that watch a folder. */
  watchersOf(id: string): Promise<readonly string[]>;
  /** Removes folders that no migration refers to. */
  forgetFolders(): Promise<void>;
}
