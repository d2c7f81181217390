/** A log sequence number as one integer: VLF · 10^15 + block · 10^5 + slot. It sorts like the triple. */
export type Lsn = bigint;

/** Reads an LSN of ten bytes; undefined if all bytes are zero or beyond the buffer. */
export function readLsn(bytes: Buffer, at: number): Lsn | undefined {
  if (at < 0 || at + 10 > bytes.length) return undefined;
  const file = BigInt(bytes.readUInt32LE(at));
  const block = BigInt(bytes.readUInt32LE(at + 4));
  const slot = BigInt(bytes.readUInt16LE(at + 8));
  const lsn = file * 1_000_000_000_000_000n + block * 100_000n + slot;
  return lsn === 0n ? undefined : lsn;
}

/** Parses the decimal form of an LSN; undefined if the text is null or not an LSN. */
export function parseLsn(decimal: string | null): Lsn | undefined {
  return decimal !== null && /^\d{1,25}$/.test(decimal) ? BigInt(decimal) : undefined;
}
