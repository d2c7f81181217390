import { StoreUnavailable } from '../../domain/store.ts';

/**
 * Primary result codes that speak of the disk, the file or the machine, not of our statement ("Result and Error Codes" of the
 * SQLite documentation): PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, NOTADB.
 */
const outside = new Set([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 26]);

const busy = 5;

/** Whether somebody else has the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy;
}

/** What a failed call rejects with: `StoreUnavailable` where the database failed, else the error itself. */
export function sqliteFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_INVALID_STATE') return new StoreUnavailable('the store is closed', { cause: error });
  const code = primaryCode(error);
  return code !== null && outside.has(code) ? new StoreUnavailable(error.message, { cause: error }) : error;
}

function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error && 'errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
