import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startArguments } from '../tools/bundle/start-arguments.ts';
import { accountsPerVendor, type ConfigurationOptions, configuration, type Vendor } from './configuration.ts';
import type { Request } from './measure.ts';
import { fromSources, type Measured, project, startServer } from './processes.ts';

/** Files of this run, deleted with it. */
export const folder: string = mkdtempSync(join(tmpdir(), 'godwit-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** A new SQLite store. */
export function sqliteUrl(): string {
  return `sqlite:${join(folder, `godwit-${++files}.db`)}`;
}

export interface GatewayOptions extends ConfigurationOptions {
  /** Counts statements; see `statements.ts`. The sources run, because the bundle has a driver of its own that nobody can reach. */
  readonly counting?: boolean;
  /** Measures turns of the event loop from the first statement on that matches; see `loop-delay.ts`. */
  readonly watching?: string;
  /** Folder and name of a CPU profile, written when the process ends. */
  readonly profile?: { readonly folder: string; readonly name: string } | null;
  readonly environment?: NodeJS.ProcessEnv;
  /** Default: the program of `npm start`. */
  readonly program?: string;
}

/** Starts the gateway like `npm start`, in a separate process. */
export function startGateway(options: GatewayOptions): Promise<Measured> {
  const file = join(folder, `config-${++files}.json`);
  writeFileSync(file, JSON.stringify(configuration(options)));
  const { profile = null, watching } = options;
  const hook = options.counting === true ? 'statements.ts' : watching === undefined ? null : 'loop-delay.ts';
  if (profile !== null) mkdirSync(profile.folder, { recursive: true });
  const args = [
    ...(profile === null
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profile.folder}`, `--cpu-prof-name=${profile.name}.cpuprofile`]),
    ...(hook === null ? [] : ['--import', join(import.meta.dirname, hook)]),
    ...startArguments(project, options.counting === true ? fromSources : options.program),
  ];
  const environment = {
    GODWIT_CONFIG: file,
    ...(watching !== undefined && { GODWIT_BENCH_STATEMENT: watching }),
    ...options.environment,
  };
  return startServer(args, environment, { ipc: hook !== null });
}

const run = Date.now().toString(36);
let created = 0;

/** The target and file of the next creation, equal for every contestant. No instance is used twice. */
function order(provider: Vendor): { readonly instanceId: string; readonly database: string } {
  const number = String(++created).padStart(8, '0');
  const instanceId = {
    alibaba: `rm-uf6${number}`,
    huawei: `0123456789abcdef01234567${number}in04`,
    tencent: `mssql-${number}`,
  }[provider];
  return { instanceId, database: 'orders' };
}

/** The next creation as a request with an idempotency key. */
export function creation(provider: Vendor): Request {
  const { instanceId, database } = order(provider);
  return {
    method: 'POST',
    path: '/migrations',
    headers: { 'content-type': 'application/json', 'idempotency-key': `bench-${run}-${created}` },
    body: JSON.stringify({
      provider,
      account: `${provider}-${(created % accountsPerVendor) + 1}`,
      name: `orders-${created}`,
      labels: { team: 'orders' },
      target: { instanceId, ...(provider === 'alibaba' && { databases: [{ name: database }] }) },
      source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orders.bak'] },
    }),
  };
}
