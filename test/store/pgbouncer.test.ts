import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { eventually } from '../support/eventually.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { sampleMigration } from '../support/samples.ts';
import { noLease } from './samples.ts';

function hasPgBouncer(): boolean {
  try {
    execFileSync('pgbouncer', ['--version']);
    return true;
  } catch {
    return false;
  }
}

const postgres = await findPostgres();
const lacks = postgres.available ? (hasPgBouncer() ? '' : 'no pgbouncer is installed') : postgres.reason;
const reason = lacks === '' ? '' : ` (skipped: ${lacks})`;

describe.skipIf(lacks !== '')(`PgBouncer${reason}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    if (!postgres.available) return;
    server = await postgres.start(async (template) => {
      const store = await openStore(template, { runtime: systemRuntime });
      await store.close();
    });
  }, 120_000);
  afterAll(() => server?.stop(), 120_000);

  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function freePort(): Promise<number> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    listener.close();
    await once(listener, 'close');
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  /** The URL of a new database behind its own PgBouncer. */
  async function pooled(mode: 'session' | 'transaction'): Promise<string> {
    const url = new URL(await server.createDatabase());
    const folder = mkdtempSync(join(tmpdir(), 'godwit-pgbouncer-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const port = await freePort();
    const file = join(folder, 'pgbouncer.ini');
    const [user, password] = [url.username, url.password].map(decodeURIComponent);
    writeFileSync(
      file,
      `[databases]
* = host=${url.hostname} port=${url.port || 5432} user=${user} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
`,
    );
    chmodSync(folder, 0o755);
    chmodSync(file, 0o644);
    // PgBouncer refuses to run as root.
    const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const child: ChildProcess = spawn('pgbouncer', [...asOther, file], { stdio: 'ignore' });
    cleanups.push(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    });
    url.host = `127.0.0.1:${port}`;
    await eventually(async () => {
      const client = new Client({ connectionString: url.href });
      await client.connect();
      await client.end();
    });
    return url.href;
  }

  it('in session pooling delivers other replicas’ changes', async () => {
    const url = await pooled('session');
    const [one, two] = await Promise.all([1, 2].map(() => openStore(url, { runtime: systemRuntime })));
    if (one === undefined || two === undefined) throw new Error('no stores');
    cleanups.push(
      () => one.close(),
      () => two.close(),
    );
    expect([one.receivesNotifications(), two.receivesNotifications()]).toEqual([true, true]);
    const heard: string[] = [];
    two.onChange((id) => heard.push(id));
    const migration = sampleMigration();
    await one.create(migration, noLease);
    await eventually(() => expect(heard).toEqual([migration.id]));
  });

  it('in transaction pooling is rejected with the missing feature', async () => {
    const url = await pooled('transaction');
    const opening = openStore(url, { runtime: systemRuntime });
    await expect(opening).rejects.toThrow(
      /^the database at 127\.0\.0\.1:\d+, database \w+ cannot be used: notifications \(LISTEN\) do not arrive\. A connection pooler must pool by session/,
    );
  });
});
