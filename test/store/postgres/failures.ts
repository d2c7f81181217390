import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { openStore } from '../../../src/store/open.ts';
import { sampleMigration } from '../../support/samples.ts';
import { noLease } from '../samples.ts';

import { type Database, endConnections } from './database.ts';

/** The behaviour of a store whose server fails. */
export function failureTests(database: Database): void {
  const { replica, administrator, proxied } = database;

  describe('a server that fails', () => {
    it('and is silent makes the store unavailable for that time', async () => {
      await database.create();
      const proxy = await proxied();
      const store = await replica(proxy.url, { statementTimeoutMs: 1000, graceMs: 200, connectTimeoutMs: 3000 });
      await store.check();
      proxy.decide = () => 'silence';
      await expect(store.check()).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.create(sampleMigration(), noLease)).rejects.toBeInstanceOf(StoreUnavailable);
      proxy.decide = () => 'forward';
      expect(await store.create(sampleMigration(), noLease)).toMatchObject({ outcome: 'created' });
    });

    it('and holds a lock too long fails the call, stores nothing, and the next call works', async () => {
      await database.create();
      const store = await replica(database.url, { lockTimeoutMs: 100 });
      const admin = await administrator();
      const migration = sampleMigration();
      await store.create(migration, noLease);
      await admin.query('begin');
      await admin.query('select 1 from migrations for update');
      const change = (current: typeof migration) => ({ ...current, description: 'x' });
      await expect(store.update(migration.id, change)).rejects.toBeInstanceOf(StoreUnavailable);
      await admin.query('rollback');
      expect(await store.update(migration.id, change)).toMatchObject({ migration: { version: 2 } });
    });

    it('and is read-only fails calls and starts with the reason', async () => {
      await database.create();
      const admin = await administrator();
      const store = await replica();
      await admin.query(`alter database ${database.name} set default_transaction_read_only = on`);
      await admin.query(endConnections);
      await expect(store.create(sampleMigration(), noLease)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.check()).rejects.toThrow(/refuses writes/);
      await expect(replica()).rejects.toThrow(/refuses writes/);
    });

    it('and is absent at start is reported without any part of the password', async () => {
      const opening = openStore('postgres://godwit:hunter2@127.0.0.1:1/godwit', { runtime: systemRuntime });
      const error = await opening.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('hunter2');
    });
  });
}
