import { createHash } from 'node:crypto';

/**
 * The header fields of a backup file to write. `writeBackupFile` writes small files in SQL Server's backup format: Microsoft Tape Format
 * blocks with valid checksums, a backup set header at both ends, and no database pages. It was written from the description of the format
 * and shares no code with the reader.
 */
export interface BackupFileSpecification {
  readonly database: string;
  /** The letter that msdb uses for the type of backup: `D` full, `I` differential, `L` log; others for parts of a database. */
  readonly kind: string;
  /** LSNs in decimal, as SQL Server prints them; `0`: none. */
  readonly firstLsn: string;
  readonly lastLsn: string;
  readonly checkpointLsn: string;
  readonly databaseBackupLsn: string;
  /** Local time such as `2026-11-28T01:00:00`. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** SQL Server version. Default: `15.0.2000`. */
  readonly serverVersion?: string;
  readonly copyOnly?: boolean;
  readonly stripe?: { readonly number: number; readonly of: number };
  /** Number of backup sets that the file declares. Default: 1. */
  readonly sets?: number;
  /** 32 hexadecimal digits that are constant for a database. Default: derived from its name. */
  readonly bindingId?: string;
  readonly recoveryFork?: string;
  /** Number of bytes between the two headers. Default: 4,096. */
  readonly dataBytes?: number;
  /** Provisional first, last and checkpoint LSN at the front, as SQL Server 2019 writes them. */
  readonly provisionalLsn?: string;
  /** Whether to write the container of a compressed backup. */
  readonly compressed?: boolean;
}

/** Writes a backup file with the specified headers. */
export function writeBackupFile(specification: BackupFileSpecification): Buffer {
  const { kind, sets = 1, dataBytes = 4096 } = specification;
  const pieces = [
    tape(specification),
    filemark(),
    Buffer.concat([setStart(specification), block('VOLB', 64, []), setHeader('MSCI', specification)]),
    block('MSDA', 64, [{ id: 'MQDA', data: Buffer.alloc(dataBytes) }]),
    ...(kind === 'L' ? [block('MSTL', 64, [{ id: 'MQTL', data: Buffer.alloc(512) }])] : []),
    setHeader('MSLS', specification),
    Buffer.concat([filemark(), setEnd(sets), setEnd(sets), filemark()]),
  ];
  return specification.compressed ? container(pieces) : Buffer.concat(pieces);
}

/** The specification for the front of the file, which may have provisional LSNs. */
function provisional(specification: BackupFileSpecification): BackupFileSpecification {
  const lsn = specification.provisionalLsn;
  return lsn === undefined ? specification : { ...specification, firstLsn: lsn, lastLsn: lsn, checkpointLsn: lsn };
}

interface StreamContent {
  readonly id: string;
  readonly data: Buffer;
}

/** A block: its fields, its streams, and a padding stream up to the next multiple of 512 bytes. */
function block(
  tag: string,
  fieldBytes: number,
  streams: readonly StreamContent[],
  fill?: (bytes: Buffer) => void,
): Buffer {
  const fields = Buffer.alloc(roundUp(fieldBytes, 4));
  fields.write(tag, 0, 'latin1');
  fields.writeUInt16LE(fields.length, 8);
  fields.writeUInt8(0x0e, 10);
  fields.writeUInt8(2, 48);
  fill?.(fields);
  fields.writeUInt16LE(exclusiveOr(fields, 25), 50);
  const parts = [fields];
  let length = fields.length;
  for (const { id, data } of streams) {
    const padded = Buffer.alloc(roundUp(22 + data.length, 4));
    stream(id, data.length).copy(padded);
    data.copy(padded, 22);
    parts.push(padded);
    length += padded.length;
  }
  const padding = roundUp(length + 22, 512) - length - 22;
  return Buffer.concat([...parts, stream('SPAD', padding), Buffer.alloc(padding)]);
}

function stream(id: string, length: number): Buffer {
  const header = Buffer.alloc(22);
  header.write(id, 0, 'latin1');
  header.writeBigUInt64LE(BigInt(length), 8);
  header.writeUInt16LE(exclusiveOr(header, 10), 20);
  return header;
}

/** A soft filemark. It has no streams and contains its own length where other blocks have the offset of their first stream. */
function filemark(): Buffer {
  const mark = Buffer.alloc(512);
  mark.write('SFMB', 0, 'latin1');
  mark.writeUInt16LE(512, 8);
  mark.writeUInt16LE(exclusiveOr(mark, 25), 50);
  return mark;
}

function tape({ stripe = { number: 1, of: 1 }, startedAt, database }: BackupFileSpecification): Buffer {
  const families = Buffer.alloc(32);
  createHash('sha256').update(`media of ${database} at ${startedAt}`).digest().copy(families, 0, 0, 16);
  families.writeUInt16LE(stripe.of, 20);
  families.writeUInt16LE(1, 22);
  families.writeUInt16LE(stripe.number, 24);
  return block('TAPE', 140, [{ id: 'RAID', data: families }], (bytes) => {
    const software = Buffer.from('Microsoft SQL Server', 'utf16le');
    bytes.writeUInt16LE(1, 60);
    bytes.writeUInt16LE(software.length, 80);
    bytes.writeUInt16LE(96, 82);
    writeDate(bytes, 88, startedAt);
    software.copy(bytes, 96);
  });
}

function setStart({ kind, copyOnly = false, startedAt }: BackupFileSpecification): Buffer {
  return block('SSET', 140, [], (bytes) => {
    bytes.writeUInt32LE((kind === 'I' ? 8 : 4) | (copyOnly ? 2 : 0), 52);
    bytes.writeUInt16LE(1, 62);
    writeDate(bytes, 88, startedAt);
  });
}

function setEnd(sets: number): Buffer {
  return block('ESET', 96, [], (bytes) => bytes.writeUInt16LE(sets, 78));
}

const recordBytes = 0x120;

function setHeader(tag: 'MSCI' | 'MSLS', specification: BackupFileSpecification): Buffer {
  const { firstLsn, lastLsn, checkpointLsn, ...rest } = tag === 'MSCI' ? provisional(specification) : specification;
  const { database, kind, startedAt, finishedAt, databaseBackupLsn, serverVersion = '15.0.2000' } = rest;
  const { bindingId = identifier(`binding of ${database}`), recoveryFork = identifier(`fork of ${database}`) } = rest;
  const [major = 15, minor = 0, build = 0] = serverVersion.split('.').map(Number);
  const texts = [Buffer.from(database, 'utf16le'), Buffer.from('SOURCE01', 'utf16le')];
  const record = Buffer.concat([Buffer.alloc(recordBytes), ...texts]);
  record.write('SCIN', 0, 'latin1');
  record.writeUInt32LE(record.length, 4);
  record.writeUInt32LE(kind === 'I' ? 0xa10 : 0x210, 8);
  record.writeUInt16LE(build, 0x18);
  record.writeUInt8(minor, 0x1a);
  record.writeUInt8(major, 0x1b);
  for (const [at, lsn] of [
    [0x20, firstLsn],
    [0x2a, lastLsn],
    [0x34, checkpointLsn],
    [0x3e, databaseBackupLsn],
  ] as const)
    writeLsn(record, at, lsn);
  writeDate(record, 0x4d, startedAt);
  if (tag === 'MSLS') writeDate(record, 0x52, finishedAt);
  record.write(kind, 0x57, 'latin1');
  record.writeUInt8(Math.min(major * 10, 255), 0x5b);
  record.writeUInt16LE(internalVersions[major] ?? 904, 0x5e);
  let at = recordBytes;
  for (const [index, text] of texts.entries()) {
    record.writeUInt16LE(text.length, 0x68 + 4 * index);
    record.writeUInt16LE(at, 0x6a + 4 * index);
    at += text.length;
  }
  Buffer.from(bindingId, 'hex').copy(record, 0x7c);
  Buffer.from(recoveryFork, 'hex').copy(record, 0x9c);
  return block(tag, 56, [{ id: 'MQCI', data: record }]);
}

/** Version of the database format by major version of SQL Server. */
const internalVersions: Readonly<Record<number, number>> = {
  10: 661,
  11: 706,
  12: 782,
  13: 852,
  14: 869,
  15: 904,
  16: 957,
};

function identifier(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function writeLsn(bytes: Buffer, at: number, decimal: string): void {
  const lsn = BigInt(decimal);
  bytes.writeUInt32LE(Number(lsn / 10n ** 15n), at);
  bytes.writeUInt32LE(Number((lsn / 10n ** 5n) % 10n ** 10n), at + 4);
  bytes.writeUInt16LE(Number(lsn % 10n ** 5n), at + 8);
}

/** Writes a date in five bytes, highest bits first: 14 bits for the year, then 4, 5, 5, 6 and 6 bits. */
function writeDate(bytes: Buffer, at: number, text: string): void {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/[-T:]/).map(Number);
  const bits = ((((year * 16 + month) * 32 + day) * 32 + hour) * 64 + minute) * 64 + second;
  bytes.writeUIntBE(bits, at, 5);
}

function exclusiveOr(bytes: Buffer, words: number): number {
  let sum = 0;
  for (let word = 0; word < words; word++) sum ^= bytes.readUInt16LE(2 * word);
  return sum;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/**
 * The container of a compressed backup: a header, then each piece in chunks of at most 64 KiB. Each piece starts at a multiple of 512
 * bytes.
 */
function container(pieces: readonly Buffer[]): Buffer {
  const start = Buffer.alloc(0x1e0);
  start.write('MSSQLBAK', 0, 'latin1');
  start.writeUInt32LE(2, 8);
  start.writeUInt32LE(3, 12);
  const parts: Buffer[] = [start];
  let length = start.length;
  const push = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += 65_536) push(chunk(piece.subarray(at, at + 65_536)));
    push(Buffer.alloc(roundUp(length, 512) - length));
  }
  return Buffer.concat(parts);
}

function chunk(piece: Buffer): Buffer {
  const packed = pack(piece);
  const header = Buffer.alloc(28);
  header.writeUInt8(0x21, 0);
  header.writeUInt8(piece.length / 512, 1);
  header.writeUInt16LE(packed.length, 2);
  return Buffer.concat([header, packed]);
}

/**
 * Encodes literals only. The code suits bytes that are mostly zero: one bit for zero, nine for the next symbol, ten for all others. The
 * code lengths use the complete code space, as the format requires.
 */
function pack(piece: Buffer): Buffer {
  const lengths = (symbol: number) => (symbol === 0 ? 1 : symbol === 1 ? 9 : 10);
  const table = Buffer.alloc(256, 0xaa);
  table[0] = lengths(0) | (lengths(1) << 4);
  const codeOf = (symbol: number) => (symbol === 0 ? 0 : symbol === 1 ? 0b100000000 : 0b1000000010 + symbol - 2);
  let bits = '';
  for (const byte of piece) bits += codeOf(byte).toString(2).padStart(lengths(byte), '0');
  bits = bits.padEnd(roundUp(bits.length, 16) + 32, '0');
  const words = Buffer.alloc(bits.length / 8);
  for (let at = 0; at < bits.length; at += 16) words.writeUInt16LE(Number.parseInt(bits.slice(at, at + 16), 2), at / 8);
  return Buffer.concat([table, words]);
}
