import { createHash } from 'node:crypto';
import { type BackupFileSpecification, writeBackupFile } from './backup-file.ts';

/** A stored object, as plain JSON. The clock determines its bytes and whether it is visible. */
export interface StoredFile {
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly putAt: number;
  readonly content: { readonly backup: BackupFileSpecification } | { readonly text: string };
  /** Storage class in capitals; each store has its own spelling. Default: `STANDARD`. */
  readonly storageClass?: string;
  /** Time in milliseconds in which the object grows to its full size, like an appendable object. */
  readonly growsMs?: number;
}

/** An object at a point in time. */
export interface VisibleObject {
  readonly key: string;
  readonly size: number;
  readonly changedAt: number;
  readonly etag: string;
  readonly storageClass: string;
  bytes(): Buffer;
}

const slot = (bucket: string, key: string) => `${bucket}\n${key}`;
const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1);

/**
 * The objects of one emulated store. A folder that contains a stored object is known completely: any other key in it is missing. Any other
 * folder is unknown: the account may not list it, and the restore services accept any key in it.
 */
export class EmulatedObjects {
  readonly #files = new Map<string, StoredFile>();
  readonly #contents = new Map<StoredFile, Buffer>();
  readonly #folders = new Set<string>();
  #sorted: readonly StoredFile[] | undefined;

  constructor(files: readonly StoredFile[]) {
    for (const file of files) this.put(file);
  }

  put(file: StoredFile): void {
    this.#files.set(slot(file.bucket, file.key), file);
    this.#folders.add(slot(file.bucket, folderOf(file.key)));
    this.#sorted = undefined;
  }

  remove(bucket: string, key: string): boolean {
    this.#sorted = undefined;
    return this.#files.delete(slot(bucket, key));
  }

  get(bucket: string, key: string): StoredFile | undefined {
    return this.#files.get(slot(bucket, key));
  }

  /** Whether the folder of a key is known, so that a key without an object is missing. */
  knowsFolderOf(bucket: string, key: string): boolean {
    return this.#folders.has(slot(bucket, folderOf(key)));
  }

  /** Whether a prefix contains a known folder or is inside one. */
  knowsPrefix(bucket: string, prefix: string): boolean {
    const inside = slot(bucket, prefix);
    return [...this.#folders].some(
      (folder) => folder.startsWith(inside) || (inside.startsWith(folder) && folder !== ''),
    );
  }

  /** The objects with a key prefix, in byte order of their keys. */
  list(bucket: string, prefix: string): readonly StoredFile[] {
    this.#sorted ??= [...this.#files.values()].toSorted((a, b) =>
      Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)),
    );
    return this.#sorted.filter((file) => file.bucket === bucket && file.key.startsWith(prefix));
  }

  all(): readonly StoredFile[] {
    return [...this.#files.values()];
  }

  see(file: StoredFile, now: number): VisibleObject {
    const whole = this.#bytesOf(file);
    const part = file.growsMs === undefined ? 1 : Math.min(1, Math.max(0, (now - file.putAt) / file.growsMs));
    const size = Math.floor(whole.length * part);
    return {
      key: file.key,
      size,
      changedAt: file.putAt + (file.growsMs ?? 0) * part,
      etag: createHash('md5').update(`${file.key} ${file.putAt} ${size}`).digest('hex').toUpperCase(),
      storageClass: file.storageClass ?? 'STANDARD',
      bytes: () => whole.subarray(0, size),
    };
  }

  #bytesOf(file: StoredFile): Buffer {
    const known = this.#contents.get(file);
    if (known) return known;
    const bytes = 'text' in file.content ? Buffer.from(file.content.text) : writeBackupFile(file.content.backup);
    this.#contents.set(file, bytes);
    return bytes;
  }
}

/**
 * The fate of a file in a restore, as the magic words for the same failure; empty if the restore succeeds or the file is unknown. `before`:
 * keys of the files that the database was restored from so far.
 */
export function fateOf(
  objects: EmulatedObjects | undefined,
  bucket: string,
  key: string,
  before: readonly string[],
  now: number,
): readonly string[] {
  if (objects === undefined) return [];
  const file = objects.get(bucket, key);
  if (file === undefined) return objects.knowsFolderOf(bucket, key) ? ['missing'] : [];
  const words: string[] = [];
  if (/ARCHIVE|COLD|GLACIER/.test(file.storageClass ?? '')) words.push('storage-class', 'missing');
  if ('text' in file.content || (file.growsMs !== undefined && now < file.putAt + file.growsMs))
    return [...words, 'corrupt'];
  const { backup } = file.content;
  if ((backup.stripe?.of ?? 1) > 1) words.push('striped');
  const earlier = before.map((each) => objects.get(bucket, each)?.content);
  const chain = earlier.flatMap((content) => (content !== undefined && 'backup' in content ? [content.backup] : []));
  // A chain with a file outside the store cannot be checked.
  if (chain.length < before.length) return words;
  if ((before.length === 0) !== (backup.kind === 'D')) return [...words, 'wrong-kind'];
  const reached = chain.reduce((most, each) => (BigInt(each.lastLsn) > most ? BigInt(each.lastLsn) : most), 0n);
  if (backup.kind === 'L' && BigInt(backup.firstLsn) > reached) words.push('gap');
  if (backup.kind === 'L' && BigInt(backup.lastLsn) < reached) words.push('too-early');
  if (backup.kind === 'I' && backup.databaseBackupLsn !== chain[0]?.checkpointLsn) words.push('wrong-base');
  return words;
}

/** Prefixes a key with magic words. Its last segment is unchanged. */
export function withWords(key: string, words: readonly string[]): string {
  return [...words, key].join('/');
}
