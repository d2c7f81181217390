import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '../../domain/store.ts';
import { isBusy, sqliteFailure } from './errors.ts';

/** Another process has the database open. The embedded store belongs to one process at a time. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked';
}

const advice = 'One process at a time can use an SQLite store; several replicas need PostgreSQL.';

/** Where SQLite keeps everything in memory, for tests. */
export const memory = ':memory:';

/** How long a statement waits for a reader such as a backup tool, in milliseconds. */
const busyTimeoutMs = 5_000;

/** An open database file and how to give it back. */
export interface SqliteFile {
  readonly database: DatabaseSync;
  readonly unlock: () => void;
}

/**
 * Opens a database file for this process alone, with its folder if there is none. Throws `StoreLocked` when another process
 * has it, and `StoreUnavailable` when it cannot be opened or is no database.
 */
export function openFile(path: string): SqliteFile {
  if (path === memory) return { database: configured(new DatabaseSync(memory)), unlock: () => {} };
  const folder = dirname(resolve(path));
  makeFolder(folder);
  // One database has one lock, by whatever link it is reached.
  const file = existsSync(path) ? realpathSync(path) : join(realpathSync(folder), basename(path));
  if (existsSync(file) && !statSync(file).isFile())
    throw new StoreUnavailable(`${path} is not a file; store.url has to name one: sqlite:<path>`);
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
    const message = `the store ${path} cannot be opened: ${failure.message}. Its folder and file have to be writable, and the file an SQLite database.`;
    throw new StoreUnavailable(message, { cause: error });
  }
}

/** Makes the folders that are missing, one by one: asked for all at once, Node goes on for ever where none can be made, as below `/proc`. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing)
    try {
      mkdirSync(each, { mode: 0o700 });
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      // Another process has made it meanwhile.
      if (code === 'EEXIST') continue;
      throw new StoreUnavailable(`the folder ${folder} of the store cannot be made (${code})`, { cause: error });
    }
}

/**
 * Holds a lock of the operating system on a file beside the database, which ends with the process however it ends. A lock on the
 * database itself would shut out tools that read and back up.
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
    // FULL: a commit is on the disk when it returns, also when the power goes.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    // The log is cut back to 64 MiB after a burst.
    database.exec('pragma journal_size_limit = 67108864');
    // Pages that are written again and again are copied from the log to the file once in 16 MiB instead of once in 4.
    database.exec('pragma wal_autocheckpoint = 4000; pragma cache_size = -8000');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
