import { createHash } from 'node:crypto';
import { type BackupFileSpecification, writeBackupFile } from './backup-file.ts';

/** An object as it was put. Plain JSON; its bytes and what is seen of it follow from it and the clock. */
export interface StoredFile {
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly putAt: number;
  readonly content: { readonly backup: BackupFileSpecification } | { readonly text: string };
  /** In capitals; each store spells it in its own way. Default `STANDARD`. */
  readonly storageClass?: string;
  /** It grows to its full size over this many milliseconds, as an object that is appended to does. */
  readonly growsMs?: number;
}

/** An object as it is at a moment. */
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
 * The objects of one emulated store. A folder in which an object was put is known whole: what is not in it is missing. Of other folders
 * nothing is known; the account has no right to look there, and the restore services take any key in them.
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

  /** Whether what is not there in the folder of a key is known to be missing. */
  knowsFolderOf(bucket: string, key: string): boolean {
    return this.#folders.has(slot(bucket, folderOf(key)));
  }

  /** Whether a prefix covers, or lies in, a folder that is known. */
  knowsPrefix(bucket: string, prefix: string): boolean {
    const inside = slot(bucket, prefix);
    return [...this.#folders].some(
      (folder) => folder.startsWith(inside) || (inside.startsWith(folder) && folder !== ''),
    );
  }

  /** The objects whose keys begin with a prefix, in the order of their keys' bytes. */
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
 * What a restore service makes of a file that is there, or known not to be there, in the words that bring the same failure in a key. `before`:
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
  // A chain of which a file is not in the store cannot be judged.
  if (chain.length < before.length) return words;
  if ((before.length === 0) !== (backup.kind === 'D')) return [...words, 'wrong-kind'];
  const reached = chain.reduce((most, each) => (BigInt(each.lastLsn) > most ? BigInt(each.lastLsn) : most), 0n);
  if (backup.kind === 'L' && BigInt(backup.firstLsn) > reached) words.push('gap');
  if (backup.kind === 'L' && BigInt(backup.lastLsn) < reached) words.push('too-early');
  if (backup.kind === 'I' && backup.databaseBackupLsn !== chain[0]?.checkpointLsn) words.push('wrong-base');
  return words;
}

/** A key with the words of its fate before it, for those who look for words in keys; its last part stays what it is. */
export function withWords(key: string, words: readonly string[]): string {
  return [...words, key].join('/');
}
