import type { BackupFile } from '../../backups/read.ts';
import type { StoredObject } from '../../domain/object-store.ts';
import type { Look } from '../backup-files.ts';

/** One object of a watched folder, as last seen. It is stored as JSON. */
export interface FolderFile {
  readonly object: StoredObject;
  /** Time since which it is unchanged. */
  readonly seenAt: number;
  /** Its header; null: not read yet. */
  readonly file: BackupFile | null;
  /** Why an attempt to read it failed. */
  readonly unread: string | null;
}

/** Maximum number of objects of a folder; of a larger one, the first by name. */
export const maxObjects = 100_000;

/** The state of a folder after another listing. A changed object starts anew. Pure. */
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

/** The file with the result of reading it. A file without its end is read again, because it may still grow. */
export function afterLook(before: FolderFile, look: Look): FolderFile {
  if (look.outcome === 'read') return { ...before, file: look.file, unread: null };
  return { ...before, file: null, unread: look.detail };
}

/** Whether a file must be read (again). */
export function wantsReading({ object, file }: FolderFile): boolean {
  return object.size > 0 && (file === null || file.whole === false);
}
