import type { ChangeContext } from '../domain/aggregate.ts';
import type { Command } from '../domain/decide.ts';
import type { Backup, Instant, Migration, SealedUrl } from '../domain/migration.ts';
import type { Capabilities, ProviderRegistry } from '../domain/provider.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Fence, LeaseRequest, OpenRequest, Store, UpdateOptions, UpdateResult } from '../domain/store.ts';
import type { EngineStep, EngineTelemetry } from '../domain/telemetry.ts';
import type { EngineSettings } from '../domain/timing.ts';
import type { Account, Permit, VendorClient, VendorFailure } from '../domain/vendor.ts';

import { accountMismatch } from './cloud-account.ts';
import { SealedTextUnreadable } from './text-cipher.ts';

/** The engine's log. The fields are an allow-list: ids, terms of the API, counts. */
export interface EngineLog {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
/** The allowed fields of a log line. */
export interface LogFields {
  readonly migrationId?: string;
  readonly operation?: string;
  readonly outcome?: string;
  readonly count?: number;
  readonly error?: string;
}

/** The dependencies of the engine, supplied by the composition root. */
export interface EngineContext {
  readonly store: Store;
  readonly client: VendorClient;
  readonly providers: ProviderRegistry;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly runtime: Runtime;
  /** The time without recent forward steps of the clock, to judge whether a waiting time has passed. Default: `runtime.now`. */
  readonly patientNow?: () => Instant;
  readonly settings: EngineSettings;
  /** Interval of the listings of a watched folder in milliseconds; default 30,000. */
  readonly feedScanMs?: number;
  /** Unique per process. The owner of its leases. */
  readonly owner: string;
  readonly log: EngineLog;
  readonly telemetry?: EngineTelemetry;
  /** The rejection for which an account's credentials are not used at present; null: none is known. */
  readonly refusedCredentials?: (account: Account) => VendorFailure | null;
  /** Explanation of missing keys that stored texts need; null or undefined: none is missing. */
  readonly missingKeysDetail?: string | null;
  /** Whether the present configuration file is in force. Absent if there is no file. */
  readonly configurationCheck?: () => { readonly ok: boolean; readonly detail: string };
  /** Decrypts a URL of a backup. Throws `SealedTextUnreadable`. */
  openUrl(url: SealedUrl, backupId: string): string;
}

/** A lease of this process from now on. */
export function leaseOf({ owner, runtime, settings }: EngineContext): LeaseRequest {
  return { owner, now: runtime.now(), leaseMs: settings.leaseMs };
}

/** The capabilities of the providers, in their order. */
export function capabilitiesOf({ providers }: EngineContext): readonly Capabilities[] {
  return providers.all.map((provider) => provider.capabilities);
}

/** The account of a migration; undefined: it is not configured, or its name now means another cloud account. */
export function accountOf(context: EngineContext, migration: Migration): Account | undefined {
  const account = context.accounts.get(migration.account);
  return account !== undefined && accountMismatch(context, migration, account) === null ? account : undefined;
}

/** Why a migration has no account, as a sentence. */
export function missingAccountDetail(context: EngineContext, migration: Migration): string {
  const account = context.accounts.get(migration.account);
  const strange = account === undefined ? null : accountMismatch(context, migration, account);
  return `The account \`${migration.account}\` ${strange ?? 'is no longer configured'}.`;
}

/** A migration that this process has leased. */
export interface LeasedMigration {
  readonly migration: Migration;
  readonly fence: Fence;
  /** Time until which the lease is certainly valid, by this process's clock. Each renewal updates it. */
  readonly hold?: { until: Instant };
  /** A call whose intent is stored and that must be sent now. */
  readonly begun?: BegunCall;
  /** The caller's request that waits for the outcome. `kept`: called when its response is stored. */
  readonly request?: OpenRequest & { kept(stored: Migration): void };
}

/** A call whose intent this process has stored. This process sends it, once. */
export interface BegunCall {
  readonly command: Extract<Command, { do: 'send' }>;
  readonly permit: Permit;
  /** End of the lease under which the intent was stored, by this process's clock. */
  readonly leaseEnd: Instant;
}

/** Whether a migration is due now. */
export function isDue({ runtime }: EngineContext, { dueAt }: Migration): boolean {
  return dueAt !== null && dueAt <= runtime.now();
}

/** Options of an update of a leased migration: renews the lease while the migration is due, otherwise releases it. */
export function whileDue(context: EngineContext, fence: Fence): UpdateOptions {
  return { fence, renewLease: leaseOf(context), release: (stored) => !isDue(context, stored) };
}

/** Runs `work` as a step of the telemetry, if there is one. */
export function asStep<T>({ telemetry }: EngineContext, step: EngineStep, work: () => Promise<T>): Promise<T> {
  return telemetry === undefined ? work() : telemetry.step(step, work);
}

/** The inputs of a change of this migration at the present time. */
export function changeContext(context: EngineContext, migration: Migration): ChangeContext {
  return { provider: context.providers.of(migration.provider), settings: context.settings, now: context.runtime.now() };
}

/** The leased migration in its stored version; null: the update failed or the lease is lost or released. */
export function keep(result: UpdateResult, leased: LeasedMigration | null): LeasedMigration | null {
  return leased !== null && (result.outcome === 'updated' || result.outcome === 'unchanged') && !result.released
    ? { ...withoutBegun(leased), migration: result.migration }
    : null;
}

/** The leased migration without a call to send. */
export function withoutBegun({ begun: _begun, ...leased }: LeasedMigration): LeasedMigration {
  return leased;
}

/** Returns the function that decrypts URLs of the call's backup. It throws an `Error` for a call without a backup. */
export function openerOf(context: Pick<EngineContext, 'openUrl'>, backup: Backup | null): (url: SealedUrl) => string {
  return (url) => {
    if (backup === null) throw new Error('a call without a backup has no URL to decrypt');
    return context.openUrl(url, backup.id);
  };
}

/** Why a URL of the backup cannot be decrypted, in words; null: all can be. */
export function missingKeyDetail(context: Pick<EngineContext, 'openUrl'>, backup: Backup | null): string | null {
  if (backup?.source.type !== 'url') return null;
  try {
    for (const url of backup.source.urls) context.openUrl(url, backup.id);
    return null;
  } catch (error) {
    if (error instanceof SealedTextUnreadable) return error.message;
    throw error;
  }
}
