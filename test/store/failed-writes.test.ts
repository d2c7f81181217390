import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreUnavailable } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { noticingFailedWrites } from '../../src/store/failed-writes.ts';
import { SqlStore } from '../../src/store/sql-store.ts';
import { SqliteBackend } from '../../src/store/sqlite/backend.ts';
import { memory, openFile } from '../../src/store/sqlite/file.ts';
import { sampleMigration } from '../support/samples.ts';
import { noLease } from './samples.ts';

describe('a database that answers but cannot write', () => {
  it('is unavailable until it can write again', async () => {
    const file = openFile(memory);
    const store = new SqlStore(noticingFailedWrites(await SqliteBackend.open(file, systemRuntime, () => undefined)));
    onTestFinished(() => store.close());
    await store.check();
    const [pages] = Object.values(file.database.prepare('pragma page_count').get() ?? {});
    file.database.exec(`pragma max_page_count = ${Number(pages)}`);
    const large = sampleMigration({ description: 'x'.repeat(200_000) });
    await expect(store.create(large, noLease)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.check()).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await store.get(large.id)).toBeNull();
    file.database.exec('pragma max_page_count = 1000000');
    await store.check();
    await store.create(large, noLease);
  });
});
