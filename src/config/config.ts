import type { JwtSettings, StaticKey } from '../domain/authentication.ts';
import type { AccountCredentials } from '../domain/credentials.ts';
import type { OutboundSettings } from '../domain/outbound.ts';
import type { Provider } from '../domain/provider.ts';
import type { Secret } from '../domain/secret.ts';
import type { EngineSettings } from '../domain/timing.ts';
import type { Account } from '../domain/vendor.ts';

/** The part of a provider that the configuration needs. */
export type ConfiguredProvider = Pick<Provider, 'id' | 'capabilities' | 'configuration' | 'services'>;

/** An account with the source of its credentials. */
export interface ConfiguredAccount {
  readonly account: Account;
  readonly credentials: AccountCredentials;
  /** Outbound settings of the account's calls. */
  readonly outbound: OutboundSettings;
  /** Digest of the account's entry in the file. */
  readonly digest: string;
}

/** Settings of webhook deliveries. */
export interface WebhookSettings {
  /** Timeout of one attempt in milliseconds, 100 to 60,000. */
  readonly timeoutMs: number;
  /** Whether receivers may be on private networks or this machine. */
  readonly privateAddresses: boolean;
  /** Whether plain HTTP is allowed for receivers on other machines. */
  readonly plainHttp: boolean;
}

/** The validated configuration, with defaults. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number };
  /** Host names that a gateway without authentication accepts, in addition to those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Origins (CORS) whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** Keep-alive of an idle connection in milliseconds. */
  readonly keepAliveMs: number;
  /** Event loop lag in milliseconds above which requests are rejected; null: never. */
  readonly maxEventLoopDelayMs: number | null;
  /** The public URL of this gateway, without a trailing slash; null: the URL that the caller used. */
  readonly publicUrl: string | null;
  /** Addresses and networks of proxies whose `X-Forwarded-…` headers are trusted. */
  readonly trustedProxies: readonly string[];
  readonly storeUrl: Secret;
  /** Reads the store URL again. Undefined: the URL does not come from a file and cannot change. Throws if the file cannot be read. */
  readonly currentStoreUrl: (() => string) | undefined;
  readonly auth: {
    readonly keys: readonly StaticKey[];
    /** The trusted token issuers. */
    readonly issuers: readonly JwtSettings[];
    readonly publicDocs: boolean;
    readonly publicMetrics: boolean;
  };
  /** The keys for stored texts, the current key first; empty: no key is configured. */
  readonly encryptionKeys: readonly Secret[];
  readonly engine: EngineSettings;
  /** Interval between listings of a watched folder, in milliseconds. */
  readonly feedScanMs: number;
  readonly logLevel: string;
  readonly rateLimit: { readonly requestsPerSecond: number; readonly burst: number } | null;
  readonly webhooks: WebhookSettings;
  /** Outbound settings of calls to token issuers and webhook receivers. */
  readonly outbound: OutboundSettings;
  readonly accounts: readonly ConfiguredAccount[];
  /** Whether no configuration file exists, so that the gateway starts the emulated clouds and uses their accounts. */
  readonly sandbox: boolean;
  /** Digest of the file; null: no file exists. */
  readonly fileDigest: string | null;
  /** Digests of the file's sections, by name. */
  readonly sections: Readonly<Record<string, string>>;
  /** Probable mistakes that do not prevent the start, one line each, with the place in the file. */
  readonly warnings: readonly string[];
}

/** An invalid configuration. `faults` has one line per fault with its place in the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `the configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}
