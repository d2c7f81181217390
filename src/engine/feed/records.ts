import type { FeedStore } from '../../domain/feed-store.ts';
import type { FolderFile } from './folder-file.ts';

/** Records that are read or written at once, so that other work has its turn between them. */
const portion = 1000;

/** Returns the stored state of a folder. Unreadable records are skipped, so that their objects are read again. */
export async function knownFiles(feeds: FeedStore, id: string): Promise<ReadonlyMap<string, FolderFile>> {
  const files = new Map<string, FolderFile>();
  let after: string | null = null;
  for (;;) {
    const records: Awaited<ReturnType<FeedStore['folderDocuments']>> = await feeds.folderDocuments(id, after, portion);
    for (const { key, document } of records) {
      try {
        files.set(key, JSON.parse(document) as FolderFile);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    after = records.at(-1)?.key ?? null;
    if (records.length < portion || after === null) return files;
  }
}

/** Stores files and removes those with the keys in `removed`. Each portion is a transaction of its own: records do not depend on each other. */
export async function keepFiles(
  feeds: FeedStore,
  id: string,
  files: readonly FolderFile[],
  removed: readonly string[] = [],
  beforePortion: () => Promise<void> = async () => undefined,
): Promise<void> {
  for (let at = 0; at < Math.max(files.length, removed.length); at += portion) {
    await beforePortion();
    await feeds.changeFolderDocuments(
      id,
      files.slice(at, at + portion).map((file) => ({ key: file.object.key, document: JSON.stringify(file) })),
      removed.slice(at, at + portion),
    );
  }
}
