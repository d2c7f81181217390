import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '../../domain/store.ts';
import { isBusy, sqliteFailure } from './errors.ts';

/** Another process has the database open. An SQLite store belongs to one process at a time. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked';
}

const advice = 'One process at a time can use an SQLite store; several replicas need PostgreSQL.';

/** The path of an in-memory database, for tests. */
export const memory = ':memory:';

/** Milliseconds for which a statement waits for another connection, such as that of a backup tool. */
const busyTimeoutMs = 5_000;

/** An open database file. `unlock` ends the lock on it. */
export interface SqliteFile {
  readonly database: DatabaseSync;
  readonly unlock: () => void;
}

/**
 * Opens a database file for this process alone, and creates it and its folder if necessary. Throws `StoreLocked` if another process has it open,
 * and `StoreUnavailable` if it cannot be opened or is not a database.
 */
export function openFile(path: string): SqliteFile {
  if (path === memory) return { database: configured(new DatabaseSync(memory)), unlock: () => {} };
  const folder = dirname(resolve(path));
  makeFolder(folder);
  // The lock is on the real path, so that links to the same file share it.
  const file = existsSync(path) ? realpathSync(path) : join(realpathSync(folder), basename(path));
  if (existsSync(file) && !statSync(file).isFile())
    throw new StoreUnavailable(`${path} is not a file; store.url must name one: sqlite:<path>`);
  try {
    const unlock = lock(file);
    try {
      return { database: configured(new DatabaseSync(file, { timeout: busyTimeoutMs })), unlock };
    } catch (error) {
      unlock();
      throw error;
    }
  } catch (error) {
    const failure = sqliteFailure(error);
    if (!(failure instanceof StoreUnavailable)) throw failure;
    const message = `the store ${path} cannot be opened: ${failure.message}. The folder and the file must be writable, and the file must be an SQLite database.`;
    throw new StoreUnavailable(message, { cause: error });
  }
}

/** Creates missing folders one by one: the recursive option of Node never returns where none can be created, such as below `/proc`. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing)
    try {
      mkdirSync(each, { mode: 0o700 });
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      // Another process has created it meanwhile.
      if (code === 'EEXIST') continue;
      throw new StoreUnavailable(`the folder ${folder} of the store cannot be created (${code})`, { cause: error });
    }
}

/**
 * Takes an operating-system lock on a file beside the database. It ends with the process, however that ends. A lock on the database itself would
 * exclude tools that read or back it up.
 */
function lock(file: string): () => void {
  const holder = new DatabaseSync(`${file}.lock`, { timeout: 0 });
  try {
    holder.exec('begin exclusive');
    return () => holder.close();
  } catch (error) {
    holder.close();
    if (isBusy(error)) throw new StoreLocked(`${file} is in use by another process. ${advice}`, { cause: error });
    throw error;
  }
}

function configured(database: DatabaseSync): DatabaseSync {
  try {
    // FULL: a committed transaction survives a power failure.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    // After a burst the log is truncated to 64 MiB.
    database.exec('pragma journal_size_limit = 67108864');
    // Checkpoints every 16 MiB instead of every 4, because pages that change often are then copied less often.
    database.exec('pragma wal_autocheckpoint = 4000; pragma cache_size = -8000');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
