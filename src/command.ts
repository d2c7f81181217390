import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { type Config, ConfigError } from './config/config.ts';
import { checkedConfig, loadConfig } from './config/load.ts';
import { watchConfig } from './config/watch.ts';
import { distrustRestoredStore, type Gateway, startGateway } from './gateway.ts';
import { providers } from './registry.ts';
import { createReloader } from './reload.ts';
import { systemRuntime } from './runtime.ts';
import type { Sandbox } from './sandbox/server.ts';
import { createLog } from './telemetry/log.ts';
import { tracingOf } from './telemetry/tracing.ts';

const usage = `godwit: restores SQL Server backups into managed instances of three clouds, through one REST resource.

  godwit                  start; GODWIT_CONFIG names the configuration file, without one the sandbox is started
  godwit --check-config   check the configuration, report every fault, and exit
  godwit --after-restore  once, with every process stopped, after the database was restored from a copy: what the copy has as not
                          sent may have been sent since, and is looked for at the vendor first
  godwit --version        print the version
`;

/** How long open vendor calls may take at shutdown before they are left to the next process, in milliseconds. */
const drainMs = 25_000;
/** How long the last spans may take to leave, in milliseconds. */
const tracesMs = 3000;
/** After that time a stop that does not end is broken off, in milliseconds: open calls, then what closes after them. */
const maxStopMs = drainMs + 12_000;
/** From the gateway's port to the first of the built-in clouds': 8080 and 9400. */
const sandboxPortDistance = 1320;
const stopSignals = ['SIGTERM', 'SIGINT'] as const;
/** A restore at the built-in sandbox takes this long, in milliseconds. */
const sandboxRestoreMs = 4000;

/** The `godwit` command with the arguments and the environment of this process. An error is written to standard error, and the exit code is then 1. */
export async function godwit(): Promise<void> {
  // What is stored may hold names of customers: files are for this user alone.
  process.umask(0o077);
  await main().catch((error: unknown) => {
    const expected =
      error instanceof ConfigError ||
      (error instanceof Error && ['StoreLocked', 'StoreUnavailable', 'StoreUrlFault'].includes(error.name));
    const text =
      listenFault(error) ??
      (error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error));
    process.stderr.write(`godwit: ${text}\n`);
    process.exit(1);
  });
}

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2);
  const version = await packageVersion();
  if (argument === '--version') return void process.stdout.write(`${version}\n`);
  if (argument === '--help' || (argument !== undefined && !['--check-config', '--after-restore'].includes(argument))) {
    process.exitCode = argument === '--help' ? 0 : 2;
    return void process.stdout.write(usage);
  }
  const config = await loadConfig(process.env, providers);
  if (argument === '--check-config')
    return void process.stdout.write(
      [
        ...config.warnings.map((warning) => `warning: ${warning}`),
        config.sandbox ? 'no configuration file: the sandbox would be started' : 'the configuration is valid',
        '',
      ].join('\n'),
    );
  if (argument === '--after-restore') {
    const marked = await distrustRestoredStore(config, systemRuntime);
    return void process.stdout.write(`${marked} migrations: what they have not sent is looked for before it is sent\n`);
  }
  await run(config, version);
}

async function run(config: Config, version: string): Promise<void> {
  const log = createLog(config.logLevel);
  for (const warning of config.warnings) log.warn({}, warning);
  // Until something is to be drained a signal ends the process at once; as the first process of a container it would be ignored otherwise.
  const leave = (): void => process.exit(0);
  for (const signal of stopSignals) process.once(signal, leave);
  const sandbox = config.sandbox ? await startBuiltInSandbox(config.listen.port) : null;
  const effective = sandbox === null ? config : await withSandbox(config, sandbox);
  const tracing = await tracingOf(process.env, version, (error) => log.warn({ error }, 'traces'));
  const gateway = await startGateway(effective, systemRuntime, log, version, tracing);
  if (sandbox !== null) process.stdout.write(banner(gateway.url));
  log.info({ url: gateway.url, version, accounts: effective.accounts.map(({ account }) => account.name) }, 'listening');

  const watching = followConfiguration(gateway, config.fileDigest, log);
  for (const signal of stopSignals) process.off(signal, leave);
  onStopSignal(log, async () => {
    watching.close();
    await gateway.stop(drainMs);
    await Promise.race([tracing?.close(), systemRuntime.sleep(tracesMs)]);
    await sandbox?.close();
  });
}

/** Takes up the configuration file when it changes, and at SIGHUP. */
function followConfiguration(gateway: Gateway, fileDigest: string | null, log: Logger): { close(): void } {
  const path = process.env.GODWIT_CONFIG;
  if (path === undefined || path === '') {
    // Without a handler the signal would end the process.
    process.on('SIGHUP', () => log.info({}, 'there is no configuration file to read again'));
    return { close: () => undefined };
  }
  const reload = createReloader(gateway, () => loadConfig(process.env, providers), log);
  process.on('SIGHUP', () => void reload());
  return watchConfig(path, fileDigest, systemRuntime, reload);
}

/** The first signal stops in good order, within a bound; a second one ends the process at once. */
function onStopSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const take = (signal: NodeJS.Signals): void => {
    if (stopping) {
      log.warn({ signal }, 'stopped by a second signal; what was under way is taken up again by the next process');
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, 'draining');
    setTimeout(() => {
      log.error({ milliseconds: maxStopMs }, 'the stop took too long and was broken off');
      process.exit(1);
    }, maxStopMs).unref();
    stop().then(
      () => {
        log.info({}, 'stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ error: error instanceof Error ? error.message : String(error) }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  for (const signal of stopSignals) process.on(signal, take);
}

/**
 * The emulated clouds, loaded only where they are used. A migration belongs to the cloud that it began with, so they keep their ports
 * over restarts of a gateway at the same port, as long as those are free.
 */
async function startBuiltInSandbox(gatewayPort: number): Promise<Sandbox> {
  const { startSandbox } = await import('./sandbox/sandbox.ts');
  const options = {
    host: '127.0.0.1',
    runtime: systemRuntime,
    restoreMs: sandboxRestoreMs,
    stateFile: './data/sandbox.json',
  };
  if (gatewayPort === 0 || gatewayPort > 60_000) return startSandbox(options);
  return startSandbox({ ...options, port: gatewayPort + sandboxPortDistance }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return startSandbox(options);
    throw error;
  });
}

async function withSandbox(config: Config, sandbox: Sandbox): Promise<Config> {
  const { sandboxAccounts } = await import('./sandbox/accounts.ts');
  const { accounts } = await checkedConfig({ accounts: sandboxAccounts(sandbox) }, {}, true, providers);
  return { ...config, accounts };
}

function banner(url: string): string {
  return `
Godwit runs with its sandbox: three emulated clouds, no real one is touched.

  Board         ${url}/board
  Explorer      ${url}/docs
  API           ${url}/migrations
  Health        ${url}/readyz

To use real clouds, name a configuration file in GODWIT_CONFIG.

`;
}

async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Why the address cannot be listened on, in a sentence; null: something else went wrong. */
function listenFault(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall, address, port, hostname } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
    readonly hostname?: string;
  };
  if (syscall === 'getaddrinfo')
    return `the name ${hostname} of listen.host (or HOST) is not known; choose an address such as 127.0.0.1`;
  if (syscall !== 'listen') return null;
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is in use already; choose another one with PORT or listen.port';
    case 'EACCES':
      return `this user may not listen on port ${port}; choose one above 1023 with PORT or listen.port`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}; choose another one with HOST or listen.host`;
    default:
      return `cannot listen on ${address}:${port} (${code})`;
  }
}
