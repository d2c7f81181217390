/**
 * Decoder for LZ77 with Huffman codes (Microsoft's open specification MS-XCA, section 2.2), for one block of at most 64 KiB.
 *
 * A block starts with 512 code lengths of four bits. A symbol below 256 is a byte. Any other symbol is a match: four bits state its length,
 * and four bits state the number of distance bits that follow. Bits are read from 16-bit little-endian words, the highest bit first.
 */
const tableBytes = 256;
const symbols = 512;
const maxCode = 15;
/** Number of bytes by which read-ahead may pass the end of the input before decoding stops. */
const readAheadBytes = 4;

/** Whether the 256 bytes at an offset are the lengths of a complete prefix code. Random bytes almost never are. */
export function hasCompleteCode(bytes: Buffer, at: number): boolean {
  if (at + tableBytes > bytes.length) return false;
  let used = 0;
  for (let index = at; index < at + tableBytes; index++) {
    const pair = bytes[index] ?? 0;
    if (pair & 15) used += 1 << (maxCode - (pair & 15));
    if (pair >> 4) used += 1 << (maxCode - (pair >> 4));
    if (used > 1 << maxCode) return false;
  }
  return used === 1 << maxCode;
}

/**
 * Decodes a block to at most `size` bytes (≤ 65,536). Returns undefined if the input is not such a block. Truncated input yields the bytes
 * before the cut.
 */
export function decodeXpressHuffman(input: Buffer, size: number): Buffer | undefined {
  if (size > 65_536 || !hasCompleteCode(input, 0)) return undefined;
  const code = decodingTable(input);
  const output = Buffer.alloc(size);
  let written = 0;
  let at = tableBytes;
  let bits = 0;
  let have = 0;
  // Words beyond the end count as zero. `at` advances nevertheless, which ends the loop.
  const fill = () => {
    const word = at + 2 <= input.length ? input.readUInt16LE(at) : 0;
    at += 2;
    bits = ((bits << 16) | word) >>> 0;
    have += 16;
  };
  const peek = (count: number) => (bits >>> (have - count)) & ((1 << count) - 1);
  // At least 16 bits stay buffered, so that the whole-byte lengths that follow a symbol are located after the words read ahead.
  const drop = (count: number) => {
    have -= count;
    if (have < 16) fill();
  };
  fill();
  fill();

  while (written < size && at <= input.length + readAheadBytes) {
    const entry = code[peek(maxCode)] ?? 0;
    drop(entry & 15);
    const symbol = entry >> 4;
    if (symbol < 256) {
      output[written++] = symbol;
      continue;
    }
    let length = symbol & 15;
    if (length === 15) {
      length += input[at++] ?? 0;
      if (length === 270) {
        if (at + 2 > input.length) break;
        length = input.readUInt16LE(at);
        at += 2;
        if (length < 15) return undefined;
      }
    }
    const distanceBits = (symbol >> 4) & 15;
    const distance = (1 << distanceBits) + peek(distanceBits);
    drop(distanceBits);
    if (distance > written) return undefined;
    for (let rest = Math.min(length + 3, size - written); rest > 0; rest--, written++)
      output[written] = output[written - distance] ?? 0;
  }
  return output.subarray(0, written);
}

/** The decoding table. Each value of 15 bits maps to a symbol, with its code length in the lowest four bits. */
function decodingTable(input: Buffer): Uint16Array {
  const table = new Uint16Array(1 << maxCode);
  let next = 0;
  for (let length = 1; length <= maxCode; length++)
    for (let symbol = 0; symbol < symbols; symbol++) {
      const pair = input[symbol >> 1] ?? 0;
      if ((symbol & 1 ? pair >> 4 : pair & 15) !== length) continue;
      const end = next + (1 << (maxCode - length));
      table.fill((symbol << 4) | length, next, end);
      next = end;
    }
  return table;
}
