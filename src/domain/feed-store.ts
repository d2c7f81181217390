import type { Feed, Instant, Migration } from './migration.ts';

/** A folder that migrations watch. One listing serves all of them. */
export interface WatchedFolder {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Failed listings in a row. */
  readonly failures: number;
  readonly scannedAt: Instant | null;
}

/** The engine's document about one object of a folder, by its key. */
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

/** Watched folders and their contents as last seen. The holder of a folder's lease scans it, so replicas share the work. */
export interface FeedStore {
  /** The id of the folder that a migration takes its files from; null: none. */
  folderIdOf(migration: Migration): string | null;
  /** Leases a due folder without a valid lease to the caller. */
  claimFolder(owner: string, now: Instant, leaseMs: number): Promise<WatchedFolder | null>;
  /** Ends the scan of a leased folder; false: another process has the lease. `dueAt`: null: nobody watches the folder. */
  finishFolder(
    id: string,
    owner: string,
    end: { readonly scannedAt: Instant | null; readonly dueAt: Instant | null; readonly failures: number },
  ): Promise<boolean>;
  /** Makes a folder due at once. */
  wakeFolder(id: string, now: Instant): Promise<void>;
  folder(id: string): Promise<WatchedFolder | null>;
  /** In the order of their keys. */
  folderDocuments(id: string): Promise<readonly FolderDocument[]>;
  changeFolderDocuments(id: string, put: readonly FolderDocument[], removed: readonly string[]): Promise<void>;
  /** Ids of the active migrations that watch a folder. */
  watchersOf(id: string): Promise<readonly string[]>;
  /** Forgets folders that no migration refers to. */
  forgetFolders(): Promise<void>;
}
