import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config/config.ts';
import { checkedConfig, loadConfig } from '../config/load.ts';
import { watchConfig } from '../config/watch.ts';
import { distrustRestoredStore, type Gateway, startGateway } from '../gateway.ts';
import { projectFolder } from '../project-folder.ts';
import { providers } from '../registry.ts';
import { createReloader } from '../reload.ts';
import { systemRuntime } from '../runtime.ts';
import type { Sandbox } from '../sandbox/server.ts';
import { createLog, standardOutput } from '../telemetry/log.ts';
import { tracingOf } from '../telemetry/tracing.ts';
import { sandboxPortOf, sandboxStateFile } from './sandbox-place.ts';
import { startStopWatchdog } from './stop-watchdog.ts';
import { type ExitStatus, exit, type Input } from './subcommand.ts';

/** Maximum time for open vendor calls at shutdown, in milliseconds. Another process continues the calls that take longer. */
const drainMs = 25_000;
/** Maximum time to export the last spans, in milliseconds. */
const tracesMs = 3000;
/** Maximum duration of a shutdown in milliseconds: open calls, then closing connections and the store. */
const maxStopMs = drainMs + 12_000;
/** Further time in milliseconds after which the process is killed if a blocked main thread has kept it from exiting. */
const blockedMs = 1000;
const stopSignals = ['SIGTERM', 'SIGINT'] as const;
/** Duration of a restore in the built-in sandbox, in milliseconds. */
const sandboxRestoreMs = 4000;

/**
 * Starts the gateway, or performs the action that an option selects. Resolves once the gateway listens. Throws `ConfigError` for an invalid
 * configuration.
 */
export async function run(input: Input): Promise<ExitStatus> {
  const version = await packageVersion();
  if (input.flag('version')) {
    input.terminal.print(version);
    return exit.done;
  }
  if (input.flag('check-config')) return checkConfig(input);
  const config = await loadConfig(input.environment, providers);
  if (input.flag('after-restore')) {
    const marked = await distrustRestoredStore(config, systemRuntime);
    input.terminal.print(`${marked} migrations marked: Godwit probes the vendor before it sends their unsent calls`);
    return exit.done;
  }
  await serve(config, version);
  return exit.done;
}

async function checkConfig({ environment, terminal, flag }: Input): Promise<ExitStatus> {
  const config = await loadConfig(environment, providers).catch((error: unknown) => {
    if (error instanceof ConfigError && flag('json')) return error;
    throw error;
  });
  if (flag('json')) {
    const [faults, warnings] = config instanceof ConfigError ? [config.faults, []] : [[], config.warnings];
    terminal.print(JSON.stringify({ valid: faults.length === 0, faults, warnings }));
    return faults.length === 0 ? exit.done : exit.error;
  }
  if (config instanceof ConfigError) throw config;
  for (const warning of config.warnings) terminal.print(`warning: ${warning}`);
  terminal.print(
    config.sandbox ? 'no configuration file: Godwit would start the sandbox' : 'the configuration is valid',
  );
  return exit.done;
}

async function serve(config: Config, version: string): Promise<void> {
  const log = createLog(config.logLevel, standardOutput(process));
  for (const warning of config.warnings) log.warn({}, warning);
  // Before the gateway runs, a signal ends the process at once. Without a handler, process 1 of a container would ignore the signal.
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

/** Reloads the configuration when its file changes and on SIGHUP. */
function followConfiguration(gateway: Gateway, fileDigest: string | null, log: Logger): { close(): void } {
  const path = process.env.GODWIT_CONFIG;
  if (path === undefined || path === '') {
    // Without a handler SIGHUP would end the process.
    process.on('SIGHUP', () => log.info({}, 'SIGHUP ignored: there is no configuration file to reload'));
    return { close: () => undefined };
  }
  const reload = createReloader(gateway, () => loadConfig(process.env, providers), log);
  process.on('SIGHUP', () => void reload());
  return watchConfig(path, fileDigest, systemRuntime, reload);
}

/** Stops the process after the first signal, within `maxStopMs`. A second signal ends the process at once. */
function onStopSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const take = (signal: NodeJS.Signals): void => {
    if (stopping) {
      log.warn({ signal }, 'stopped by a second signal; the next process resumes open work');
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, 'draining');
    setTimeout(() => {
      log.error({ milliseconds: maxStopMs }, 'the stop took too long; the process exits now');
      process.exit(1);
    }, maxStopMs).unref();
    startStopWatchdog(maxStopMs + blockedMs);
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
 * Starts the emulated clouds and loads their modules. A migration belongs to the cloud that it started with, so a gateway that restarts on
 * the same port uses the same ports for the clouds if they are free.
 */
async function startBuiltInSandbox(gatewayPort: number): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/sandbox.ts');
  const options = {
    host: '127.0.0.1',
    runtime: systemRuntime,
    restoreMs: sandboxRestoreMs,
    stateFile: sandboxStateFile,
  };
  const port = sandboxPortOf(gatewayPort);
  if (port === null) return startSandbox(options);
  return startSandbox({ ...options, port }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return startSandbox(options);
    throw error;
  });
}

async function withSandbox(config: Config, sandbox: Sandbox): Promise<Config> {
  const { sandboxAccounts } = await import('../sandbox/accounts.ts');
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
  const text = await readFile(join(projectFolder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
