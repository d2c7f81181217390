import type { ChangeContext } from '../domain/aggregate.ts';
import type { Command } from '../domain/decide.ts';
import type { Backup, Instant, Migration, SealedUrl } from '../domain/migration.ts';
import type { Capabilities, ProviderRegistry } from '../domain/provider.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Fence, LeaseRequest, OpenRequest, Store, UpdateOptions, UpdateResult } from '../domain/store.ts';
import type { EngineStep, EngineTelemetry } from '../domain/telemetry.ts';
import type { EngineSettings } from '../domain/timing.ts';
import type { Account, Permit, VendorClient, VendorFailure } from '../domain/vendor.ts';

import { strangeness } from './cloud-account.ts';
import { SealedTextUnreadable } from './text-cipher.ts';

/** What the engine logs. Fields are an allow-list: ids, terms of the API, and durations. */
export interface EngineLog {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
export interface LogFields {
  readonly migrationId?: string;
  readonly operation?: string;
  readonly outcome?: string;
  readonly count?: number;
  readonly error?: string;
}

/** The dependencies of the engine, from the composition root. */
export interface EngineContext {
  readonly store: Store;
  readonly client: VendorClient;
  readonly providers: ProviderRegistry;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly runtime: Runtime;
  /** The time without a recent forward step of the clock, for judging whether a waiting time has passed. Default: `runtime.now`. */
  readonly patientNow?: () => Instant;
  readonly settings: EngineSettings;
  /** Interval between listings of a watched folder, in milliseconds; default 30 s. */
  readonly feedScanMs?: number;
  /** Unique per process; the owner of its leases. */
  readonly owner: string;
  readonly log: EngineLog;
  readonly telemetry?: EngineTelemetry;
  /** Why an account's credentials are currently not used: the vendor rejected them. Null: no rejection is known. */
  readonly refusedCredentials?: (account: Account) => VendorFailure | null;
  /** The missing keys that stored texts need, in words; null or undefined: none. */
  readonly lackOfKeys?: string | null;
  /** Whether the current configuration file is in force; absent: there is no file. */
  readonly configurationCheck?: () => { readonly ok: boolean; readonly detail: string };
  /** Decrypts a sealed URL of a backup. Throws `SealedTextUnreadable`. */
  openUrl(url: SealedUrl, backupId: string): string;
}

export function leaseOf({ owner, runtime, settings }: EngineContext): LeaseRequest {
  return { owner, now: runtime.now(), leaseMs: settings.leaseMs };
}

/** The capabilities of the providers, in their order. */
export function capabilitiesOf({ providers }: EngineContext): readonly Capabilities[] {
  return providers.all.map((provider) => provider.capabilities);
}

/** The account of a migration; undefined if it is no longer configured or its name belongs to another cloud account. */
export function accountOf(context: EngineContext, migration: Migration): Account | undefined {
  const account = context.accounts.get(migration.account);
  return account !== undefined && strangeness(context, migration, account) === null ? account : undefined;
}

/** Why a migration has no account, in words. */
export function lackOfAccount(context: EngineContext, migration: Migration): string {
  const account = context.accounts.get(migration.account);
  const strange = account === undefined ? null : strangeness(context, migration, account);
  return `The account \`${migration.account}\` ${strange ?? 'is no longer configured'}.`;
}

/** A migration leased by this process. */
export interface LeasedMigration {
  readonly migration: Migration;
  readonly fence: Fence;
  /** Guaranteed end of the lease by this process's clock; each renewal updates it. */
  readonly hold?: { until: Instant };
  /** A call with a stored intent that must be sent now. */
  readonly begun?: BegunCall;
  /** The request that waits for the outcome. */
  readonly request?: OpenRequest & { kept(stored: Migration): void };
}

/** A call whose intent is stored. The process that stored it sends it once. */
export interface BegunCall {
  readonly command: Extract<Command, { do: 'send' }>;
  readonly permit: Permit;
  /** End of the lease under which the intent was stored. */
  readonly leaseEnd: Instant;
}

/** Whether a migration has work now. */
export function isDue({ runtime }: EngineContext, { dueAt }: Migration): boolean {
  return dueAt !== null && dueAt <= runtime.now();
}

/** Stores a change of a leased migration. The lease stays while there is more to do; otherwise the change releases it. */
export function whileDue(context: EngineContext, fence: Fence): UpdateOptions {
  return { fence, renewLease: leaseOf(context), release: (stored) => !isDue(context, stored) };
}

/** Runs a step and reports it to the telemetry, if there is one. */
export function asStep<T>({ telemetry }: EngineContext, step: EngineStep, work: () => Promise<T>): Promise<T> {
  return telemetry === undefined ? work() : telemetry.step(step, work);
}

export function changeContext(context: EngineContext, migration: Migration): ChangeContext {
  return { provider: context.providers.of(migration.provider), settings: context.settings, now: context.runtime.now() };
}

/** Continues with the stored version, unless the lease is lost. */
export function keep(result: UpdateResult, leased: LeasedMigration | null): LeasedMigration | null {
  return leased !== null && (result.outcome === 'updated' || result.outcome === 'unchanged') && !result.released
    ? { ...withoutBegun(leased), migration: result.migration }
    : null;
}

/** The lease after the call was sent. */
export function withoutBegun({ begun: _begun, ...leased }: LeasedMigration): LeasedMigration {
  return leased;
}

/** Decrypts the URLs of a backup for a call; a call without a backup has none. */
export function openerOf(context: Pick<EngineContext, 'openUrl'>, backup: Backup | null): (url: SealedUrl) => string {
  return (url) => {
    if (backup === null) throw new Error('a call without a backup has no URL to open');
    return context.openUrl(url, backup.id);
  };
}

/** Why a URL of the backup cannot be decrypted, in words; null if all can. */
export function lackOfKey(context: Pick<EngineContext, 'openUrl'>, backup: Backup | null): string | null {
  if (backup?.source.type !== 'url') return null;
  try {
    for (const url of backup.source.urls) context.openUrl(url, backup.id);
    return null;
  } catch (error) {
    if (error instanceof SealedTextUnreadable) return error.message;
    throw error;
  }
}
