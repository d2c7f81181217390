import type { Environment } from '../domain/account-configuration.ts';
import { isLoopback } from './addresses.ts';
import { hasAuthentication } from './auth.ts';
import type { Config } from './config.ts';
import { notOneOf } from './faults.ts';
import { type ConfigFile, logLevels } from './schema.ts';

/**
 * Default keep-alive of an idle connection in milliseconds. Many load balancers keep idle connections for 60 s. A shorter value here
 * would let them reuse a connection that the gateway has just closed.
 */
const defaultKeepAliveMs = 75_000;

/** Default event loop lag, in milliseconds, above which new requests are rejected. */
const defaultMaxEventLoopDelayMs = 500;

/** Returns the settings of the HTTP listener. The environment variables `HOST` and `PORT` override the file. Adds faults. */
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
  faults.push('PORT: must be a number from 0 to 65535');
  return fromFile;
}

/** Returns the log level. `LOG_LEVEL` overrides the file. Adds a fault for an unknown level. */
export function logLevelOf(given: ConfigFile, environment: Environment, faults: string[]): string {
  const level = environment.LOG_LEVEL;
  if (level === undefined || level === '') return given.log?.level ?? 'info';
  if (!logLevels.includes(level)) faults.push(`LOG_LEVEL: ${notOneOf(level, logLevels)}`);
  return level;
}
