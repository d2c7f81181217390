import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Store, StoreOutcomeUnknown, StoreUnavailable } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { SqlStore } from '../../src/store/sql-store.ts';
import { SqliteBackend } from '../../src/store/sqlite/backend.ts';
import { openFile, StoreLocked } from '../../src/store/sqlite/file.ts';
import { nextMigrationId, noon, sampleMigration } from '../support/samples.ts';
import { startWriter } from './children/spawn.ts';
import { withoutListIndexes } from './older-schemas.ts';
import { lease, noLease, onDatabases, sampleWebhook } from './samples.ts';

let folder = '';
let path = '';
const opened: Store[] = [];

async function open(url = `sqlite:${path}`): Promise<Store> {
  const store = await openStore(url, { runtime: systemRuntime });
  opened.push(store);
  return store;
}

/** A store with its connection at hand. */
async function openWithDatabase(): Promise<{ readonly store: Store; readonly database: DatabaseSync }> {
  const file = openFile(path);
  const store = new SqlStore(await SqliteBackend.open(file, systemRuntime, () => {}));
  opened.push(store);
  return { store, database: file.database };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'godwit-store-'));
  path = join(folder, 'data', 'godwit.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an SQLite file', () => {
  it('is created with its folder and persists', async () => {
    const migration = sampleMigration();
    const first = await open();
    await first.create(migration, lease());
    await first.close();
    expect(await (await open()).get(migration.id)).toEqual(migration);
  });

  it('is flushed to disk at every commit', async () => {
    const { database } = await openWithDatabase();
    const settings = ['journal_mode', 'synchronous', 'foreign_keys'].map(
      (name) => Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0],
    );
    expect(settings).toEqual(['wal', 2, 1]);
  });

  it('can be read by another tool while it is open', async () => {
    const store = await open();
    await store.create(sampleMigration(), lease());
    const tool = new DatabaseSync(path, { readOnly: true });
    expect(tool.prepare('select count(*) as count from migrations').get()).toEqual({ count: 1 });
    tool.close();
  });

  it('distinguishes an invalid URL from a valid one', async () => {
    await expect(open('sqlite:')).rejects.toThrow('names no file');
    await expect(open('mysql://localhost/x')).rejects.toThrow('must begin with');
    await open(`sqlite://${join(folder, 'three-slashes.db')}`);
    expect(existsSync(join(folder, 'three-slashes.db'))).toBe(true);
  });

  it('that is not a database is unavailable', async () => {
    writeFileSync(join(folder, 'text'), 'not a database, but long enough to have had a header of one\n'.repeat(50));
    await expect(open(`sqlite:${join(folder, 'text')}`)).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('in a folder that cannot be created is reported at once in one sentence', async () => {
    for (const path of ['/proc/x/y.db', '/proc/self/x/y/z.db'])
      await expect(openStore(`sqlite:${path}`, { runtime: systemRuntime })).rejects.toThrow(
        /folder \/proc.* cannot be made/,
      );
  });

  it('of an older version is upgraded and continues', async () => {
    const { store, database } = await openWithDatabase();
    await store.create(sampleMigration(), noLease);
    for (const statement of withoutListIndexes) database.exec(statement);
    database.exec('drop table deliveries; drop table webhook_accounts; drop table webhooks');
    database.exec('drop table removed_vendor_ids; drop index migrations_by_instance_id');
    database.exec('alter table migrations drop column cloud_endpoint');
    database.exec('drop index migrations_by_due_work; alter table migrations drop column due_work');
    database.exec('drop table feed_files; drop table feed_folders; drop index migrations_by_feed_folder');
    database.exec('alter table migrations drop column feed_folder; alter table migrations drop column feed_watches');
    database.exec('drop index audit_by_id; alter table audit drop column id');
    database.exec('alter table events drop column salt');
    database.exec('drop index backups_by_seals; alter table backups drop column seals');
    database.exec("delete from godwit_schema_versions where name >= '0004'");
    database.exec('alter table godwit_schema_versions rename to kysely_migration');
    database.exec('alter table godwit_schema_lock rename to kysely_migration_lock');
    await store.close();
    const newer = (await open()) as SqlStore;
    const webhook = sampleWebhook();
    await newer.createWebhook(webhook, 1);
    const migration = sampleMigration();
    await newer.create(migration, noLease);
    await newer.fanOut(noon, 10);
    const deliveries = await newer.listDeliveries(webhook.id, {}, { size: 10 });
    expect(deliveries.map(({ event }) => event.migrationId)).toEqual([migration.id, migration.id]);
  });

  it('of the previous version gets the list indexes', async () => {
    const { store, database } = await openWithDatabase();
    const indexes = () =>
      database.prepare("select name, sql from sqlite_master where type = 'index' order by name").all();
    const before = indexes();
    for (const statement of withoutListIndexes) database.exec(statement);
    expect(indexes()).not.toEqual(before);
    await store.close();
    const newer = await openWithDatabase();
    expect(
      newer.database.prepare("select name, sql from sqlite_master where type = 'index' order by name").all(),
    ).toEqual(before);
  });

  it('keeps idempotency keys that an older version stored', async () => {
    const { store, database } = await openWithDatabase();
    const migration = sampleMigration();
    const keyOf = (name: string) => ({ caller: 'ci', key: name, fingerprint: 'f00d' });
    await store.create(migration, noLease, keyOf('migration'));
    const webhook = sampleWebhook();
    await (store as SqlStore).createWebhook(webhook, 1, keyOf('webhook'));
    // Older records have the id in a member of their own.
    database.exec(`update idempotency_keys set document = json_remove(
      json_set(document, '$.migrationId', json_extract(document, '$.resource.id')), '$.resource')`);
    const record = { ...keyOf('migration'), createdAt: lease().now, heldBy: 'this_process', answer: null };
    expect(await store.findIdempotencyKey('ci', 'migration')).toEqual({
      ...record,
      resource: { type: 'migration', id: migration.id },
    });
    await store.completeIdempotencyKey('ci', 'webhook', { status: 201, headers: {}, body: '{}' });
    expect(await store.findIdempotencyKey('ci', 'webhook')).toMatchObject({
      resource: { type: 'webhook', id: webhook.id },
      answer: { status: 201 },
    });
  });

  it('releases deliveries that its last process had claimed', async () => {
    const store = (await open()) as SqlStore;
    await store.createWebhook(sampleWebhook(), 1);
    await store.create(sampleMigration(), noLease);
    await store.fanOut(noon, 10);
    expect(await store.claimDeliveries(noon, 3_600_000, 10)).toHaveLength(2);
    await store.close();
    expect(await ((await open()) as SqlStore).claimDeliveries(noon, 3_600_000, 10)).toHaveLength(2);
  });

  it('may contain another application’s tables, which stay unchanged', async () => {
    const other = new DatabaseSync(join(folder, 'shared.db'));
    other.exec('create table kysely_migration (name text primary key, timestamp text)');
    other.exec("insert into kysely_migration values ('2020_theirs', '2020-01-01T00:00:00.000Z')");
    const url = `sqlite:${join(folder, 'shared.db')}`;
    const migration = sampleMigration();
    const store = await open(url);
    await store.create(migration, noLease);
    await store.close();
    expect(await (await open(url)).get(migration.id)).toEqual(migration);
    expect(other.prepare('select name from kysely_migration').all()).toEqual([{ name: '2020_theirs' }]);
    other.close();
  });

  it('rejects a newer schema version', async () => {
    const { store, database } = await openWithDatabase();
    database.exec("insert into godwit_schema_versions values ('9999_future', '2999-01-01T00:00:00.000Z')");
    await store.close();
    await expect(open()).rejects.toThrow('another version of Godwit');
    // A refusal does not keep the lock.
    await expect(open()).rejects.toThrow('another version of Godwit');
  });
});

describe('the lock', () => {
  it('rejects a second process through any link until the first is gone', async () => {
    const writer = await startWriter(`sqlite:${path}`, 'hold');
    await expect(open()).rejects.toThrow(StoreLocked);
    await expect(open()).rejects.toThrow(/godwit\.db is in use by another process/);
    symlinkSync(path, join(folder, 'link.db'));
    await expect(open(`sqlite:${join(folder, 'link.db')}`)).rejects.toThrow(StoreLocked);
    await writer.kill();
    const store = await open();
    expect(await store.get(writer.heldId)).not.toBeNull();
    // Its lease would have held for an hour more.
    expect(await store.claim(lease(), 10)).toMatchObject([{ migration: { id: writer.heldId } }]);
  });

  it('rejects a second store in the same process', async () => {
    const store = await open();
    await expect(open()).rejects.toThrow(StoreLocked);
    await store.close();
    await open();
  });
});

describe('a crash', () => {
  it('loses no acknowledged write', async () => {
    const writer = await startWriter(`sqlite:${path}`, 'write');
    await writer.writes(400);
    await writer.kill();
    const store = await open();
    for (const [id, version] of writer.acknowledged) {
      const migration = await store.get(id);
      expect(migration?.version, id).toBeGreaterThanOrEqual(version);
      const events = await store.events({ migrationId: id }, { size: 10 });
      expect(events.filter((event) => event.type === 'migration.state_changed')).toHaveLength(
        migration?.state === 'restoring' ? 1 : 0,
      );
    }
  });
});

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
      // Half-way through its rows when it finds that its id is taken.
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
