import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { malformedStoreUrls, piecesOfPassword } from '../support/store-urls.ts';

/** A password that needs percent-encoding and consists of the pieces. */
const password = 'hunter/8675#swordfish';
const encoded = encodeURIComponent(password);

/** The error of opening a store. Fails when any printable form of it contains a piece of the password. */
async function faultOf(url: string): Promise<Error> {
  const fault: unknown = await openStore(url, { runtime: systemRuntime }).then(
    async (store) => {
      await store.close();
      throw new Error('it was opened');
    },
    (error: unknown) => error,
  );
  if (!(fault instanceof Error)) throw new Error('no error');
  const printed = `${inspect(fault, { depth: 10 })} ${JSON.stringify(fault)}`;
  for (const piece of piecesOfPassword) expect(printed).not.toContain(piece);
  expect(fault.message).not.toContain('\n');
  return fault;
}

describe('a PostgreSQL store that cannot be opened', () => {
  it.each(malformedStoreUrls)('reports an invalid URL: %s', async (_, url, sentence) => {
    const fault = await faultOf(url);
    expect(fault.name).toBe('StoreUrlFault');
    expect(fault.message).toMatch(sentence);
  });

  it.each([
    ['an unknown host', 'nowhere.invalid', /at nowhere\.invalid:5432, database godwit .* Correct the host/],
    ['a port that refuses', '127.0.0.1:1', /at 127\.0\.0\.1:1, database godwit .*ECONNREFUSED.* Start the database/],
    ['several hosts without a server', '127.0.0.1:1,127.0.0.1:2', /at 127\.0\.0\.1:1, 127\.0\.0\.1:2, database godwit/],
  ])('names the server and a remedy: %s', async (_, hosts, sentence) => {
    const fault = await faultOf(`postgres://godwit:${encoded}@${hosts}/godwit`);
    expect(fault).toBeInstanceOf(StoreUnavailable);
    expect(fault.message).toMatch(sentence);
  });
});

describe('an SQLite store that cannot be opened', () => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-opening-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['a folder', 'folder', /folder is not a file; store\.url must name one/],
    ['a device', '/dev/null', /\/dev\/null is not a file/],
    ['a folder at the path of its lock', 'locked.db', /the store .*locked\.db cannot be opened: /],
    ['a file that is not a database', 'text.db', /the store .*text\.db cannot be opened: file is not a database\./],
    ['a path below a file', 'text.db/x.db', /the store .*x\.db cannot be opened: /],
    [
      'a path whose folder cannot be made',
      '/proc/godwit/x.db',
      /the folder \/proc\/godwit of the store cannot be created/,
    ],
  ])('names its path: %s', async (_, name, sentence) => {
    mkdirSync(join(folder, 'folder'), { recursive: true });
    mkdirSync(join(folder, 'locked.db.lock'), { recursive: true });
    writeFileSync(join(folder, 'text.db'), 'no database '.repeat(1000));
    const fault = await faultOf(`sqlite:${name.startsWith('/') ? name : join(folder, name)}`);
    expect(fault).toBeInstanceOf(StoreUnavailable);
    expect(fault.message).toMatch(sentence);
  });
});

const postgres = await findPostgres();
const reason = postgres.available ? '' : ` (skipped: ${postgres.reason})`;

describe.skipIf(!postgres.available)(`a PostgreSQL server that refuses${reason}`, () => {
  let server: PostgresServer;
  let url = '';
  const role = `godwit_opening_${process.pid}`;

  async function asAdministrator(...statements: string[]): Promise<void> {
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }
  function changed(change: (url: URL) => void): string {
    const copy = new URL(url);
    change(copy);
    return copy.href;
  }

  beforeAll(async () => {
    if (!postgres.available) return;
    server = await postgres.start(async () => {});
    url = await server.createEmptyDatabase();
    await asAdministrator(
      `create role ${role} login password '${password}'`,
      'revoke create on schema public from public',
    );
  }, 120_000);
  afterAll(async () => {
    if (server === undefined) return;
    await asAdministrator(`drop owned by ${role}`, `drop role ${role}`);
    await server.stop();
  }, 120_000);

  const asRole = (each: URL): void => {
    each.username = role;
    each.password = encoded;
  };

  it('names the user when the password is wrong', async () => {
    const { message } = await faultOf(
      changed((each) => Object.assign(each, { username: role, password: `${encoded}x` })),
    );
    expect(message).toMatch(/password authentication failed.* Correct the user or the password in store\.url\.$/);
  });

  it('names the missing database', async () => {
    const { message } = await faultOf(changed((each) => Object.assign(each, { pathname: '/nowhere' })));
    expect(message).toMatch(/database nowhere cannot be used: .*does not exist\. Create the database/);
  });

  it('explains that its user may not create tables', async () => {
    const { message } = await faultOf(changed(asRole));
    expect(message).toMatch(/permission denied for schema public\. Make Godwit’s user the owner /);
  });

  it('explains that another application has a table of the same name', async () => {
    url = await server.createEmptyDatabase();
    await asAdministrator('create table migrations (id text)');
    const { message } = await faultOf(url);
    expect(message).toMatch(/relation "migrations" already exists\. Another application has a table of that name/);
  });
});
