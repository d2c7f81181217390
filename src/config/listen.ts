import type { Environment } from '../domain/account-configuration.ts';
import { isLoopback } from './addresses.ts';
import { hasAuthentication } from './auth.ts';
import type { Config } from './config.ts';
import { notOneOf } from './faults.ts';
import { type ConfigFile, logLevels } from './schema.ts';

/**
 * Keep-alive of an idle connection in milliseconds. It exceeds that of most load balancers, which would otherwise reuse closed connections.
 */
const defaultKeepAliveMs = 75_000;

/** While the event loop lags by more than this, new requests are rejected. Milliseconds. */
const defaultMaxEventLoopDelayMs = 500;

/** The listening address; the environment overrides the file. Adds faults. */
export function listenSettings(
  given: ConfigFile,
  environment: Environment,
  faults: string[],
): Pick<Config, 'listen' | 'allowedHosts' | 'corsOrigins' | 'keepAliveMs' | 'maxEventLoopDelayMs'> {
  const fromEnvironment = environment.HOST || null;
  const host = fromEnvironment ?? given.listen?.host ?? '127.0.0.1';
  if (!hasAuthentication(given) && !isLoopback(host))
    faults.push(
      fromEnvironment === null
        ? `auth: without keys or jwt Godwit listens on loopback only, and listen.host is ${host}`
        : `auth: without keys or jwt Godwit listens on loopback only, and the environment variable HOST, which some shells set, is ${host}`,
    );
  return {
    listen: { host, port: portOf(environment.PORT, given.listen?.port ?? 8080, faults) },
    allowedHosts: (given.listen?.allowedHosts ?? []).map((name) => name.toLowerCase()),
    corsOrigins: given.listen?.corsOrigins ?? [],
    keepAliveMs: given.listen?.keepAliveMs ?? defaultKeepAliveMs,
    maxEventLoopDelayMs: (given.listen?.maxEventLoopDelayMs ?? defaultMaxEventLoopDelayMs) || null,
  };
}

function portOf(fromEnvironment: string | undefined, fromFile: number, faults: string[]): number {
  if (fromEnvironment === undefined || fromEnvironment === '') return fromFile;
  const port = Number(fromEnvironment);
  if (/^\d{1,5}$/.test(fromEnvironment) && port <= 65_535) return port;
  faults.push('PORT: has to be a number from 0 to 65535');
  return fromFile;
}

/** The log level; `LOG_LEVEL` overrides the file. */
export function logLevelOf(given: ConfigFile, environment: Environment, faults: string[]): string {
  const level = environment.LOG_LEVEL;
  if (level === undefined || level === '') return given.log?.level ?? 'info';
  if (!logLevels.includes(level)) faults.push(`LOG_LEVEL: ${notOneOf(level, logLevels)}`);
  return level;
}
