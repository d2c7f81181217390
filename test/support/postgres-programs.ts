import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { withUs } from './children.ts';
import { freePort } from './gateway.ts';

const run = promisify(execFile);
const installed = '/usr/lib/postgresql';
const oldestVersion = 15;

/** PostgreSQL refuses to run as root. */
interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** A separate server in its own folder. */
export interface OwnServer {
  readonly port: number;
  /** The URL for its superuser, past every proxy. */
  query<Row extends object>(statement: string): Promise<readonly Row[]>;
  /** Stops it gracefully: its standbys have everything that it wrote. */
  stop(): Promise<void>;
  /** Kills it, as a power loss does. */
  kill(): Promise<void>;
  /** Restarts it in its former role. */
  start(): Promise<void>;
  /** Starts it as a standby without a primary, so that its data stays as it is. */
  startAsStandby(): Promise<void>;
  /** A standby that replicates it. */
  standby(): Promise<OwnServer>;
  promote(): Promise<void>;
  /** Kills it and removes its files. */
  remove(): Promise<void>;
}

export type PostgresPrograms =
  | { readonly available: true; start(password: string): Promise<OwnServer> }
  | { readonly available: false; readonly reason: string };

/**
 * Whether PostgreSQL's programs exist and may be used. With REQUIRE_POSTGRESQL_PROGRAMS=1 their absence is an error.
 */
export function findPostgresPrograms(): PostgresPrograms {
  const found = look();
  if (!found.available && process.env.REQUIRE_POSTGRESQL_PROGRAMS === '1')
    throw new Error(`PostgreSQL's programs are required here: ${found.reason}`);
  return found;
}

function look(): PostgresPrograms {
  const [version] = (existsSync(installed) ? readdirSync(installed) : [])
    .map(Number)
    .filter((each) => each >= oldestVersion && existsSync(join(installed, String(each), 'bin/pg_basebackup')))
    .toSorted((one, other) => other - one);
  if (version === undefined)
    return { available: false, reason: `no PostgreSQL ${oldestVersion} or later in ${installed}` };
  const account = unprivileged();
  if (account === null)
    return { available: false, reason: 'root may not run PostgreSQL, and there is no user postgres' };
  const programs = join(installed, String(version), 'bin');
  return { available: true, start: (password) => create(programs, account, password) };
}

function unprivileged(): Account | null {
  if (process.getuid?.() !== 0) return {};
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

/** Directly under /tmp, because the user postgres may not enter other folders and a socket path must be short. */
async function folderOf(account: Account): Promise<string> {
  const folder = await mkdtemp('/tmp/godwit-pg-');
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid);
  return folder;
}

async function create(programs: string, account: Account, password: string): Promise<OwnServer> {
  const folder = await folderOf(account);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o644 });
  const data = join(folder, 'data');
  const authentication = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`];
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '--no-sync', ...authentication], {
    ...account,
    cwd: folder,
  });
  const server = new Server(programs, account, folder, await freePort());
  await server.start();
  return server;
}

class Server implements OwnServer {
  readonly port: number;
  readonly #programs: string;
  readonly #account: Account;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  constructor(programs: string, account: Account, folder: string, port: number) {
    this.#programs = programs;
    this.#account = account;
    this.#folder = folder;
    this.port = port;
  }

  async start(): Promise<void> {
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${this.#folder}`];
    const child = withUs(
      spawn(
        join(this.#programs, 'postgres'),
        ['-D', join(this.#folder, 'data'), '-p', String(this.port), ...settings.flatMap((each) => ['-c', each])],
        { ...this.#account, cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C' } },
      ),
    );
    this.#process = child;
    let said = '';
    await new Promise<void>((done, fail) => {
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('ready to accept')) done();
      });
      child.once('exit', (code) => fail(new Error(`PostgreSQL ended with ${code}:\n${said}`)));
    });
  }

  async query<Row extends object>(statement: string): Promise<readonly Row[]> {
    const client = new Client({ host: this.#folder, port: this.port, user: 'postgres', database: 'postgres' });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  stop(): Promise<void> {
    return this.#end('SIGINT');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async startAsStandby(): Promise<void> {
    await writeFile(join(this.#folder, 'data/standby.signal'), '');
    await this.start();
  }

  async standby(): Promise<OwnServer> {
    const folder = await folderOf(this.#account);
    const data = join(folder, 'data');
    const source = ['-h', this.#folder, '-p', String(this.port), '-U', 'postgres'];
    await run(
      join(this.#programs, 'pg_basebackup'),
      [...source, '-D', data, '--checkpoint=fast', '--no-sync', '--write-recovery-conf'],
      { ...this.#account, cwd: folder },
    );
    const standby = new Server(this.#programs, this.#account, folder, await freePort());
    await appendFile(join(data, 'postgresql.auto.conf'), "wal_retrieve_retry_interval = '100ms'\n");
    await standby.start();
    return standby;
  }

  async promote(): Promise<void> {
    await this.query('select pg_promote()');
  }

  async remove(): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }
}
