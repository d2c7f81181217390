import { decodeXpressHuffman, hasCompleteCode } from './xpress-huffman.ts';

/**
 * Part of a compressed backup. SQL Server writes a compressed backup as a container of independent chunks: a 28-byte header (marker,
 * payload size, a checksum of unknown kind) and a payload that decompresses to a multiple of 512 bytes. The fields were inferred from files
 * of SQL Server 2019. In a container of another form no chunk is found.
 */
export interface Chunk {
  readonly bytes: Buffer;
  /** Offset of the chunk in the searched buffer. */
  readonly at: number;
}

const chunkHeaderBytes = 28;
const chunkMarker = 0x21;
const firstChunk = 0x1e0;
const unitBytes = 512;
/** Maximum number of chunks to decompress, each to at most 64 KiB. Reading needs two chunks at the front and one or two at the end. */
const maxChunks = 48;
/** Maximum number of candidate positions in a search. In random bytes one position in 256 looks like a marker. */
const maxCandidates = 4096;

/** Whether the bytes start like a container of a compressed or encrypted backup. */
export function isContainer(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 8) === 'MSSQLBAK';
}

/** Yields the chunks at the front of a container, in order. Yields none for an encrypted container. */
export function* chunksFromFront(head: Buffer): Generator<Chunk> {
  yield* chunksOf(head, firstChunk, 1);
}

/** Yields the chunks at the end of a container, the last first. */
export function* chunksFromEnd(tail: Buffer): Generator<Chunk> {
  yield* chunksOf(tail, tail.length - chunkHeaderBytes, -1);
}

function* chunksOf(bytes: Buffer, start: number, direction: 1 | -1): Generator<Chunk> {
  let found = 0;
  let candidates = 0;
  for (let at = start; at >= 0 && at + chunkHeaderBytes <= bytes.length; at += direction) {
    const size = unpackedSize(bytes, at);
    if (size === undefined) continue;
    if (++candidates > maxCandidates) return;
    const payload = at + chunkHeaderBytes;
    if (!hasCompleteCode(bytes, payload)) continue;
    const packed = bytes.readUInt16LE(at + 2);
    const unpacked = decodeXpressHuffman(bytes.subarray(payload, payload + packed), size);
    if (unpacked === undefined) continue;
    yield { bytes: unpacked, at };
    if (++found >= maxChunks) return;
    if (direction === 1) at = payload + packed - 1;
  }
}

/** The decompressed size of a chunk in bytes; undefined if the bytes are not a chunk header. */
function unpackedSize(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== chunkMarker) return undefined;
  const units = bytes[at + 1] ?? 0;
  if (units === 0 || units > 0x80 || bytes.readUInt32LE(at + 20) !== 0) return undefined;
  const packed = bytes.readUInt16LE(at + 2);
  return packed > 256 && packed <= units * unitBytes ? units * unitBytes : undefined;
}
