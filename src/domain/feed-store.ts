import type { Feed, Instant, Migration } from './migration.ts';

/** A folder that migrations watch. One listing answers for all of them. */
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

/** What is remembered of one object of a folder: a document of the engine's, by its key. */
export interface FolderDocument {
  readonly key: string;
  readonly document: string;
}

/** What makes two watched folders the same. */
export function folderKey(
  migration: Pick<Migration, 'account' | 'region'>,
  feed: Pick<Feed, 'bucket' | 'prefix'>,
): string {
  return JSON.stringify([migration.account, migration.region, feed.bucket, feed.prefix]);
}

/** Watched folders and what was seen in them. Replicas share the work: a folder is scanned by whoever holds its lease. */
export interface FeedStore {
  /** The id of the folder that a migration takes its files from; null: none. */
  folderIdOf(migration: Migration): string | null;
  /** A folder that is due and that nobody holds, leased to the caller. */
  claimFolder(owner: string, now: Instant, leaseMs: number): Promise<WatchedFolder | null>;
  /** Ends the scan of a leased folder; false where the lease has passed on. `dueAt`: null where nobody watches it. */
  finishFolder(
    id: string,
    owner: string,
    end: { readonly scannedAt: Instant | null; readonly dueAt: Instant | null; readonly failures: number },
  ): Promise<boolean>;
  /** Has a folder scanned at once. */
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
