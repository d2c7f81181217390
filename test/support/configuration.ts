import type { Config } from '../../src/config/config.ts';
import * as load from '../../src/config/load.ts';
import type { Environment } from '../../src/domain/account-configuration.ts';
import { providers } from './providers.ts';

/** The configuration of a process with Godwit's providers. */
export function checkedConfig(file: unknown, environment: Environment, sandbox: boolean): Promise<Config> {
  return load.checkedConfig(file, environment, sandbox, providers);
}

export function loadConfig(environment: Environment): Promise<Config> {
  return load.loadConfig(environment, providers);
}
