import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { openStore } from '../../../src/store/open.ts';
import { eventually } from '../../support/eventually.ts';
import { noon, sampleMigration } from '../../support/samples.ts';
import { withoutListIndexes } from '../older-schemas.ts';
import { lease, noLease, sampleWebhook } from '../samples.ts';

import { type Database, holdBack, lockWaiters } from './database.ts';

/** The behaviour of several stores on one database. */
export function replicaTests(database: Database): void {
  const { replica, administrator } = database;

  describe('many replicas', () => {
    it('can start at the same time on an empty database', async () => {
      await database.createEmpty();
      const stores = await Promise.all(Array.from({ length: 10 }, () => replica()));
      const migration = sampleMigration();
      await stores[0]?.create(migration, noLease);
      for (const store of stores) expect(await store.get(migration.id)).toEqual(migration);
    });

    it('can start at the same time on an older database, whose tables get Godwit’s names', async () => {
      await database.create();
      const migration = sampleMigration();
      await (await replica()).create(migration, noLease);
      const admin = await administrator();
      await admin.query('alter table godwit_schema_versions rename to kysely_migration');
      await admin.query('alter table godwit_schema_lock rename to kysely_migration_lock');
      const before = await admin.query('select * from kysely_migration order by name');
      const stores = await Promise.all(Array.from({ length: 10 }, () => replica()));
      for (const store of stores) expect(await store.get(migration.id)).toEqual(migration);
      const after = await admin.query('select * from godwit_schema_versions order by name');
      expect(after.rows).toEqual(before.rows);
      const { rows } = await admin.query("select 1 from pg_tables where tablename like 'kysely%'");
      expect(rows).toEqual([]);
    });

    it('of the previous version get the list indexes', async () => {
      await database.create();
      const admin = await administrator();
      const indexes = async () => {
        const { rows } = await admin.query(
          "select indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname",
        );
        return rows;
      };
      const before = await indexes();
      for (const statement of withoutListIndexes) await admin.query(statement);
      expect(await indexes()).not.toEqual(before);
      await replica();
      expect(await indexes()).toEqual(before);
    });

    it('share a schema and a database with another application that uses Kysely', async () => {
      await database.createEmpty();
      const admin = await administrator();
      await admin.query('create schema other');
      for (const schema of ['public', 'other']) {
        await admin.query(`create table ${schema}.kysely_migration (name text primary key, timestamp text)`);
        await admin.query(`insert into ${schema}.kysely_migration values ('0001_initial', '2020-01-01T00:00:00.000Z')`);
      }
      // Of another Godwit, in a schema outside the search path.
      await admin.query('create table other.godwit_schema_versions (name text, timestamp text)');
      for (let start = 0; start < 2; start++)
        expect(await (await replica()).create(sampleMigration(), noLease)).toMatchObject({ outcome: 'created' });
      const { rows } = await admin.query('select name from public.kysely_migration');
      expect(rows).toEqual([{ name: '0001_initial' }]);
    });

    it('find their tables when an earlier schema appears in the search path', async () => {
      await database.create();
      const migration = sampleMigration();
      await (await replica()).create(migration, noLease);
      const admin = await administrator();
      await admin.query('create schema first');
      await admin.query(`alter database ${database.name} set search_path = first, public`);
      expect(await (await replica()).get(migration.id)).toEqual(migration);
    });

    it('reject a newer schema version in one sentence', async () => {
      await database.create();
      const admin = await administrator();
      await admin.query("insert into godwit_schema_versions values ('9999_future', '2999-01-01T00:00:00.000Z')");
      await expect(replica()).rejects.toThrow(StoreUnavailable);
      await expect(replica()).rejects.toThrow(/cannot be used: the store was written by another version of Godwit/);
    });

    it('receive each other’s changes, and their own once', async () => {
      await database.create();
      const [one, two] = [await replica(), await replica()];
      const heard: string[] = [];
      one.onChange((id) => heard.push(`one ${id}`));
      two.onChange((id) => heard.push(`two ${id}`));
      const first = sampleMigration();
      const second = sampleMigration();
      await one.create(first, noLease);
      await two.create(second, noLease);
      const expected = ['one', 'two'].flatMap((name) => [`${name} ${first.id}`, `${name} ${second.id}`]);
      await eventually(() => expect(heard.toSorted()).toEqual(expected.toSorted()));
      // Earlier notifications have arrived before this one.
      await two.remove(first.id);
      await eventually(() => expect(heard.filter((each) => each === `one ${first.id}`)).toHaveLength(2));
      expect(heard).toHaveLength(6);
    });

    it('respect a live lease under any clock skew and do not wait for an expired one', async () => {
      await database.create();
      const store = await replica();
      const hour = 3_600_000;
      await store.create(sampleMigration(), lease({ owner: 'holder' }));
      expect(await store.claim(lease({ now: Date.now() + hour }), 1)).toEqual([]);
      expect(await store.nextDue(Date.now() + hour)).toBeNull();
      const free = sampleMigration({ dueAt: noon - hour });
      await store.create(free, lease({ now: Date.now() + hour, leaseMs: 0 }));
      expect(await store.claim(lease({ now: noon }), 1)).toMatchObject([{ migration: { id: free.id } }]);
    });

    it('use the server’s clock when their own is off and ignore small differences', async () => {
      await database.create();
      const withClock = async (offMs: number) => {
        const runtime = { ...systemRuntime, now: () => Date.now() + offMs };
        const store = await openStore(database.url, { runtime });
        onTestFinished(() => store.close());
        return store.clockOffset();
      };
      const own = await withClock(0);
      expect(Math.abs((await withClock(90_000)) + 90_000 - own)).toBeLessThan(5000);
      expect(Math.abs((await withClock(-3_600_000)) - 3_600_000 - own)).toBeLessThan(5000);
      expect(await withClock(own + 100)).toBe(0);
    });

    it('show no event while an earlier one is still being committed', async () => {
      await database.create();
      const [one, two] = [await replica(), await replica()];
      const admin = await administrator();
      await admin.query(`create function slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.4); return new; end $$`);
      await admin.query(`create trigger slow after insert on events
        for each row when (new.account = 'slow' and new.type = 'migration.created') execute function slow()`);
      const slow = sampleMigration({ account: 'slow' });
      const slowly = one.create(slow, noLease);
      await eventually(async () => {
        const { rows } = await admin.query("select 1 from pg_stat_activity where wait_event = 'PgSleep'");
        expect(rows).toHaveLength(1);
      });
      await two.create(sampleMigration({ account: 'fast' }), noLease);
      const [first] = await two.events({}, { size: 1 });
      expect(first?.migrationId).toBe(slow.id);
      await slowly;
    });

    it('send a new webhook the events that were being committed when it was created', async () => {
      await database.create();
      const [one, two] = [await replica(), await replica()];
      await one.create(sampleMigration(), noLease);
      const admin = await administrator();
      const letGo = await holdBack(admin, 'insert on events');
      const pending = sampleMigration();
      const creating = one.create(pending, noLease);
      await lockWaiters(admin, 1);
      const webhook = sampleWebhook();
      await two.createWebhook(webhook, 1);
      expect(await two.fanOut(noon, 10)).toEqual({ enabled: true, more: false });
      await letGo();
      await creating;
      await two.fanOut(noon, 10);
      const deliveries = await two.listDeliveries(webhook.id, {}, { size: 10 });
      expect(deliveries.map(({ event }) => event.migrationId)).toEqual([pending.id, pending.id]);
    });

    it('send an event once even if its migration is being deleted', async () => {
      await database.create();
      const [one, two] = [await replica(), await replica()];
      const webhook = sampleWebhook();
      await one.createWebhook(webhook, 1);
      const migration = sampleMigration();
      await one.create(migration, noLease);
      const admin = await administrator();
      const letGo = await holdBack(admin, 'delete on migrations');
      const removing = one.remove(migration.id);
      await lockWaiters(admin, 1);
      const fanningOut = two.fanOut(noon, 10);
      await lockWaiters(admin, 2);
      await letGo();
      expect(await Promise.all([removing, fanningOut])).toEqual([true, { enabled: true, more: false }]);
      expect(await one.listDeliveries(webhook.id, {}, { size: 10 })).toHaveLength(2);
    });

    it('delete a migration while a webhook that it would be sent to is being deleted', async () => {
      await database.create();
      const [one, two] = [await replica(), await replica()];
      const [gone, kept] = [sampleWebhook(), sampleWebhook()];
      for (const webhook of [gone, kept]) await one.createWebhook(webhook, 2);
      const migration = sampleMigration();
      await one.create(migration, noLease);
      const admin = await administrator();
      const letGo = await holdBack(admin, 'delete on webhooks');
      const removing = one.removeWebhook(gone.id);
      await lockWaiters(admin, 1);
      const deleting = two.remove(migration.id);
      await lockWaiters(admin, 2);
      await letGo();
      expect(await Promise.all([removing, deleting])).toEqual([true, true]);
      expect(await one.listDeliveries(kept.id, {}, { size: 10 })).toHaveLength(2);
    });

    it('skip a webhook that another replica is processing, without waiting', async () => {
      await database.create();
      const store = await replica();
      const webhook = sampleWebhook();
      await store.createWebhook(webhook, 1);
      await store.create(sampleMigration(), noLease);
      const admin = await administrator();
      await admin.query('begin');
      await admin.query('select 1 from webhooks for no key update');
      expect(await store.fanOut(noon, 10)).toEqual({ enabled: true, more: false });
      expect(await store.listDeliveries(webhook.id, {}, { size: 10 })).toEqual([]);
      await admin.query('rollback');
      await store.fanOut(noon, 10);
      expect(await store.listDeliveries(webhook.id, {}, { size: 10 })).toHaveLength(2);
    });

    it('recover from a deadlock without help', async () => {
      await database.create();
      const [one, two] = [await replica(), await replica()];
      const admin = await administrator();
      const [a, b] = [sampleMigration(), sampleMigration({ account: 'other' })];
      for (const each of [a, b]) await one.create(each, noLease);
      await admin.query('create table locked (account text primary key, count int)');
      await admin.query("insert into locked values ('ali-main', 0), ('other', 0)");
      await admin.query(`create function crossing() returns trigger language plpgsql as $$ begin
        update locked set count = count + 1 where account = new.account;
        perform pg_sleep(0.2);
        update locked set count = count + 1 where account <> new.account;
        return new; end $$`);
      await admin.query('create trigger crossing before update on migrations for each row execute function crossing()');
      const results = await Promise.all([
        one.update(a.id, (current) => ({ ...current, description: 'a' })),
        two.update(b.id, (current) => ({ ...current, description: 'b' })),
      ]);
      expect(results).toMatchObject([{ outcome: 'updated' }, { outcome: 'updated' }]);
      const { rows } = await admin.query('select count from locked');
      expect(rows).toEqual([{ count: 2 }, { count: 2 }]);
    });
  });

  describe('a key whose first request has no answer', () => {
    it('is awaited only while its process runs', async () => {
      await database.create();
      const [one, two] = [await openStore(database.url, { runtime: systemRuntime }), await replica()];
      await one.create(sampleMigration(), noLease, { caller: 'ci', key: 'k', fingerprint: 'f' });
      expect(await one.findIdempotencyKey('ci', 'k')).toMatchObject({ heldBy: 'this_process' });
      expect(await two.findIdempotencyKey('ci', 'k')).toMatchObject({ heldBy: 'another_process' });
      await one.close();
      await eventually(async () =>
        expect(await two.findIdempotencyKey('ci', 'k')).toMatchObject({ heldBy: 'nobody', answer: null }),
      );
    });
  });
}
