import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { startGateway } from '../src/gateway.ts';
import { systemRuntime } from '../src/runtime.ts';
import { sandboxAccounts } from '../src/sandbox/accounts.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { createLog } from '../src/telemetry/log.ts';
import { checkedConfig } from '../test/support/configuration.ts';

// Bytes by which the database grows per migration and per backup of a chain: docs/sizing.md. With TEST_DATABASE_URL also on PostgreSQL.

/** Migrations of each kind. */
const migrations = 40;
/** Log backups of a chain. */
const logs = 20;

/** Bytes by table, including its indexes. */
type Sizes = Readonly<Record<string, number>>;

interface MeasuredStore {
  readonly title: string;
  readonly url: string;
  sizes(): Promise<Sizes>;
  remove(): Promise<void>;
}

function sqliteStore(): MeasuredStore {
  const path = join(mkdtempSync(join(tmpdir(), 'godwit-growth-')), 'godwit.db');
  return {
    title: 'SQLite',
    url: `sqlite:${path}`,
    async sizes() {
      const database = new DatabaseSync(path, { readOnly: true });
      const rows = database
        .prepare(
          'select tbl_name as name, sum(pgsize) as bytes from dbstat natural join sqlite_schema group by tbl_name',
        )
        .all();
      database.close();
      return Object.fromEntries(rows.map(({ name, bytes }) => [String(name), Number(bytes)]));
    },
    async remove() {},
  };
}

async function postgresStore(server: string): Promise<MeasuredStore> {
  const name = `godwit_growth_${process.pid}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await asked(server, `create database ${name}`);
  return {
    title: 'PostgreSQL',
    url: url.href,
    async sizes() {
      await asked(url.href, 'vacuum');
      const rows = await asked(
        url.href,
        'select relname as name, pg_total_relation_size(relid) as bytes from pg_stat_user_tables',
      );
      return Object.fromEntries(rows.map(({ name: table, bytes }) => [String(table), Number(bytes)]));
    },
    remove: async () => void (await asked(server, `drop database ${name} with (force)`)),
  };
}

async function asked(url: string, statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const json = { 'content-type': 'application/json' };
const file = (key: string) => ({ type: 'object_storage', bucket: 'acme-backups', keys: [`growth/${key}`] });

/** Runs a number of migrations to their end, each with a full backup and a number of logs. */
async function restoreAll(url: string, kind: string, count: number): Promise<void> {
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { readonly id: string }).id;
  };
  const one = async (number: number): Promise<void> => {
    const id = await post('/migrations', {
      provider: 'alibaba',
      mode: count === 0 ? 'full' : 'full_log',
      target: { instanceId: `rm-scratch-${kind}${number}`, databases: [{ name: 'orders' }] },
      source: file('orders_full.bak'),
    });
    for (let log = 0; log < count; log++)
      await post(`/migrations/${id}/backups`, { type: 'log', source: file(`orders_log${log}.trn`) });
    if (count > 0) await post(`/migrations/${id}/cutover`, {});
    for (;;) {
      const { state } = (await (await fetch(`${url}/migrations/${id}`)).json()) as { readonly state: string };
      if (state === 'succeeded') return;
      if (['failed', 'cancelled'].includes(state)) throw new Error(`${id} is ${state}`);
      await systemRuntime.sleep(200);
    }
  };
  await Promise.all(Array.from({ length: migrations }, (_, number) => one(number)));
}

function growth(before: Sizes, after: Sizes, by: number): Sizes {
  const tables = Object.keys(after).map((table) => [table, ((after[table] ?? 0) - (before[table] ?? 0)) / by] as const);
  return Object.fromEntries(tables.filter(([, bytes]) => bytes > 0));
}

function show(title: string, sizes: Sizes): void {
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  const parts = Object.entries(sizes).toSorted(([, one], [, other]) => other - one);
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  process.stdout.write(
    `  ${title}: ${kib(total)} KiB (${parts.map(([name, bytes]) => `${name} ${kib(bytes)}`).join(', ')})\n`,
  );
}

async function measure(store: MeasuredStore): Promise<void> {
  const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 100 });
  const settings = {
    listen: { port: 0 },
    store: { url: store.url },
    encryption: { key: Buffer.alloc(32, 1).toString('base64') },
    engine: { pollMinMs: 50, pollMaxMs: 200 },
    accounts: sandboxAccounts(sandbox),
  };
  const log = createLog('info', { write: () => undefined });
  const gateway = await startGateway(await checkedConfig(settings, {}, false), systemRuntime, log, 'bench');
  try {
    const empty = await store.sizes();
    await restoreAll(gateway.url, 'full', 0);
    const withFull = await store.sizes();
    await restoreAll(gateway.url, 'chain', logs);
    const withChains = await store.sizes();
    process.stdout.write(`${store.title}, ${migrations} migrations of each kind\n`);
    show('a full restore', growth(empty, withFull, migrations));
    show(`a chain with ${logs} logs`, growth(withFull, withChains, migrations));
  } finally {
    await gateway.stop(0);
    await sandbox.close();
    await store.remove();
  }
}

const server = process.env.TEST_DATABASE_URL;
await measure(sqliteStore());
if (server !== undefined) await measure(await postgresStore(server));
