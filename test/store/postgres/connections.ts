import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreOutcomeUnknown } from '../../../src/domain/store.ts';
import { defaultPostgresOptions } from '../../../src/store/postgres/options.ts';
import { openPool } from '../../../src/store/postgres/pool.ts';
import { Servers } from '../../../src/store/postgres/servers.ts';
import { eventually } from '../../support/eventually.ts';
import { sampleMigration } from '../../support/samples.ts';
import { noLease, onDatabases } from '../samples.ts';
import type { Fate } from '../tcp-proxy.ts';
import { type Database, endConnections } from './database.ts';

/** The behaviour of a store whose connection breaks, also during a commit. */
export function connectionTests(database: Database): void {
  const { replica, administrator, proxied } = database;

  describe('lost connections', () => {
    it('are re-established without a failed call', async () => {
      await database.create();
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
      await database.create();
      const proxy = await proxied();
      const store = await replica(proxy.url);
      expect(store.receivesNotifications()).toBe(true);
      const admin = await administrator();
      proxy.decide = () => 'silence';
      await admin.query(endConnections);
      await eventually(() => expect(store.receivesNotifications()).toBe(false));
      proxy.decide = () => 'forward';
      await admin.query(endConnections);
      await eventually(() => expect(store.receivesNotifications()).toBe(true));
    });

    it('do not end the process when they break in use, and are not reused', async () => {
      await database.create();
      const pool = openPool(new Servers(database.url, defaultPostgresOptions), 1, () => {});
      onTestFinished(() => pool.end());
      const admin = await administrator();
      const connection = await pool.connect();
      await admin.query(endConnections);
      // The connection ends while it is idle.
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
      await database.create();
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
      await database.create();
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
      await database.create();
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
      await database.create();
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
      await database.create();
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
}
