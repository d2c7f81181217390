/** A log sequence number as one integer: VLF · 10^15 + block · 10^5 + slot, which orders as the triple does. */
export type Lsn = bigint;

/** Reads the ten bytes of an LSN; undefined if they are all zero or outside the buffer. */
export function readLsn(bytes: Buffer, at: number): Lsn | undefined {
  if (at < 0 || at + 10 > bytes.length) return undefined;
  const file = BigInt(bytes.readUInt32LE(at));
  const block = BigInt(bytes.readUInt32LE(at + 4));
  const slot = BigInt(bytes.readUInt16LE(at + 8));
  const lsn = file * 1_000_000_000_000_000n + block * 100_000n + slot;
  return lsn === 0n ? undefined : lsn;
}

/** Reads the decimal form of a header; undefined if there is none. */
export function parseLsn(decimal: string | null): Lsn | undefined {
  return decimal !== null && /^\d{1,25}$/.test(decimal) ? BigInt(decimal) : undefined;
}
