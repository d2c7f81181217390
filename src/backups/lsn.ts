/** A log sequence number as one integer: VLF · 10^15 + block · 10^5 + slot, which orders as the triple does. */
export type Lsn = bigint;

/** From the ten bytes that a file holds; undefined where they are all zero or lie outside of the buffer. */
export function readLsn(bytes: Buffer, at: number): Lsn | undefined {
  if (at < 0 || at + 10 > bytes.length) return undefined;
  const file = BigInt(bytes.readUInt32LE(at));
  const block = BigInt(bytes.readUInt32LE(at + 4));
  const slot = BigInt(bytes.readUInt16LE(at + 8));
  const lsn = file * 1_000_000_000_000_000n + block * 100_000n + slot;
  return lsn === 0n ? undefined : lsn;
}

/** From the decimal form of a header; undefined where there is none. */
export function parseLsn(decimal: string | null): Lsn | undefined {
  return decimal !== null && /^\d{1,25}$/.test(decimal) ? BigInt(decimal) : undefined;
}
