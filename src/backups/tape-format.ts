/** Descriptor blocks and streams of the Microsoft Tape Format 1.00a, as SQL Server writes it. Integers are little-endian. */

/** A descriptor block with a valid checksum. Positions are offsets into the given buffer. */
export interface Block {
  readonly tag: string;
  readonly at: number;
}

/** A data stream of a block. */
export interface Stream {
  readonly id: string;
  /** Offset of the stream's data in the buffer. */
  readonly data: number;
  /** Declared length in bytes. The data may extend beyond the buffer. */
  readonly length: number;
}

const blockHeaderBytes = 52;
const streamHeaderBytes = 22;
/** Bounds for hostile input. A real file has about ten blocks before its data, and a block has up to five streams. */
const maxBlocks = 64;
const maxStreams = 64;

/** Returns the block at an offset; undefined if there is none or if its checksum is wrong. */
export function blockAt(bytes: Buffer, at: number): Block | undefined {
  if (at < 0 || at + blockHeaderBytes > bytes.length) return undefined;
  if (checksum(bytes, at, 25) !== bytes.readUInt16LE(at + 50)) return undefined;
  const tag = bytes.toString('latin1', at, at + 4);
  return /^[A-Z]{4}$/.test(tag) ? { tag, at } : undefined;
}

/** Yields the consecutive blocks from an offset to the end of the buffer. */
export function* blocksFrom(bytes: Buffer, start: number): Generator<Block> {
  let at: number | undefined = start;
  for (let count = 0; count < maxBlocks && at !== undefined; count++) {
    const block = blockAt(bytes, at);
    if (block === undefined) return;
    yield block;
    const next: number | undefined = endOf(bytes, block);
    at = next !== undefined && next > block.at ? next : undefined;
  }
}

/** Yields the streams of a block that start inside the buffer, up to the padding stream or a wrong checksum. */
export function* streamsOf(bytes: Buffer, block: Block): Generator<Stream> {
  let at = block.at + bytes.readUInt16LE(block.at + 8);
  for (let count = 0; count < maxStreams; count++) {
    if (at < block.at + blockHeaderBytes || at + streamHeaderBytes > bytes.length) return;
    if (checksum(bytes, at, 10) !== bytes.readUInt16LE(at + 20)) return;
    const length = bytes.readBigUInt64LE(at + 8);
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) return;
    const stream = { id: bytes.toString('latin1', at, at + 4), data: at + streamHeaderBytes, length: Number(length) };
    yield stream;
    if (stream.id === 'SPAD') return;
    at = (stream.data + stream.length + 3) & ~3;
    if (at <= stream.data || stream.data + stream.length > bytes.length) return;
  }
}

/**
 * Reads the UTF-16 text that a tape address (size, offset) refers to. `origin`: position to which the offset is relative. Undefined if the
 * address or the text is invalid.
 */
export function textAt(bytes: Buffer, address: number, origin: number, maxBytes: number): string | undefined {
  if (address + 4 > bytes.length) return undefined;
  const size = bytes.readUInt16LE(address);
  const at = origin + bytes.readUInt16LE(address + 2);
  if (size === 0 || size % 2 === 1 || size > maxBytes || at + size > bytes.length) return undefined;
  const text = bytes.toString('utf16le', at, at + size);
  return isPlainText(text) ? text : undefined;
}

/** Reads a date of five bytes as text, such as `2026-11-28T01:00:00`. Undefined if the bytes are not a date. The format has no time zone. */
export function dateAt(bytes: Buffer, at: number): string | undefined {
  if (at + 5 > bytes.length) return undefined;
  const bits = bytes.readUIntBE(at, 5);
  const take = (shift: number, width: number) => Math.floor(bits / 2 ** shift) % 2 ** width;
  const [year, month, day] = [take(26, 14), take(22, 4), take(17, 5)];
  const [hour, minute, second] = [take(12, 5), take(6, 6), take(0, 6)];
  const possible = year >= 1980 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!possible || hour > 23 || minute > 59 || second > 59) return undefined;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

/** The end of a block. A soft filemark has no streams and states its own length; every other block ends with a padding stream. */
function endOf(bytes: Buffer, block: Block): number | undefined {
  if (block.tag === 'SFMB') return block.at + bytes.readUInt16LE(block.at + 8);
  for (const stream of streamsOf(bytes, block)) if (stream.id === 'SPAD') return stream.data + stream.length;
  return undefined;
}

function checksum(bytes: Buffer, at: number, words: number): number {
  let sum = 0;
  for (let word = 0; word < words; word++) sum ^= bytes.readUInt16LE(at + 2 * word);
  return sum;
}

/** Whether a text has no control characters and no lone surrogate. */
function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
