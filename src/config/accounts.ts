import type { AccountConfiguration, Environment } from '../domain/account-configuration.ts';
import type { AccountCredentials } from '../domain/credentials.ts';
import { directly, type OutboundSettings } from '../domain/outbound.ts';
import type { Account } from '../domain/vendor.ts';
import type { ConfiguredAccount, ConfiguredProvider } from './config.ts';
import type { AccountEntry } from './schema.ts';
import { readingValues } from './values.ts';

/**
 * Converts an account of the file into the domain's account, its credentials and its outbound settings. `digest`: digest of the entry.
 * Throws for incomplete credentials.
 */
export function configuredAccount(
  entry: AccountEntry,
  { configuration }: ConfiguredProvider,
  environment: Environment,
  outbound: OutboundSettings = directly,
  digest = '',
): ConfiguredAccount {
  const common: Account = {
    provider: entry.provider,
    name: entry.name,
    region: entry.region,
    endpoints: withoutTrailingSlashes(entry.endpoints ?? {}),
    limits: { ...configuration.limits, ...entry.limits },
    checkBackups: entry.checkBackups ?? 'auto',
  };
  const account = configuration.account(common, settingsOf(entry, configuration));
  return {
    account,
    credentials: credentialsOf(entry.credentials, account, configuration, environment),
    outbound,
    digest,
  };
}

function settingsOf(entry: AccountEntry, { settings }: AccountConfiguration): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => Object.hasOwn(settings, name)));
}

function credentialsOf(
  form: AccountEntry['credentials'],
  account: Account,
  configuration: AccountConfiguration,
  environment: Environment,
): AccountCredentials {
  if (form.source === 'environment')
    return credentialsOf(configuration.fromEnvironment(environment), account, configuration, environment);
  const known = form.source === undefined ? configuration.configured : configuration.sources[form.source];
  if (known === undefined) throw new Error(`unknown source ${form.source}`);
  return known.credentials(form, { account, values: readingValues(environment) });
}

function withoutTrailingSlashes(endpoints: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(endpoints).flatMap(([service, url]) =>
      url === undefined ? [] : [[service, url.replace(/(?<!\/)\/+$/, '')]],
    ),
  );
}
