import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { type SandboxUrls, sandboxAccounts } from '../../src/sandbox/accounts.ts';
import type { openStore } from '../../src/store/open.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { withUs } from './children.ts';
import { checkedConfig } from './configuration.ts';

/** Short intervals for quick tests. */
export const quickEngine = { pollMinMs: 50, pollMaxMs: 200, callTimeoutMs: 2000, leaseMs: 1500, settleMs: 500 };

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'godwit-'));
}

/** A free port, and no refusals while this process is too busy with other tests to measure its own load. */
export const testListen = { port: 0, maxEventLoopDelayMs: 0 };

/** Settings of a configuration file, unchecked. */
export interface TestConfig {
  readonly listen?: object;
  readonly [setting: string]: unknown;
}

/** A gateway in this process, on a free port, with the accounts of the given clouds. */
export async function startTestGateway(
  accounts: readonly unknown[],
  options: {
    readonly storeUrl?: string;
    readonly config?: TestConfig;
    /** The gateway runs in sandbox mode. */
    readonly sandbox?: boolean;
    /** Opens the store. */
    readonly open?: typeof openStore;
  } = {},
): Promise<Gateway> {
  const folder = await temporaryFolder();
  const file = {
    store: { url: options.storeUrl ?? `sqlite:${join(folder, 'godwit.db')}` },
    engine: quickEngine,
    log: { level: 'silent' },
    accounts,
    ...options.config,
    listen: { ...testListen, ...options.config?.listen },
  };
  const config = await checkedConfig(file, {}, options.sandbox ?? false);
  return startGateway(config, systemRuntime, createLog('silent'), 'test', null, undefined, options.open);
}

export interface GatewayProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Its output so far. */
  output(): string;
  /** Sends that signal and resolves with the exit code; null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** A gateway in a separate process. Without `file` it starts its own sandbox, as without a configuration. */
export async function spawnGateway(
  folder: string,
  file: TestConfig | null,
  more: NodeJS.ProcessEnv = {},
  program: string = resolve(import.meta.dirname, '../../src/godwit.js'),
): Promise<GatewayProcess> {
  const port = await freePort();
  const environment: NodeJS.ProcessEnv = { PATH: process.env.PATH, PORT: String(port), ...more };
  if (file !== null) {
    environment.GODWIT_CONFIG = join(folder, 'godwit.json');
    const listen = { maxEventLoopDelayMs: testListen.maxEventLoopDelayMs, ...file.listen };
    await writeFile(environment.GODWIT_CONFIG, JSON.stringify({ ...file, listen }));
  }
  const child = withUs(
    spawn(process.execPath, [program], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  let output = '';
  const listening = new Promise<void>((done, fail) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('"msg":"listening"')) done();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => fail(new Error(`the gateway ended with ${code}:\n${output}`)));
  });
  await listening;
  return {
    url: `http://127.0.0.1:${port}`,
    process: child,
    output: () => output,
    end: (signal) =>
      new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done(child.exitCode);
        child.removeAllListeners('exit');
        child.once('exit', (code) => done(code));
        child.kill(signal);
      }),
  };
}

export function configFile(sandbox: SandboxUrls, folder: string): TestConfig {
  return {
    store: { url: `sqlite:${join(folder, 'godwit.db')}` },
    engine: quickEngine,
    accounts: sandboxAccounts(sandbox),
  };
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: MigrationRepresentation & Record<string, unknown> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as MigrationRepresentation & Record<string, unknown>,
  };
}

export async function getMigration(url: string, id: string): Promise<MigrationRepresentation> {
  const response = await fetch(`${url}/migrations/${id}`);
  return (await response.json()) as MigrationRepresentation;
}

/** Polls until the condition holds, at most for the time limit of the test. */
export async function untilMigration(
  url: string,
  id: string,
  condition: (migration: MigrationRepresentation) => boolean,
): Promise<MigrationRepresentation> {
  for (;;) {
    const migration = await getMigration(url, id);
    if (condition(migration)) return migration;
    await systemRuntime.sleep(100);
  }
}

export function hasEnded(migration: MigrationRepresentation): boolean {
  return ['succeeded', 'failed', 'cancelled'].includes(migration.state);
}

/** A port that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
