import type { JwtSettings, StaticKey } from '../domain/authentication.ts';
import type { AccountCredentials } from '../domain/credentials.ts';
import type { OutboundSettings } from '../domain/outbound.ts';
import type { Provider } from '../domain/provider.ts';
import type { Secret } from '../domain/secret.ts';
import type { EngineSettings } from '../domain/timing.ts';
import type { Account } from '../domain/vendor.ts';

/** What of a provider the configuration depends on. */
export type ConfiguredProvider = Pick<Provider, 'id' | 'capabilities' | 'configuration' | 'services'>;

/** An account with the way to its credentials. */
export interface ConfiguredAccount {
  readonly account: Account;
  readonly credentials: AccountCredentials;
  /** The way out of its calls. */
  readonly outbound: OutboundSettings;
  /** Digest of all that the file says of it. */
  readonly digest: string;
}

/** How events are sent to receivers. */
export interface WebhookSettings {
  /** For one attempt, in milliseconds; 100 to 60,000. */
  readonly timeoutMs: number;
  /** Whether a receiver may have an address of a private network or of this machine. */
  readonly privateAddresses: boolean;
  /** Whether plain HTTP may be spoken to receivers beyond this machine. */
  readonly plainHttp: boolean;
}

/** The configuration after every check, with defaults filled in. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number };
  /** Names, beside those of this machine, by which a gateway without authentication may be called. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** How long an idle connection stays open, in milliseconds. */
  readonly keepAliveMs: number;
  /** Null: requests are taken however late the process is. */
  readonly maxEventLoopDelayMs: number | null;
  /** The public URL of this gateway, without a trailing slash; null: the URL that the caller used. */
  readonly publicUrl: string | null;
  /** Addresses and networks of proxies whose `X-Forwarded-…` headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly storeUrl: Secret;
  /** Reads the store's URL again where it stands in a file; undefined: it cannot change. Throws when the file cannot be read. */
  readonly currentStoreUrl: (() => string) | undefined;
  readonly auth: {
    readonly keys: readonly StaticKey[];
    /** The issuers whose tokens are taken. */
    readonly issuers: readonly JwtSettings[];
    readonly publicDocs: boolean;
    readonly publicMetrics: boolean;
  };
  /** The sealing key first. Empty: none configured. */
  readonly encryptionKeys: readonly Secret[];
  readonly engine: EngineSettings;
  /** How often a watched folder is listed, in milliseconds. */
  readonly feedScanMs: number;
  readonly logLevel: string;
  readonly rateLimit: { readonly requestsPerSecond: number; readonly burst: number } | null;
  readonly webhooks: WebhookSettings;
  /** The outbound settings of all other calls: to token issuers and to receivers of webhooks. */
  readonly outbound: OutboundSettings;
  readonly accounts: readonly ConfiguredAccount[];
  /** Without a configuration file: the emulated clouds are started and their accounts used. */
  readonly sandbox: boolean;
  /** Digest of the file; null: there is none, or it was not read from one. */
  readonly fileDigest: string | null;
  /** The sections of the file with their digests. */
  readonly sections: Readonly<Record<string, string>>;
  /** Probable mistakes that do not prevent the start, one line each, with the place in the file. */
  readonly warnings: readonly string[];
}

/** The configuration is not usable. `faults` are one line each, with the place in the file. */
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
