import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Store, StoreOutcomeUnknown, StoreUnavailable } from '../../src/domain/store.ts';
import type { WebhookStore } from '../../src/domain/webhook.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { defaultPostgresOptions, type PostgresOptions } from '../../src/store/postgres/options.ts';
import { openPool } from '../../src/store/postgres/pool.ts';
import { Servers } from '../../src/store/postgres/servers.ts';
import { eventually } from '../support/eventually.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { noon, sampleMigration } from '../support/samples.ts';
import { closing } from './behaviour/setup.ts';
import { storeBehaviour } from './behaviour/suite.ts';
import { withoutListIndexes } from './older-schemas.ts';
import { lease, noLease, onDatabases, sampleWebhook } from './samples.ts';
import { type Fate, startProxy, type TcpProxy } from './tcp-proxy.ts';

const postgres = await findPostgres();
const reason = postgres.available ? '' : ` (skipped: ${postgres.reason})`;

describe.skipIf(!postgres.available)(`PostgreSQL${reason}`, () => {
  let server: PostgresServer;
  let url = '';
  const open = () => openStore(url, { runtime: systemRuntime });

  beforeAll(async () => {
    if (!postgres.available) return;
    server = await postgres.start(async (template) => {
      const store = await openStore(template, { runtime: systemRuntime });
      await store.close();
    });
  }, 120_000);
  afterAll(() => server?.stop(), 120_000);

  storeBehaviour(
    closing(
      async () => {
        url = await server.createDatabase();
        return open();
      },
      open,
      async (statement) => {
        const client = new Client({ connectionString: url });
        await client.connect();
        await client.query(statement);
        await client.end();
      },
    ),
  );

  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
  async function replica(at = url, options: Partial<PostgresOptions> = {}): Promise<Store> {
    const store = await openStore(at, { runtime: systemRuntime, postgres: options });
    cleanups.push(() => store.close());
    return store;
  }
  async function administrator(): Promise<Client> {
    const client = new Client({ connectionString: url });
    await client.connect();
    cleanups.push(() => client.end());
    return client;
  }
  /** Lets whoever does that to a row wait, in its transaction, until the answer is called. */
  async function holdBack(admin: Client, action: string): Promise<() => Promise<unknown>> {
    await admin.query(`create function held() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(42); return null; end $$`);
    await admin.query(`create trigger held after ${action} for each row execute function held()`);
    await admin.query('select pg_advisory_lock(42)');
    return () => admin.query('select pg_advisory_unlock(42)');
  }
  /** Resolves when so many wait for somebody's lock. */
  async function waiting(admin: Client, count: number): Promise<void> {
    await eventually(async () => {
      const { rows } = await admin.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      expect(rows).toHaveLength(count);
    });
  }
  async function proxied(): Promise<TcpProxy> {
    const proxy = await startProxy(url);
    cleanups.push(() => proxy.close());
    return proxy;
  }
  const endConnections = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;

  describe('many replicas', () => {
    it('can start at the same time on an empty database', async () => {
      url = await server.createEmptyDatabase();
      const stores = await Promise.all(Array.from({ length: 10 }, () => replica()));
      const migration = sampleMigration();
      await stores[0]?.create(migration, noLease);
      for (const store of stores) expect(await store.get(migration.id)).toEqual(migration);
    });

    it('can start at the same time on an older database, whose tables get Godwit’s names', async () => {
      url = await server.createDatabase();
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
      url = await server.createDatabase();
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
      url = await server.createEmptyDatabase();
      const admin = await administrator();
      await admin.query('create schema other');
      for (const schema of ['public', 'other']) {
        await admin.query(`create table ${schema}.kysely_migration (name text primary key, timestamp text)`);
        await admin.query(`insert into ${schema}.kysely_migration values ('0001_initial', '2020-01-01T00:00:00.000Z')`);
      }
      // Of another Godwit, in a schema that this one does not look into.
      await admin.query('create table other.godwit_schema_versions (name text, timestamp text)');
      for (let start = 0; start < 2; start++)
        expect(await (await replica()).create(sampleMigration(), noLease)).toMatchObject({ outcome: 'created' });
      const { rows } = await admin.query('select name from public.kysely_migration');
      expect(rows).toEqual([{ name: '0001_initial' }]);
    });

    it('find their tables when an earlier schema appears in the search path', async () => {
      url = await server.createDatabase();
      const migration = sampleMigration();
      await (await replica()).create(migration, noLease);
      const admin = await administrator();
      await admin.query('create schema first');
      const database = new URL(url).pathname.slice(1);
      await admin.query(`alter database ${database} set search_path = first, public`);
      expect(await (await replica()).get(migration.id)).toEqual(migration);
    });

    it('reject a newer schema version in one sentence', async () => {
      url = await server.createDatabase();
      const admin = await administrator();
      await admin.query("insert into godwit_schema_versions values ('9999_future', '2999-01-01T00:00:00.000Z')");
      await expect(open()).rejects.toThrow(StoreUnavailable);
      await expect(open()).rejects.toThrow(/cannot be used: the store was written by another version of Godwit/);
    });

    it('receive each other’s changes, and their own once', async () => {
      url = await server.createDatabase();
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
      // Whatever else was under way has come before this one.
      await two.remove(first.id);
      await eventually(() => expect(heard.filter((each) => each === `one ${first.id}`)).toHaveLength(2));
      expect(heard).toHaveLength(6);
    });

    it('respect a live lease under any clock skew and do not wait for an expired one', async () => {
      url = await server.createDatabase();
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
      url = await server.createDatabase();
      const withClock = async (offMs: number) => {
        const runtime = { ...systemRuntime, now: () => Date.now() + offMs };
        const store = await openStore(url, { runtime });
        cleanups.push(() => store.close());
        return store.clockOffset();
      };
      const own = await withClock(0);
      expect(Math.abs((await withClock(90_000)) + 90_000 - own)).toBeLessThan(5000);
      expect(Math.abs((await withClock(-3_600_000)) - 3_600_000 - own)).toBeLessThan(5000);
      expect(await withClock(own + 100)).toBe(0);
    });

    it('show no event while an earlier one is still being committed', async () => {
      url = await server.createDatabase();
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
      url = await server.createDatabase();
      const [one, two] = [await replica(), (await replica()) as Store & WebhookStore];
      await one.create(sampleMigration(), noLease);
      const admin = await administrator();
      const letGo = await holdBack(admin, 'insert on events');
      const pending = sampleMigration();
      const creating = one.create(pending, noLease);
      await waiting(admin, 1);
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
      url = await server.createDatabase();
      const [one, two] = [(await replica()) as Store & WebhookStore, (await replica()) as Store & WebhookStore];
      const webhook = sampleWebhook();
      await one.createWebhook(webhook, 1);
      const migration = sampleMigration();
      await one.create(migration, noLease);
      const admin = await administrator();
      const letGo = await holdBack(admin, 'delete on migrations');
      const removing = one.remove(migration.id);
      await waiting(admin, 1);
      const fanningOut = two.fanOut(noon, 10);
      await waiting(admin, 2);
      await letGo();
      expect(await Promise.all([removing, fanningOut])).toEqual([true, { enabled: true, more: false }]);
      expect(await one.listDeliveries(webhook.id, {}, { size: 10 })).toHaveLength(2);
    });

    it('delete a migration while a webhook that it would be sent to is being deleted', async () => {
      url = await server.createDatabase();
      const [one, two] = [(await replica()) as Store & WebhookStore, await replica()];
      const [gone, kept] = [sampleWebhook(), sampleWebhook()];
      for (const webhook of [gone, kept]) await one.createWebhook(webhook, 2);
      const migration = sampleMigration();
      await one.create(migration, noLease);
      const admin = await administrator();
      const letGo = await holdBack(admin, 'delete on webhooks');
      const removing = one.removeWebhook(gone.id);
      await waiting(admin, 1);
      const deleting = two.remove(migration.id);
      await waiting(admin, 2);
      await letGo();
      expect(await Promise.all([removing, deleting])).toEqual([true, true]);
      expect(await one.listDeliveries(kept.id, {}, { size: 10 })).toHaveLength(2);
    });

    it('skip a webhook that another replica is processing, without waiting', async () => {
      url = await server.createDatabase();
      const store = (await replica()) as Store & WebhookStore;
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
      url = await server.createDatabase();
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

  describe('lost connections', () => {
    it('are re-established without a failed call', async () => {
      url = await server.createDatabase();
      const store = await replica();
      const admin = await administrator();
      for (let round = 0; round < 5; round++) {
        await Promise.all(Array.from({ length: 10 }, () => store.check()));
        await admin.query(endConnections);
        const migration = sampleMigration();
        expect(await store.create(migration, noLease)).toMatchObject({ outcome: 'created' });
        expect(await store.get(migration.id)).toEqual(migration);
      }
    });

    it('interrupt notifications of other replicas, which is reported, until they are re-established', async () => {
      url = await server.createDatabase();
      const proxy = await proxied();
      const store = await replica(proxy.url);
      expect(store.hearsOthers()).toBe(true);
      const admin = await administrator();
      proxy.decide = () => 'silence';
      await admin.query(endConnections);
      await eventually(() => expect(store.hearsOthers()).toBe(false));
      proxy.decide = () => 'forward';
      await admin.query(endConnections);
      await eventually(() => expect(store.hearsOthers()).toBe(true));
    });

    it('do not end the process when they break in use, and are not reused', async () => {
      url = await server.createDatabase();
      const pool = openPool(new Servers(url, defaultPostgresOptions), 1, () => {});
      cleanups.push(() => pool.end());
      const admin = await administrator();
      const connection = await pool.connect();
      await admin.query(endConnections);
      // Its end arrives while nobody is asking it anything.
      await eventually(async () => {
        const { rows } = await admin.query('select 1 from pg_stat_activity where datname = current_database()');
        expect(rows).toHaveLength(1);
      });
      await expect(connection.query('select 1', [])).rejects.toThrow();
      connection.release();
      const next = await pool.connect();
      expect(await next.query('select 1 as one', [])).toMatchObject({ rows: [{ one: 1 }] });
      next.release();
    });

    it('roll back a transaction that is then run again', async () => {
      url = await server.createDatabase();
      const store = await replica();
      const admin = await administrator();
      const migration = sampleMigration();
      await store.create(migration, noLease);
      await admin.query('begin');
      await admin.query('select 1 from migrations for update');
      const update = store.update(migration.id, (current) => ({ ...current, description: 'again' }));
      await eventually(async () => {
        const { rows } = await admin.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'");
        expect(rows.length).toBeGreaterThan(0);
      });
      await admin.query(endConnections);
      await admin.query('commit');
      expect(await update).toMatchObject({ outcome: 'updated' });
      expect(await store.get(migration.id)).toMatchObject({ description: 'again', version: 2 });
    });

    it('do not make a replica miss notifications', async () => {
      url = await server.createDatabase();
      const [one, two] = [await replica(), await replica()];
      const admin = await administrator();
      const before = sampleMigration();
      await one.create(before, noLease);
      const heard: string[] = [];
      two.onChange((id) => heard.push(id));
      await admin.query(endConnections);
      const missed = sampleMigration();
      await one.create(missed, noLease);
      await eventually(() => expect(heard).toContain(missed.id));
      const later = sampleMigration();
      await one.create(later, noLease);
      await eventually(() => expect(heard).toContain(later.id));
    });
  });

  describe('a commit whose answer is lost', () => {
    const once = (when: (message: string) => boolean, fate: Fate) => {
      let done = false;
      return (message: string): Fate => {
        if (done || !when(message)) return 'forward';
        done = true;
        return fate;
      };
    };
    const isCommit = (message: string) => /\bcommit\b/i.test(message);

    it.each<readonly [string, Fate]>([
      ['took place', 'lose_answer'],
      ['never arrived', 'lose_message'],
    ])('is known to the caller: it %s', async (_, fate) => {
      url = await server.createDatabase();
      const proxy = await proxied();
      const store = await replica(proxy.url);
      const migration = sampleMigration(onDatabases('orders'));
      const key = { caller: 'ci', key: 'k', fingerprint: 'f' };
      proxy.decide = once(isCommit, fate);
      expect(await store.create(migration, noLease, key)).toMatchObject({ outcome: 'created' });
      let runs = 0;
      proxy.decide = once(isCommit, fate);
      const result = await store.update(migration.id, (current) => {
        runs++;
        return { ...current, description: 'once' };
      });
      expect(result).toMatchObject({ outcome: 'updated', migration: { version: 2 } });
      expect(await store.get(migration.id)).toMatchObject({ description: 'once', version: 2 });
      expect(runs).toBe(fate === 'lose_answer' ? 1 : 2);
      expect(await store.events({}, { size: 10 })).toHaveLength(2);
    });

    it('is reported as unknown when nobody can tell, and is not retried', async () => {
      url = await server.createDatabase();
      const proxy = await proxied();
      const store = await replica(proxy.url, { commitDoubtMs: 300 });
      const direct = await replica();
      const migration = sampleMigration();
      let lost = false;
      proxy.decide = (message) => {
        if (lost) return 'lose_message';
        lost = isCommit(message);
        return lost ? 'lose_answer' : 'forward';
      };
      await expect(store.create(migration, noLease)).rejects.toBeInstanceOf(StoreOutcomeUnknown);
      expect(await direct.get(migration.id)).toEqual(migration);
      expect(await direct.events({}, { size: 10 })).toHaveLength(2);
    });

    it('is resolved after the server was away for a while', async () => {
      url = await server.createDatabase();
      const proxy = await proxied();
      const store = await replica(proxy.url);
      let away = false;
      proxy.decide = (message) => {
        if (away) return 'lose_message';
        away = isCommit(message);
        if (away) setTimeout(() => (proxy.decide = () => 'forward'), 1000);
        return away ? 'lose_answer' : 'forward';
      };
      expect(await store.create(sampleMigration(), noLease)).toMatchObject({ outcome: 'created' });
      expect(await store.events({}, { size: 10 })).toHaveLength(2);
    });
  });

  describe('a key whose first request has no answer', () => {
    it('is awaited only while its process runs', async () => {
      url = await server.createDatabase();
      const [one, two] = [await openStore(url, { runtime: systemRuntime }), await replica()];
      await one.create(sampleMigration(), noLease, { caller: 'ci', key: 'k', fingerprint: 'f' });
      expect(await one.findIdempotencyKey('ci', 'k')).toMatchObject({ heldBy: 'this_process' });
      expect(await two.findIdempotencyKey('ci', 'k')).toMatchObject({ heldBy: 'another_process' });
      await one.close();
      await eventually(async () =>
        expect(await two.findIdempotencyKey('ci', 'k')).toMatchObject({ heldBy: 'nobody', answer: null }),
      );
    });
  });

  describe('a server that fails', () => {
    it('and is silent makes the store unavailable for that time', async () => {
      url = await server.createDatabase();
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
      url = await server.createDatabase();
      const store = await replica(url, { lockTimeoutMs: 100 });
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
      url = await server.createDatabase();
      const admin = await administrator();
      const store = await replica();
      await admin.query(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`);
      await admin.query(endConnections);
      await expect(store.create(sampleMigration(), noLease)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.check()).rejects.toThrow(/takes no writes/);
      await expect(replica()).rejects.toThrow(/takes no writes/);
    });

    it('and is absent at start is reported without any part of the password', async () => {
      const opening = openStore('postgres://godwit:hunter2@127.0.0.1:1/godwit', { runtime: systemRuntime });
      const error = await opening.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('hunter2');
    });
  });
});
