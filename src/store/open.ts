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

export interface StoreOptions {
  readonly runtime: Runtime;
  /** Differences from `defaultPostgresOptions`. */
  readonly postgres?: Partial<PostgresOptions>;
  /** The current URL if it may change: read for every new connection to PostgreSQL. Throws if it cannot be read. */
  readonly currentUrl?: (() => string) | undefined;
  /** Receives failures that reject no call: a lost connection that is being re-established, a listener that threw. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Opens the store and brings its schema up to date.
 *
 * `url` is `sqlite:<path>`, `sqlite::memory:`, or `postgres://…` (`postgresql://…`). Rejects with `StoreUnavailable` when the
 * database cannot be reached and with `StoreLocked` when another process has the SQLite file.
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
    // Loaded only when used, because most first starts do not need it.
    const { PostgresBackend } = await import('./postgres/backend.ts');
    const settings = { ...defaultPostgresOptions, ...options.postgres };
    const source = options.currentUrl === undefined ? null : { read: options.currentUrl, onFault: onError };
    const backend = await PostgresBackend.open(url, settings, options.runtime, onError, source);
    return new SqlStore(noticingFailedWrites(backend));
  }
  throw new Error('the store URL must begin with sqlite:, postgres:// or postgresql://');
}
