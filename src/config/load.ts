import type { Environment, Value } from '../domain/account-configuration.ts';
import { credentialFault } from '../domain/credential-text.ts';
import type { AccountCredentials, IssuedCredentials } from '../domain/credentials.ts';
import type { OutboundSettings } from '../domain/outbound.ts';
import type { ProviderRegistry } from '../domain/provider.ts';
import { Secret } from '../domain/secret.ts';
import { closestName } from '../domain/spelling.ts';
import { postgresPlace } from '../domain/store-url.ts';
import type { EngineSettings } from '../domain/timing.ts';
import { configuredAccount } from './accounts.ts';
import { checkEndpoint, isLoopback, isNetwork } from './addresses.ts';
import { authSettings, checkAuth, hasAuthentication } from './auth.ts';
import { digestOf, sectionsOf } from './changes.ts';
import { type Config, ConfigError, type ConfiguredAccount, type ConfiguredProvider } from './config.ts';
import { notOneOf, schemaFaults, unreplacedFaults } from './faults.ts';
import { readConfigFile } from './file.ts';
import { listenSettings, logLevelOf } from './listen.ts';
import { accountOutbound, outboundSettings } from './outbound.ts';
import {
  type AccountEntry,
  accountSchema,
  type ConfigFile,
  ConfigFileSchema,
  credentialSchemas,
  listOf,
} from './schema.ts';
import { readValue, readValueFile } from './values.ts';
import { digestOfFile } from './watch.ts';

const defaultEngine: EngineSettings = {
  pollMinMs: 5000,
  pollMaxMs: 60_000,
  callTimeoutMs: 10_000,
  leaseMs: 30_000,
  settleMs: 30_000,
  resendTries: 5,
  busyMs: 3_600_000,
  stallMs: 21_600_000,
};
/**
 * Default interval between listings of a watched folder, in milliseconds. It is long because vendors bill and limit list calls. A new file
 * is taken after it appears in two listings.
 */
const defaultScanMs = 30_000;
const sandboxScanMs = 2000;
/** A sandbox restore takes seconds, so the sandbox polls more often. */
const sandboxEngine: EngineSettings = { ...defaultEngine, pollMinMs: 500, pollMaxMs: 5000, settleMs: 5000 };

/**
 * Loads the configuration from the file named by `GODWIT_CONFIG` and from the environment. Without a file it returns the configuration of
 * the sandbox. Throws `ConfigError` with every fault found.
 */
export async function loadConfig(
  environment: Environment,
  providers: ProviderRegistry<ConfiguredProvider>,
): Promise<Config> {
  const path = environment.GODWIT_CONFIG;
  if (path === undefined || path === '') return checkedConfig({}, environment, true, providers);
  // The digest is computed before the file is read, so that `watchConfig` detects a change in between.
  const fileDigest = await digestOfFile(path);
  return { ...(await checkedConfig(await readConfigFile(path), environment, false, providers)), fileDigest };
}

/** Validates the parsed file and fills in defaults. `sandbox`: no file exists. Throws `ConfigError` with every fault found. */
export async function checkedConfig(
  file: unknown,
  environment: Environment,
  sandbox: boolean,
  providers: ProviderRegistry<ConfiguredProvider>,
): Promise<Config> {
  const faults: string[] = [...schemaFaults(ConfigFileSchema, file, ''), ...unreplacedFaults(file)];
  if (faults.some((fault) => fault.startsWith('(the file)'))) throw new ConfigError(faults);
  const given = file as ConfigFile;

  const outbound = await outboundSettings(given.outbound, environment, faults);
  const accounts = await checkAccounts(given, outbound, environment, providers, faults);
  const listening = listenSettings(given, environment, faults);
  const storeUrl = await checkStoreUrl(given, environment, faults);
  const encryptionKeys = await checkKeys(given, environment, faults);
  const logLevel = logLevelOf(given, environment, faults);
  checkAuth(given, accountNames(given), faults);
  checkPublicAddress(given, faults);
  const engine: EngineSettings = {
    ...(sandbox ? sandboxEngine : defaultEngine),
    ...(given.engine as Partial<EngineSettings> | undefined),
  };
  const feedScanMs = given.feed?.scanMs ?? (sandbox ? sandboxScanMs : defaultScanMs);
  if (engine.pollMaxMs < engine.pollMinMs) faults.push('engine.pollMaxMs: must be at least pollMinMs');
  if (!sandbox && (given.accounts ?? []).length === 0) faults.push('accounts: configure at least one account');
  if (faults.length > 0) throw new ConfigError(faults);

  return {
    ...listening,
    publicUrl: given.publicUrl?.replace(/(?<!\/)\/+$/, '') ?? null,
    trustedProxies: given.trustedProxies ?? [],
    storeUrl,
    currentStoreUrl: rereadStoreUrl(given, environment),
    feedScanMs,
    auth: authSettings(given),
    encryptionKeys,
    engine,
    logLevel,
    rateLimit: given.rateLimit
      ? {
          requestsPerSecond: given.rateLimit.requestsPerSecond,
          burst: given.rateLimit.burst ?? Math.ceil(given.rateLimit.requestsPerSecond * 2),
        }
      : null,
    webhooks: {
      timeoutMs: given.webhooks?.timeoutMs ?? 10_000,
      // A gateway without authentication that listens on loopback only is a trial setup.
      privateAddresses:
        given.webhooks?.privateAddresses ?? (isLoopback(listening.listen.host) && !hasAuthentication(given)),
      plainHttp: given.webhooks?.plainHttp ?? false,
    },
    outbound,
    accounts,
    sandbox,
    fileDigest: null,
    sections: sectionsOf(given),
    warnings: regionWarnings(accounts, providers),
  };
}

/**
 * Warns about regions that are missing from the provider's list. They are not faults, because vendors add regions before the list knows
 * them.
 */
function regionWarnings(
  accounts: readonly ConfiguredAccount[],
  providers: ProviderRegistry<ConfiguredProvider>,
): readonly string[] {
  return accounts.flatMap(({ account: { provider, region } }, index) => {
    const { regions, title } = providers.of(provider).capabilities;
    if (regions.includes(region)) return [];
    const nearest = closestName(region, regions);
    const hint = nearest === null ? '' : `; did you mean ${nearest}?`;
    return [`accounts[${index}].region: ${title} lists no region ${region}${hint}`];
  });
}

/** All account names in the file, including those of invalid accounts. */
function accountNames(given: ConfigFile): readonly string[] {
  const entries = listOf<{ readonly name?: unknown } | null>(given.accounts);
  return entries.flatMap((entry) => (typeof entry?.name === 'string' ? [entry.name] : []));
}

async function checkAccounts(
  given: ConfigFile,
  common: OutboundSettings,
  environment: Environment,
  providers: ProviderRegistry<ConfiguredProvider>,
  faults: string[],
): Promise<ConfiguredAccount[]> {
  const accounts: ConfiguredAccount[] = [];
  const names = new Set<string>();
  const entries: unknown[] = Array.isArray(given?.accounts) ? given.accounts : [];
  for (const [index, entry] of entries.entries()) {
    const at = `accounts[${index}]`;
    if (typeof entry !== 'object' || entry === null) continue;
    const { provider, name } = entry as { provider?: unknown; name?: unknown };
    if (typeof provider !== 'string' || !providers.ids.includes(provider)) {
      faults.push(`${at}.provider: ${notOneOf(provider, providers.ids)}`);
      continue;
    }
    const of = providers.of(provider);
    const own = schemaFaults(accountSchema(of), entry, at);
    const form = (entry as { credentials?: unknown }).credentials;
    if (typeof form === 'object' && form !== null && !Array.isArray(form))
      own.push(...formFaults(of, form, `${at}.credentials`));
    faults.push(...own);
    if (typeof name === 'string' && names.has(name)) faults.push(`${at}.name: \`${name}\` is used twice`);
    if (typeof name === 'string') names.add(name);
    // The checks continue after a fault, so that one run reports every fault.
    const { endpoints } = entry as { readonly endpoints?: Readonly<Record<string, unknown>> | null };
    for (const [service, url] of typeof endpoints === 'object' ? Object.entries(endpoints ?? {}) : []) {
      const place = `${at}.endpoints.${service}`;
      if (typeof url === 'string' && !own.some((fault) => fault.startsWith(`${place}:`)))
        checkEndpoint(place, url, given.allowPrivateEndpoints ?? false, faults);
    }
    const unreadable = await valueFaults(form, `${at}.credentials`, environment);
    faults.push(...unreadable);
    if (own.length > 0 || unreadable.length > 0) continue;
    const valid = entry as AccountEntry;
    try {
      const outbound = await accountOutbound(at, valid, common, environment, faults);
      // The common outbound settings are part of the digest, because an account without its own settings uses them.
      const digest = digestOf([valid, given.outbound]);
      const account = configuredAccount(valid, of, environment, outbound, digest);
      accounts.push(account);
      for (const fault of await credentialFaults(account.credentials)) faults.push(`${at}.credentials${fault}`);
      if ('issue' in account.credentials)
        checkIssuer(`${at}.credentials.endpoint`, account.credentials, given.allowPrivateEndpoints ?? false, faults);
    } catch (error) {
      faults.push(`${at}.credentials: ${(error as Error).message}`);
    }
  }
  return accounts;
}

/** Reports credential values, at any depth, whose environment variable or file is missing. */
async function valueFaults(form: unknown, at: string, environment: Environment): Promise<readonly string[]> {
  if (typeof form !== 'object' || form === null) return [];
  const [name, ...more] = Object.keys(form);
  const [value] = Object.values(form);
  const isValue = more.length === 0 && (name === 'env' || name === 'file') && typeof value === 'string' && value !== '';
  if (!isValue) {
    const members = Object.entries(form).map(([member, value]) => valueFaults(value, `${at}.${member}`, environment));
    return (await Promise.all(members)).flat();
  }
  return readValue(form as Value, environment).then(
    () => [],
    (error: Error) => [`${at}: ${error.message}`],
  );
}

/** Validates credentials against the form that `source` names. */
function formFaults(provider: ConfiguredProvider, form: object, at: string): string[] {
  const forms = credentialSchemas(provider);
  const { source = 'configured' } = form as { readonly source?: unknown };
  const schema = typeof source === 'string' && Object.hasOwn(forms, source) ? forms[source] : undefined;
  const known = Object.keys(forms).filter((name) => name !== 'configured');
  if (schema === undefined || ('source' in form && source === 'configured'))
    return [`${at}.source: must be one of ${known.join(', ')}, or left out`];
  return schemaFaults(schema, form, at);
}

/** Reads the credentials once at the start, so that a missing file or a malformed value is reported before the first request. */
async function credentialFaults(credentials: AccountCredentials): Promise<readonly string[]> {
  if ('tokenFile' in credentials && credentials.tokenFile !== undefined)
    await readValue({ file: credentials.tokenFile }, {});
  const read = 'read' in credentials ? await credentials.read() : await credentials.base?.();
  const fault = read === undefined ? null : credentialFault(read);
  return fault === null ? [] : [`.${fault.name}: ${fault.detail}`];
}

/**
 * Checks the address of an issuer. Metadata and pod services use plain HTTP on loopback or link-local addresses, which are allowed for
 * them.
 */
function checkIssuer(at: string, credentials: IssuedCredentials, allowPrivate: boolean, faults: string[]): void {
  const { issuer, endpoint } = credentials;
  if (issuer !== 'service' && URL.canParse(endpoint) && isMachineLocal(new URL(endpoint).hostname, credentials)) return;
  if (issuer === 'metadata') faults.push(`${at}: is not the address of a metadata service`);
  else checkEndpoint(at, endpoint, allowPrivate, faults);
}

function isMachineLocal(host: string, { metadataHost }: IssuedCredentials): boolean {
  return /^169\.254\.\d+\.\d+$/.test(host) || host === metadataHost || isLoopback(host);
}

function storeUrlValue(given: ConfigFile, environment: Environment): Value | undefined {
  return environment.GODWIT_STORE_URL ?? given.store?.url;
}

function rereadStoreUrl(given: ConfigFile, environment: Environment): (() => string) | undefined {
  const value = storeUrlValue(given, environment);
  if (typeof value !== 'object' || !('file' in value)) return undefined;
  return () => readValueFile(value.file).reveal();
}

async function checkStoreUrl(given: ConfigFile, environment: Environment, faults: string[]): Promise<Secret> {
  const fallback = new Secret('sqlite:./data/godwit.db');
  try {
    const configured = storeUrlValue(given, environment);
    const url = configured === undefined ? fallback : await readValue(configured, environment);
    if (!/^(sqlite:.|postgres(ql)?:\/\/)/.test(url.reveal()))
      faults.push('store.url: must begin with sqlite: or postgres://');
    else if (!url.reveal().startsWith('sqlite:')) postgresPlace(url.reveal());
    return url;
  } catch (error) {
    faults.push(`store.url: ${(error as Error).message}`);
    return fallback;
  }
}

async function checkKeys(given: ConfigFile, environment: Environment, faults: string[]): Promise<Secret[]> {
  const { key } = given.encryption ?? {};
  const previousKeys = listOf<Value>(given.encryption?.previousKeys);
  if (key === undefined && previousKeys.length > 0) faults.push('encryption.key: is required beside previousKeys');
  const keys: Secret[] = [];
  for (const [at, value] of [
    ...(key === undefined ? [] : [['encryption.key', key] as const]),
    ...previousKeys.map((each, index) => [`encryption.previousKeys[${index}]`, each] as const),
  ]) {
    try {
      const read = await readValue(value, environment);
      if (Buffer.from(read.reveal(), 'base64').length !== 32) faults.push(`${at}: must be 32 bytes in base64`);
      keys.push(read);
    } catch (error) {
      faults.push(`${at}: ${(error as Error).message}`);
    }
  }
  return keys;
}

function checkPublicAddress({ publicUrl, trustedProxies }: ConfigFile, faults: string[]): void {
  if (typeof publicUrl === 'string' && !URL.canParse(publicUrl)) faults.push('publicUrl: is not a URL');
  else if (typeof publicUrl === 'string' && new URL(publicUrl).username !== '')
    faults.push('publicUrl: must not carry user information');
  for (const [index, entry] of listOf<unknown>(trustedProxies).entries())
    if (typeof entry === 'string' && !isNetwork(entry))
      faults.push(`trustedProxies[${index}]: must be an address or a network such as 10.0.0.0/8`);
}
