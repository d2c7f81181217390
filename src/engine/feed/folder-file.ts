import { storageFault } from '../../backups/faults.ts';
import type { BackupFile } from '../../backups/read.ts';
import type { StoredObject } from '../../domain/object-store.ts';
import type { HeaderRead } from '../backup-files.ts';

/** The last known state of one object in a watched folder. Stored as JSON. */
export interface FolderFile {
  readonly object: StoredObject;
  /** Time of the listing since which the object is unchanged. */
  readonly seenAt: number;
  /** The header and other findings; null: not read. */
  readonly file: BackupFile | null;
  /** Why reading the header failed; null: it did not. */
  readonly unread: string | null;
  /** Time of that attempt; absent: none has failed. */
  readonly triedAt?: number;
}

/** Maximum number of objects per folder. In a larger folder only the first ones in the order of keys are used. */
export const maxObjects = 100_000;

/** The state of a folder after a new listing. Changed objects lose their headers; files without any change stay the same objects. Pure. */
export function afterListing(
  known: ReadonlyMap<string, FolderFile>,
  listed: readonly StoredObject[],
  now: number,
): ReadonlyMap<string, FolderFile> {
  const files = new Map<string, FolderFile>();
  for (const object of listed) {
    if (object.key.endsWith('/')) continue;
    const before = known.get(object.key);
    if (before === undefined || !isSame(before.object, object))
      files.set(object.key, { object, seenAt: now, file: null, unread: null });
    else files.set(object.key, before.object.storageClass === object.storageClass ? before : { ...before, object });
  }
  return files;
}

function isSame(one: StoredObject, other: StoredObject): boolean {
  return one.size === other.size && one.etag === other.etag && one.lastModified === other.lastModified;
}

/** The state of a file after reading it at the time `now`. */
export function afterRead({ object, seenAt, ...before }: FolderFile, headerRead: HeaderRead, now: number): FolderFile {
  if (headerRead.outcome === 'read') return { object, seenAt, file: headerRead.file, unread: null };
  return { object, seenAt, ...before, file: null, unread: headerRead.detail, triedAt: now };
}

/**
 * The files whose headers must be read. `fresh`: no attempt was made yet; the newest first. `again`: an attempt has failed; the longest ago
 * first. An unchanged file without its end is read again only if its store has no entity tags, because a change would show in the tag.
 * Files in a storage class from which nothing is restored are not read.
 */
export function filesToRead(
  files: Iterable<FolderFile>,
  restorable: (storageClass: string) => boolean,
): { readonly fresh: readonly FolderFile[]; readonly again: readonly FolderFile[] } {
  const [fresh, again]: [FolderFile[], FolderFile[]] = [[], []];
  for (const each of files) {
    const { object, file, unread } = each;
    if (object.size === 0 || storageFault(object.storageClass, restorable) !== null) continue;
    if (file === null) (unread === null ? fresh : again).push(each);
    else if (file.whole === false && object.etag === null) again.push(each);
  }
  fresh.sort((a, b) => (b.object.lastModified ?? 0) - (a.object.lastModified ?? 0));
  again.sort((a, b) => (a.triedAt ?? 0) - (b.triedAt ?? 0));
  return { fresh, again };
}
