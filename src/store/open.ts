import type { AuditLog } from '../domain/audit.ts';
import type { FeedStore } from '../domain/feed-store.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Store } from '../domain/store.ts';
import type { WebhookStore } from '../domain/webhook.ts';
import { noticingFailedWrites } from './failed-writes.ts';
import { defaultPostgresOptions, type PostgresOptions } from './postgres/options.ts';
import { SqlStore } from './sql-store.ts';
import { SqliteBackend } from './sqlite/backend.ts';
import { openFile } from './sqlite/file.ts';

/** The dependencies and settings of a store. */
export interface StoreOptions {
  readonly runtime: Runtime;
  /** Changes to `defaultPostgresOptions`. */
  readonly postgres?: Partial<PostgresOptions>;
  /** Returns the current URL, if it may change. Called for each new connection to PostgreSQL. Throws if it cannot be read. */
  readonly currentUrl?: (() => string) | undefined;
  /** Receives failures that reject no call, such as a lost connection or an exception of a listener. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Opens the store and migrates its schema to the latest version. `url`: `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or
 * `postgresql://…`. Rejects with `StoreUnavailable` if the database cannot be used, with `StoreLocked` if another process has the SQLite
 * file, with `StoreUrlFault` for an invalid PostgreSQL URL, and with an `Error` for any other invalid URL.
 */
export async function openStore(
  url: string,
  options: StoreOptions,
): Promise<Store & AuditLog & WebhookStore & FeedStore> {
  const onError = options.onError ?? (() => {});
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length).replace(/^\/\/(?=.)/, '');
    if (path === '') throw new Error('the store URL names no file: sqlite:<path>');
    return new SqlStore(noticingFailedWrites(await SqliteBackend.open(openFile(path), options.runtime, onError)));
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    // Loaded on demand, because an SQLite store does not need it.
    const { PostgresBackend } = await import('./postgres/backend.ts');
    const settings = { ...defaultPostgresOptions, ...options.postgres };
    const source = options.currentUrl === undefined ? null : { read: options.currentUrl, onFault: onError };
    const backend = await PostgresBackend.open(url, settings, options.runtime, onError, source);
    return new SqlStore(noticingFailedWrites(backend));
  }
  throw new Error('the store URL must begin with sqlite:, postgres:// or postgresql://');
}
