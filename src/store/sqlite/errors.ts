import { StoreOutcomeUnknown, StoreUnavailable } from '../../domain/store.ts';

/**
 * Primary result codes about the disk, the file or the machine instead of the statement (SQLite documentation, "Result and Error Codes"): PERM,
 * BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, NOTADB.
 */
const outside = new Set([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 26]);

const busy = 5;
const ioError = 10;

/** Whether another connection has the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy;
}

/** The rejection for a failed call: `StoreUnavailable` if the database failed, otherwise the error itself. */
export function sqliteFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_INVALID_STATE') return new StoreUnavailable('the store is closed', { cause: error });
  const code = primaryCode(error);
  return code !== null && outside.has(code) ? new StoreUnavailable(error.message, { cause: error }) : error;
}

/**
 * The rejection for a failed commit. After an I/O error this process does not see the transaction, but its pages may be in the log, where a
 * process that starts after a crash finds them: `StoreOutcomeUnknown`.
 */
export function sqliteCommitFailure(error: unknown): unknown {
  if (primaryCode(error) !== ioError || !(error instanceof Error)) return error;
  return new StoreOutcomeUnknown(error.message, { cause: error });
}

function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error && 'errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
