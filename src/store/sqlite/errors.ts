import { StoreOutcomeUnknown, StoreUnavailable } from '../../domain/store.ts';

/**
 * Primary result codes that speak of the disk, the file or the machine, not of our statement ("Result and Error Codes" of the
 * SQLite documentation): PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, NOTADB.
 */
const outside = new Set([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 26]);

const busy = 5;
const ioError = 10;

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

/**
 * What a commit that failed rejects with. After an error of the disk this process sees nothing of the transaction, but its pages may be in
 * the log, where a process that starts after a crash finds them.
 */
export function sqliteCommitFailure(error: unknown): unknown {
  if (primaryCode(error) !== ioError || !(error instanceof Error)) return error;
  return new StoreOutcomeUnknown(error.message, { cause: error });
}

function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error && 'errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
