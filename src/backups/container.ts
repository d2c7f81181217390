import { decodeXpressHuffman, hasCompleteCode } from './xpress-huffman.ts';

/**
 * The container that SQL Server writes around a compressed backup. Its chunks stand alone: a header of 28 bytes (marker, size of the
 * payload, a checksum of unknown kind), then a payload that unpacks to a whole number of 512-byte units. What the fields mean was learnt
 * from files of SQL Server 2019; other versions may differ, and then nothing is found here.
 */
export interface Chunk {
  readonly bytes: Buffer;
  /** Where it begins in the buffer that was searched. */
  readonly at: number;
}

const chunkHeaderBytes = 28;
const chunkMarker = 0x21;
const firstChunk = 0x1e0;
const unitBytes = 512;
/** One chunk unpacks to at most 64 KiB; the front needs two, the end one or two. */
const maxChunks = 48;
/** Maximum number of candidate positions in a search: random bytes look like a marker once in 256. */
const maxCandidates = 4096;

export function isContainer(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 8) === 'MSSQLBAK';
}

/** The chunks at the front of a container, in order. Empty for an encrypted one. */
export function* chunksFromFront(head: Buffer): Generator<Chunk> {
  yield* chunksOf(head, firstChunk, 1);
}

/** The chunks at the end of a container, the last first. */
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

/** The size that a chunk header states; undefined where the bytes are no chunk header. */
function unpackedSize(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== chunkMarker) return undefined;
  const units = bytes[at + 1] ?? 0;
  if (units === 0 || units > 0x80 || bytes.readUInt32LE(at + 20) !== 0) return undefined;
  const packed = bytes.readUInt16LE(at + 2);
  return packed > 256 && packed <= units * unitBytes ? units * unitBytes : undefined;
}
