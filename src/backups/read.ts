import type { BackupHeader } from '../domain/backup-header.ts';
import { chunksFromEnd, chunksFromFront, isContainer } from './container.ts';
import { type SetHeader, setHeaderIn } from './set-header.ts';
import { type Block, blockAt, blocksFrom, streamsOf } from './tape-format.ts';

/** Number of bytes to read from the start of a file. */
export const headBytes = 16 * 1024;
/** Number of bytes to read from the end of a file. */
export const tailBytes = 64 * 1024;
/** Number of bytes of a second read, for a file whose final header is further from its end (`needsLongTail`). */
export const longTailBytes = 1024 * 1024;

/** The first and last bytes of a file. */
export interface FileBytes {
  /** Size of the whole file in bytes. */
  readonly size: number;
  /** The first `headBytes` bytes, or all bytes of a smaller file. */
  readonly head: Buffer;
  /** The last bytes of the file. They may overlap `head`. */
  readonly tail: Buffer;
}

/**
 * The kind of a file. `archive`: for example a zip file. `sealed`: a SQL Server container that cannot be read, because it is encrypted or
 * has an unknown form. `foreign`: any other content.
 */
export type FileKind = 'backup' | 'archive' | 'sealed' | 'foreign' | 'empty';

/** What the first and last bytes of a file say about it. */
export interface BackupFile {
  readonly kind: FileKind;
  readonly header: BackupHeader;
  /** Whether the end of the backup is present; null: unknown. The end is missing while a file is being written. */
  readonly whole: boolean | null;
  /** Whether the bytes contain no final header although an earlier part of the file may, so that a longer tail must be read. */
  readonly needsLongTail: boolean;
  /** The letter that msdb uses for the type of backup; see `SetHeader.kind`. */
  readonly kindLetter: string | null;
  /** Identifier that is constant for the life of a database; null if unknown. */
  readonly bindingId: string | null;
  readonly recoveryFork: string | null;
}

/** Reads the properties of a file from its first and last bytes. Pure. Never throws, whatever the bytes are. */
export function readBackup({ size, head, tail }: FileBytes): BackupFile {
  if (size === 0 || head.length === 0) return unreadable('empty');
  if (isContainer(head)) return readContainer({ size, head, tail });
  if (head.toString('latin1', 0, 4) !== 'TAPE') return unreadable(isArchive(head) ? 'archive' : 'foreign');
  const front = readFront([head]);
  if (front.set === undefined) return unreadable('foreign');
  return backup('plain', front, readEnd(tail, size - tail.length));
}

interface Front {
  readonly stripe: { readonly number: number; readonly of: number } | undefined;
  readonly copyOnly: boolean | undefined;
  readonly set: SetHeader | undefined;
}

interface End {
  readonly set: SetHeader | undefined;
  /** Number of the last backup set, and thus the number of sets in the file. */
  readonly sets: number | undefined;
}

const letters: Readonly<Record<string, BackupHeader['type']>> = { D: 'full', I: 'differential', L: 'log' };

function readContainer({ size, head, tail }: FileBytes): BackupFile {
  const chunks = [...take(chunksFromFront(head), 4)].map((chunk) => chunk.bytes);
  if (chunks[0]?.toString('latin1', 0, 4) !== 'TAPE') return unreadable('sealed');
  const front = readFront(chunks);
  if (front.set === undefined) return unreadable('sealed');
  return backup('compressed', front, readPackedEnd(tail, size - tail.length));
}

/** Reads the blocks at the front. `parts`: pieces of the front, each of which starts with a block. */
function readFront(parts: readonly Buffer[]): Front {
  let [stripe, copyOnly, set]: [Front['stripe'], Front['copyOnly'], Front['set']] = [undefined, undefined, undefined];
  for (const bytes of parts)
    for (const block of blocksFrom(bytes, 0)) {
      if (block.tag === 'TAPE') stripe ??= stripeOf(bytes, block);
      // Bit 1 of the attributes is the copy flag of the format. SQL Server probably sets it for COPY_ONLY.
      if (block.tag === 'SSET' && block.at + 56 <= bytes.length)
        copyOnly ??= (bytes.readUInt32LE(block.at + 52) & 2) !== 0;
      if (block.tag === 'MSCI') set ??= setHeaderIn(bytes, block);
    }
  return { stripe, copyOnly, set };
}

function stripeOf(bytes: Buffer, tape: Block): Front['stripe'] {
  for (const { id, data, length } of streamsOf(bytes, tape)) {
    if (id !== 'RAID' || length < 26 || data + 26 > bytes.length) continue;
    const [of, number] = [bytes.readUInt16LE(data + 20), bytes.readUInt16LE(data + 24)];
    return of >= 1 && of <= 64 && number >= 1 && number <= of ? { number, of } : undefined;
  }
  return undefined;
}

/** Reads the blocks at the end. `base`: offset of the bytes in the file. Blocks start at multiples of 512 bytes in the file. */
function readEnd(bytes: Buffer, base: number): End {
  let [set, sets]: [End['set'], End['sets']] = [undefined, undefined];
  for (let at = Math.floor((base + bytes.length - 1) / 512) * 512 - base; at >= 0; at -= 512) {
    const block = blockAt(bytes, at);
    if (block?.tag === 'ESET' && at + 80 <= bytes.length) sets ??= bytes.readUInt16LE(at + 78);
    if (block?.tag !== 'MSLS') continue;
    set = setHeaderIn(bytes, block);
    if (set !== undefined) break;
  }
  return { set, sets };
}

/** Reads the end of a container, in which some blocks are inside chunks and others between them. */
function readPackedEnd(tail: Buffer, base: number): End {
  let { sets } = readEnd(tail, base);
  for (const { bytes } of chunksFromEnd(tail)) {
    const end = readEnd(bytes, 0);
    sets ??= end.sets;
    if (end.set !== undefined) return { set: end.set, sets };
  }
  return { set: undefined, sets };
}

function backup(form: 'plain' | 'compressed', front: Front, end: End): BackupFile {
  const set = end.set ?? front.set;
  const final = end.set;
  return {
    kind: 'backup',
    header: {
      database: set?.database ?? null,
      type: letters[set?.kind ?? ''] ?? null,
      startedAt: set?.startedAt ?? null,
      finishedAt: final?.finishedAt ?? null,
      firstLsn: decimal(final?.firstLsn),
      lastLsn: decimal(final?.lastLsn),
      checkpointLsn: decimal(final?.checkpointLsn),
      databaseBackupLsn: decimal(final?.databaseBackupLsn),
      serverVersion: set?.serverVersion ?? null,
      copyOnly: front.copyOnly ?? null,
      stripe: front.stripe ?? null,
      sets: end.sets ?? null,
      form,
    },
    // A container may end in an unknown form, so a missing end proves nothing.
    whole: final !== undefined || end.sets !== undefined ? true : form === 'plain' ? false : null,
    needsLongTail: final === undefined && (end.sets !== undefined || form === 'compressed'),
    kindLetter: set?.kind ?? null,
    bindingId: set?.bindingId ?? null,
    recoveryFork: set?.recoveryFork ?? null,
  };
}

const nothing: Omit<BackupHeader, 'form'> = {
  database: null,
  type: null,
  startedAt: null,
  finishedAt: null,
  firstLsn: null,
  lastLsn: null,
  checkpointLsn: null,
  databaseBackupLsn: null,
  serverVersion: null,
  copyOnly: null,
  stripe: null,
  sets: null,
};

function unreadable(kind: FileKind): BackupFile {
  const header: BackupHeader = { ...nothing, form: 'unreadable' };
  return { kind, header, whole: null, needsLongTail: false, kindLetter: null, bindingId: null, recoveryFork: null };
}

/** Recognizes zip, gzip, RAR and 7z. */
function isArchive(head: Buffer): boolean {
  return /^(504b0304|1f8b|52617221|377abcaf)/.test(head.toString('hex', 0, 4));
}

function decimal(lsn: bigint | undefined): string | null {
  return lsn === undefined ? null : lsn.toString();
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ >= count) return;
    yield item;
  }
}
