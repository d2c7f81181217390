import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import type { SqlStore } from '../../src/store/sql-store.ts';
import { StoreLocked } from '../../src/store/sqlite/file.ts';
import { noon, sampleMigration } from '../support/samples.ts';
import { startWriter } from './children/spawn.ts';
import { withoutListIndexes } from './older-schemas.ts';
import { lease, noLease, sampleWebhook } from './samples.ts';
import { sqliteFolder } from './sqlite-folder.ts';

const place = sqliteFolder();
const { open, openWithDatabase } = place;

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
    const tool = new DatabaseSync(place.path, { readOnly: true });
    expect(tool.prepare('select count(*) as count from migrations').get()).toEqual({ count: 1 });
    tool.close();
  });

  it('distinguishes an invalid URL from a valid one', async () => {
    await expect(open('sqlite:')).rejects.toThrow('names no file');
    await expect(open('mysql://localhost/x')).rejects.toThrow('must begin with');
    await open(`sqlite://${join(place.folder, 'three-slashes.db')}`);
    expect(existsSync(join(place.folder, 'three-slashes.db'))).toBe(true);
  });

  it('that is not a database is unavailable', async () => {
    writeFileSync(
      join(place.folder, 'text'),
      'not a database, but long enough to have had a header of one\n'.repeat(50),
    );
    await expect(open(`sqlite:${join(place.folder, 'text')}`)).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('in a folder that cannot be created is reported at once in one sentence', async () => {
    for (const bad of ['/proc/x/y.db', '/proc/self/x/y/z.db'])
      await expect(openStore(`sqlite:${bad}`, { runtime: systemRuntime })).rejects.toThrow(
        /folder \/proc.* cannot be created/,
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
    // Older records keep the id in a separate member.
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
    const other = new DatabaseSync(join(place.folder, 'shared.db'));
    other.exec('create table kysely_migration (name text primary key, timestamp text)');
    other.exec("insert into kysely_migration values ('2020_theirs', '2020-01-01T00:00:00.000Z')");
    const url = `sqlite:${join(place.folder, 'shared.db')}`;
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
    // A refused open releases the lock.
    await expect(open()).rejects.toThrow('another version of Godwit');
  });
});

describe('the lock', () => {
  it('rejects a second process through any link until the first is gone', async () => {
    const writer = await startWriter(`sqlite:${place.path}`, 'hold');
    await expect(open()).rejects.toThrow(StoreLocked);
    await expect(open()).rejects.toThrow(/godwit\.db is in use by another process/);
    symlinkSync(place.path, join(place.folder, 'link.db'));
    await expect(open(`sqlite:${join(place.folder, 'link.db')}`)).rejects.toThrow(StoreLocked);
    await writer.kill();
    const store = await open();
    expect(await store.get(writer.heldId)).not.toBeNull();
    // Its lease lasts another hour.
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
    const writer = await startWriter(`sqlite:${place.path}`, 'write');
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
