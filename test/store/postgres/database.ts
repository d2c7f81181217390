import { Client } from 'pg';
import { expect, onTestFinished } from 'vitest';
import type { Store } from '../../../src/domain/store.ts';
import type { WebhookStore } from '../../../src/domain/webhook.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { openStore } from '../../../src/store/open.ts';
import type { PostgresOptions } from '../../../src/store/postgres/options.ts';
import { eventually } from '../../support/eventually.ts';
import type { PostgresServer } from '../../support/postgres.ts';
import { startProxy, type TcpProxy } from '../tcp-proxy.ts';

/** The database of the running test. What a test opens on it closes when the test ends, in reverse order. */
export interface Database {
  /** Address of the database made last. */
  readonly url: string;
  readonly name: string;
  /** Makes a new database with Godwit's tables. */
  create(): Promise<void>;
  /** Makes a new database without tables. */
  createEmpty(): Promise<void>;
  /** Opens a store. */
  replica(at?: string, options?: Partial<PostgresOptions>): Promise<Store & WebhookStore>;
  /** Connects past the stores. */
  administrator(): Promise<Client>;
  /** A proxy in front of the database, which loses messages on demand. */
  proxied(): Promise<TcpProxy>;
}

export function testDatabase(server: () => PostgresServer): Database {
  let url = '';
  async function replica(at = url, options: Partial<PostgresOptions> = {}): Promise<Store & WebhookStore> {
    const store = await openStore(at, { runtime: systemRuntime, postgres: options });
    onTestFinished(() => store.close());
    return store;
  }
  async function administrator(): Promise<Client> {
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }
  async function proxied(): Promise<TcpProxy> {
    const proxy = await startProxy(url);
    onTestFinished(() => proxy.close());
    return proxy;
  }
  return {
    get url() {
      return url;
    },
    get name() {
      return new URL(url).pathname.slice(1);
    },
    create: async () => {
      url = await server().createDatabase();
    },
    createEmpty: async () => {
      url = await server().createEmptyDatabase();
    },
    replica,
    administrator,
    proxied,
  };
}

/** Ends every other connection to the database. */
export const endConnections = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** Makes whoever does that to a row wait, in its transaction, until the returned function is called. */
export async function holdBack(admin: Client, action: string): Promise<() => Promise<unknown>> {
  await admin.query(`create function held() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock(42); return null; end $$`);
  await admin.query(`create trigger held after ${action} for each row execute function held()`);
  await admin.query('select pg_advisory_lock(42)');
  return () => admin.query('select pg_advisory_unlock(42)');
}

/** Resolves when so many connections to the database wait for a lock. */
export async function lockWaiters(admin: Client, count: number): Promise<void> {
  await eventually(async () => {
    const { rows } = await admin.query(
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    expect(rows).toHaveLength(count);
  });
}
