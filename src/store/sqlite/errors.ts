import { StoreUnavailable } from '../../domain/store.ts';

/**
 * Primary result codes that speak of the disk, the file or the machine, not of our statement ("Result and Error Codes" of the
 * SQLite documentation): PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, NOTADB.
 */
const outside = new Set([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 26]);

/** What a failed call rejects with: `StoreUnavailable` where the database failed, else the error itself. */
export function sqliteFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_INVALID_STATE') return new StoreUnavailable('the store is closed', { cause: error });
  if (error.code !== 'ERR_SQLITE_ERROR' || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  return outside.has(error.errcode & 0xff) ? new StoreUnavailable(error.message, { cause: error }) : error;
}
