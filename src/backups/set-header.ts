import { type Lsn, readLsn } from './lsn.ts';
import { type Block, dateAt, streamsOf, textAt } from './tape-format.ts';

/**
 * The backup set header, an internal record of SQL Server. It appears at the start of a file (block MSCI, provisional) and at its end
 * (block MSLS, final).
 */
export interface SetHeader {
  readonly database: string | undefined;
  /** The letter that msdb uses for the type of backup: `D` full, `I` differential, `L` log; `F`, `G`, `P`, `Q` for parts of a database. */
  readonly kind: string;
  readonly firstLsn: Lsn | undefined;
  readonly lastLsn: Lsn | undefined;
  readonly checkpointLsn: Lsn | undefined;
  readonly databaseBackupLsn: Lsn | undefined;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly serverVersion: string;
  /** Version of the database format, such as 904 for SQL Server 2019. */
  readonly internalVersion: number;
  /** Identifier that is constant for the life of a database. */
  readonly bindingId: string | undefined;
  readonly recoveryFork: string | undefined;
}

/** Number of bytes of the record that are used. The record's texts follow them. */
const recordBytes = 0xac;
const maxNameBytes = 256;

/** Returns the header in an MSCI or MSLS block; undefined if the block has none. */
export function setHeaderIn(bytes: Buffer, block: Block): SetHeader | undefined {
  for (const stream of streamsOf(bytes, block))
    if (stream.id === 'MQCI' && stream.length >= recordBytes) return recordAt(bytes, stream.data);
  return undefined;
}

function recordAt(bytes: Buffer, at: number): SetHeader | undefined {
  if (at + recordBytes > bytes.length || bytes.toString('latin1', at, at + 4) !== 'SCIN') return undefined;
  const kind = bytes.toString('latin1', at + 0x57, at + 0x58);
  if (!/[A-Z]/.test(kind)) return undefined;
  return {
    database: textAt(bytes, at + 0x68, at, maxNameBytes),
    kind,
    firstLsn: readLsn(bytes, at + 0x20),
    lastLsn: readLsn(bytes, at + 0x2a),
    checkpointLsn: readLsn(bytes, at + 0x34),
    databaseBackupLsn: readLsn(bytes, at + 0x3e),
    startedAt: dateAt(bytes, at + 0x4d),
    finishedAt: dateAt(bytes, at + 0x52),
    serverVersion: `${bytes[at + 0x1b]}.${bytes[at + 0x1a]}.${bytes.readUInt16LE(at + 0x18)}`,
    internalVersion: bytes.readUInt16LE(at + 0x5e),
    bindingId: identifierAt(bytes, at + 0x7c),
    recoveryFork: identifierAt(bytes, at + 0x9c),
  };
}

/** Formats 16 bytes in hexadecimal, for comparison only. Undefined if all bytes are zero. */
function identifierAt(bytes: Buffer, at: number): string | undefined {
  const text = bytes.toString('hex', at, at + 16);
  return /^0+$/.test(text) ? undefined : text;
}
