import type { BackupFile } from '../../backups/read.ts';
import type { StoredObject } from '../../domain/object-store.ts';
import type { Look } from '../backup-files.ts';

/** The last known state of one object in a watched folder. Stored as JSON. */
export interface FolderFile {
  readonly object: StoredObject;
  /** Time of the listing since which the object is unchanged. */
  readonly seenAt: number;
  /** The header and other findings; null: not read. */
  readonly file: BackupFile | null;
  /** Why reading the header failed; null: it did not. */
  readonly unread: string | null;
}

/** Maximum number of objects per folder. In a larger folder only the first ones in the order of keys are used. */
export const maxObjects = 100_000;

/** The state of a folder after a new listing. Changed objects lose their headers. Pure. */
export function afterListing(
  known: ReadonlyMap<string, FolderFile>,
  listed: readonly StoredObject[],
  now: number,
): ReadonlyMap<string, FolderFile> {
  const files = new Map<string, FolderFile>();
  for (const object of listed) {
    if (object.key.endsWith('/')) continue;
    const before = known.get(object.key);
    const same = before !== undefined && isSame(before.object, object);
    files.set(object.key, same ? { ...before, object } : { object, seenAt: now, file: null, unread: null });
  }
  return files;
}

function isSame(one: StoredObject, other: StoredObject): boolean {
  return one.size === other.size && one.etag === other.etag && one.lastModified === other.lastModified;
}

/** The state of a file after reading it. */
export function afterLook(before: FolderFile, look: Look): FolderFile {
  if (look.outcome === 'read') return { ...before, file: look.file, unread: null };
  return { ...before, file: null, unread: look.detail };
}

/** Whether the header must be read (again). A file without its end is read again, because it may still grow. */
export function wantsReading({ object, file }: FolderFile): boolean {
  return object.size > 0 && (file === null || file.whole === false);
}
