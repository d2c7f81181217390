import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { SqlStore } from '../../src/store/sql-store.ts';
import { SqliteBackend } from '../../src/store/sqlite/backend.ts';
import { openFile } from '../../src/store/sqlite/file.ts';

/** A folder for the store of the running test. Its stores are closed and it is removed when the test ends. */
export function sqliteFolder() {
  let folder = '';
  const opened: Store[] = [];
  const pathOfStore = () => join(folder, 'data', 'godwit.db');
  async function open(url = `sqlite:${pathOfStore()}`): Promise<Store> {
    const store = await openStore(url, { runtime: systemRuntime });
    opened.push(store);
    return store;
  }
  /** Opens a store and shows its connection. */
  async function openWithDatabase(): Promise<{ readonly store: Store; readonly database: DatabaseSync }> {
    const file = openFile(pathOfStore());
    const store = new SqlStore(await SqliteBackend.open(file, systemRuntime, () => {}));
    opened.push(store);
    return { store, database: file.database };
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'godwit-store-'));
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    /** The file of the store, in a folder that the store makes. */
    get path() {
      return pathOfStore();
    },
    open,
    openWithDatabase,
  };
}
