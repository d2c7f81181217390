import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { StoreOutcomeUnknown, StoreUnavailable } from '../../src/domain/store.ts';
import { nextMigrationId, sampleMigration } from '../support/samples.ts';
import { lease, noLease, onDatabases } from './samples.ts';
import { sqliteFolder } from './sqlite-folder.ts';

const { openWithDatabase } = sqliteFolder();

describe('concurrent writes', () => {
  it('share a commit, also with those that are refused', async () => {
    const { store, database } = await openWithDatabase();
    const held = sampleMigration(onDatabases('orders'));
    await store.create(held, noLease);
    let commits = 0;
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      if (sql === 'commit') commits++;
      exec(sql);
    };
    const results = await Promise.allSettled([
      ...Array.from({ length: 40 }, () => store.create(sampleMigration(), lease())),
      store.create(sampleMigration(onDatabases('orders')), lease()),
      store.update(held.id, () => {
        throw new Error('mine');
      }),
      store.update(held.id, (current) => ({ ...current, description: 'together' })),
    ]);
    expect(commits).toBe(1);
    expect(results.slice(0, 40).every((result) => result.status === 'fulfilled')).toBe(true);
    expect(results.slice(40)).toMatchObject([
      { value: { outcome: 'target_busy' } },
      { reason: { message: 'mine' } },
      { value: { outcome: 'updated' } },
    ]);
    expect(await store.list({}, { size: 200, order: 'newest_first' })).toHaveLength(41);
  });

  it('share a commit for as long as more arrive with each turn of the event loop', async () => {
    const { store, database } = await openWithDatabase();
    let commits = 0;
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      if (sql === 'commit') commits++;
      exec(sql);
    };
    const create = () => store.create(sampleMigration(), lease());
    const later = new Promise((resolve) => {
      setImmediate(() => {
        setImmediate(() => resolve(create()));
        void create();
      });
    });
    await Promise.all([create(), later]);
    expect(commits).toBe(1);
    expect(await store.list({}, { size: 10, order: 'newest_first' })).toHaveLength(3);
  });

  it('are stored whole beside one that fails half-way, of which nothing is', async () => {
    const { store } = await openWithDatabase();
    const held = sampleMigration(onDatabases('orders'));
    await store.create(held, noLease);
    const told: string[] = [];
    store.onChange((id) => told.push(id));
    const created = sampleMigration();
    const results = await Promise.allSettled([
      store.create(created, lease()),
      // Fails on the duplicate id after some of its rows are written.
      store.create({ ...sampleMigration(), id: held.id }, lease(), { caller: 'ci', key: 'k', fingerprint: 'f' }),
      store.update(held.id, (current) => ({ ...current, description: 'together' })),
    ]);
    expect(results).toMatchObject([
      { value: { outcome: 'created' } },
      { reason: { code: 'ERR_SQLITE_ERROR' } },
      { value: { outcome: 'updated' } },
    ]);
    expect(told).toEqual([created.id, held.id]);
    expect(await store.findIdempotencyKey('ci', 'k')).toBeNull();
    expect(await store.get(held.id)).toMatchObject({ description: 'together', version: 2 });
    expect(await store.list({}, { size: 200, order: 'newest_first' })).toHaveLength(2);
    const events = await store.events({ migrationId: created.id }, { size: 10 });
    expect(events.map(({ type }) => type)).toEqual(['migration.created', 'backup.added']);
  });

  it('are acknowledged after the commit, and listeners are notified after it', async () => {
    const { store, database } = await openWithDatabase();
    const order: string[] = [];
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      exec(sql);
      if (sql === 'commit') order.push('commit');
    };
    store.onChange(() => order.push('told'));
    await store.create(sampleMigration(), lease()).then(() => order.push('acknowledged'));
    expect(order).toEqual(['commit', 'told', 'acknowledged']);
  });
});

describe('a full disk', () => {
  const limit = (database: DatabaseSync, extra: number) => {
    const { page_count } = database.prepare('pragma page_count').get() ?? {};
    database.exec(`pragma max_page_count = ${Number(page_count) + extra}`);
  };
  const large = () => sampleMigration({ description: 'x'.repeat(200_000) });

  it('makes the store unavailable without half-written data and clears when there is space', async () => {
    const { store, database } = await openWithDatabase();
    limit(database, 40);
    const stored: string[] = [];
    let refused = '';
    while (refused === '') {
      const migration = sampleMigration({ description: 'x'.repeat(10_000) });
      const key = { caller: 'ci', key: migration.id, fingerprint: 'f' };
      try {
        await store.create(migration, lease(), key);
        stored.push(migration.id);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable);
        refused = migration.id;
      }
    }
    expect(stored.length).toBeGreaterThan(2);
    expect(await store.get(refused)).toBeNull();
    expect(await store.findIdempotencyKey('ci', refused)).toBeNull();
    for (const id of stored) expect(await store.get(id)).not.toBeNull();
    limit(database, 1000);
    expect(await store.create(large(), lease())).toMatchObject({ outcome: 'created' });
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });

  it('rejects only the write that does not fit', async () => {
    const { store, database } = await openWithDatabase();
    await store.create(sampleMigration(), lease());
    limit(database, 20);
    const results = await Promise.allSettled([
      store.create(sampleMigration(), lease()),
      store.create(large(), lease()),
      store.create(sampleMigration(), lease()),
      store.remove(nextMigrationId()),
    ]);
    expect(results).toMatchObject([
      { value: { outcome: 'created' } },
      { reason: { name: 'StoreUnavailable' } },
      { value: { outcome: 'created' } },
      { value: false },
    ]);
  });

  it('is survived when it appears only at the commit', async () => {
    const { store, database } = await openWithDatabase();
    const migration = sampleMigration();
    const exec = database.exec.bind(database);
    let failing = true;
    database.exec = (sql) => {
      if (sql === 'commit' && failing)
        throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 778 });
      exec(sql);
    };
    await expect(store.create(migration, lease())).rejects.toBeInstanceOf(StoreOutcomeUnknown);
    failing = false;
    expect(await store.get(migration.id)).toBeNull();
    expect(await store.create(migration, lease())).toMatchObject({ outcome: 'created' });
  });
});
