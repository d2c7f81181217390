import type { TSchema } from '@sinclair/typebox';
import type { AccountConfiguration } from './account-configuration.ts';
import type { CallLimits } from './call-limits.ts';
import type { ForeignTasks } from './foreign-tasks.ts';
import type { Backup, Instant, Migration, MigrationError, Refs, SealedUrl, Step, WarningNote } from './migration.ts';
import type { ObjectStore } from './object-store.ts';
import type { FieldFault } from './problem.ts';
import type { ProviderExamples } from './request-examples.ts';
import type { Secret } from './secret.ts';
import type { Account, Dialogue, Protocol, VendorReply, VendorRequest } from './vendor.ts';
import type { BackupState, BackupType, Mode, ProviderId, SourceType } from './vocabulary.ts';

/** What a provider supports, as data. Served at `GET /providers` and used for `unsupported_by_provider`. */
export interface Capabilities {
  readonly id: ProviderId;
  readonly title: string;
  readonly modes: readonly Mode[];
  readonly sources: readonly SourceType[];
  /** Number of objects per backup in an `object_storage` source. */
  readonly filesPerBackup: { readonly min: number; readonly max: number };
  /** Number of URLs per backup in a `url` source. */
  readonly urlsPerBackup: { readonly min: number; readonly max: number };
  /** Number of databases in a request. `optional`: the list may be absent. `renames`: maximum number with `restoreAs`. */
  readonly databases: {
    readonly optional: boolean;
    readonly min: number;
    readonly max: number;
    readonly renames: number;
  };
  readonly overwrite: boolean;
  readonly options: readonly ('consistencyCheck' | 'precheck' | 'keepDownloadedFiles')[];
  /** Whether a chain can be opened without a final backup. */
  readonly cutoverWithoutBackup: boolean;
  /** Whether the vendor can cancel a running restore. */
  readonly cancelWhileRestoring: boolean;
  /**
   * The consequence of a failed increment: the chain continues with a corrected one (`continues`), the vendor's status decides
   * (`vendor_decides`), or the chain is lost (`fatal`).
   */
  readonly failedIncrement: 'continues' | 'vendor_decides' | 'fatal';
  /** Whether a chain of full and log backups takes one differential backup before the logs. */
  readonly differentialBeforeLogs: boolean;
  /** Whether the vendor runs one restore per instance. Godwit then queues restores, also of different migrations. */
  readonly oneRestorePerInstance: boolean;
  readonly progressPercent: boolean;
  readonly regions: readonly string[];
  /** The vendor's limits that users need to know, by name, in words. */
  readonly limits: Readonly<Record<string, string>>;
}

/** The input from which a changing call is built. */
export interface CallInput {
  readonly account: Account;
  readonly migration: Migration;
  /** The backup that the call is for; null for `open` and `cancel`. */
  readonly backup: Backup | null;
  /** Opens a sealed URL. In a dry run it returns the display form. */
  open(url: SealedUrl): string;
}

/** The input of a probe. Times are of the vendor's clock, estimated from its responses. */
export interface ProbeInput extends CallInput {
  /** When the call was sent. */
  readonly sentAt: Instant;
  /** The present time. */
  readonly now: Instant;
  /** The latest time at which the vendor can have started the effect of the call. Younger objects have another origin. */
  readonly begunBy: Instant;
  /** Vendor ids that belong to other backups or migrations of this gateway and must not be adopted. */
  readonly taken: ReadonlySet<string>;
}

/** The result of a probe. `unclear`: an object exists, but its origin is unknown. */
export type Finding =
  | { readonly found: 'yes'; readonly refs: Refs }
  | { readonly found: 'no' }
  | { readonly found: 'unclear'; readonly detail: string };

/** A call that changes something at the vendor. Pure. Every member is required, so that a missing one is a compile error. */
export interface ChangingCall {
  readonly operation: string;
  /** Godwit's names of the vendor ids in a response: those that the migration needs, and others. */
  readonly refs: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** Whether the vendor reads the backup during this call, so that the file of an `upload` source must exist before it. */
  readonly needsFile: boolean;
  build(input: CallInput): VendorRequest;
  /** Reads the vendor's ids from a successful response. Throws `VendorError` of kind `malformed`. */
  parse(reply: VendorReply): Refs;
  /** Probes whether a call of unknown outcome had its effect. It only reads. */
  find(input: ProbeInput): Dialogue<Finding>;
  /**
   * Reads the object that an operator names as the effect of this call. Returns an objection in a sentence: it is missing, or its instance,
   * database or file differs. Null: no objection.
   */
  objection(input: CallInput, refs: Refs): Dialogue<string | null>;
}

/** `objection` of calls that create no object. */
// biome-ignore lint/correctness/useYield: a dialogue without a call.
export function* noObjection(): Dialogue<null> {
  return null;
}

/** The vendor's report on one backup. */
export interface BackupObservation {
  readonly backupId: string;
  readonly state: Extract<BackupState, 'restoring' | 'restored' | 'failed'>;
  readonly providerStatus: string;
  readonly error: MigrationError | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly refs: Refs;
}

/**
 * The vendor's report on one migration.
 *
 * `restoring`: something runs or waits to run at the vendor. `ready`: the chain is consistent, nothing runs, and more backups may come.
 * `succeeded`, `failed`: the vendor's explicit final status. `unrecognized`: an unknown status. `missing`: the vendor does not show the
 * object. The last two never change the state.
 */
export interface Observation {
  readonly phase: 'restoring' | 'ready' | 'succeeded' | 'failed' | 'unrecognized' | 'missing';
  readonly providerStatus: string;
  /** From 0 to 100; null: the vendor reports none. */
  readonly percent: number | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly error: MigrationError | null;
  readonly backups: readonly BackupObservation[];
  /** With `ready`: why the vendor accepts no further backup now, in a sentence. */
  readonly obstacle?: string;
  /** With `restoring`: why only a person can determine whether the current backup was restored, in a sentence. */
  readonly undecided?: string;
  /** Messages of the vendor that are no failures, such as the result of an asynchronous consistency check. */
  readonly warnings: readonly WarningNote[];
}

/** Whether a migration can be cancelled now. `calls`: whether the vendor is called (`plan('cancel')`) or only the record changes. */
export type CancelVerdict =
  | { readonly possible: true; readonly calls: boolean; readonly warning: WarningNote | null }
  | { readonly possible: false; readonly detail: string };

/** The location for the file of an `upload` backup, and temporary credentials to put it there. Never stored, never logged. */
export interface UploadTarget {
  readonly bucket: string;
  readonly region: string;
  /** The full object key, without a leading slash. */
  readonly key: string;
  /** Host of the bucket, without scheme. */
  readonly host: string;
  readonly credentials: { readonly secretId: Secret; readonly secretKey: Secret; readonly token: Secret };
  readonly startsAt: Instant | null;
  readonly expiresAt: Instant;
}

/** How a provider accepts files by upload. Pure. */
export interface UploadSupport {
  /** The call that reads the upload target; null: the backup is not registered at the vendor yet. */
  build(migration: Migration, backup: Backup): VendorRequest | null;
  /** Throws `VendorError` of kind `malformed`. */
  parse(reply: VendorReply, migration: Migration, backup: Backup): UploadTarget;
}

/** The backup to make with a command. */
export interface BackupCommandInput {
  readonly database: string;
  readonly type: BackupType;
  readonly mode: Mode;
  /** Whether it is the last backup of its chain. */
  readonly final: boolean;
  /** Folder on the source server, with a trailing separator. Default: the vendor's. */
  readonly path?: string;
}

/** The vendor's command for making a backup on the source server. Pure. */
export interface BackupCommandSupport {
  build(input: BackupCommandInput): VendorRequest;
  /** Reads the T-SQL text. Throws `VendorError` of kind `malformed`. */
  parse(reply: VendorReply, input: BackupCommandInput): string;
}

/** The providers of this gateway. */
export interface ProviderRegistry<P extends { readonly id: ProviderId } = Provider> {
  readonly all: readonly P[];
  readonly ids: readonly ProviderId[];
  /** Throws an `Error` for an unknown id, which is a programming error or belongs to a stored row of a removed provider. */
  of(id: ProviderId): P;
}

/** Makes a registry. Throws an `Error` if two providers have the same id. */
export function providerRegistry<P extends { readonly id: ProviderId }>(all: readonly P[]): ProviderRegistry<P> {
  const byId = new Map(all.map((provider) => [provider.id, provider]));
  if (byId.size < all.length) throw new Error('two providers have the same id');
  return {
    all,
    ids: all.map(({ id }) => id),
    of(id) {
      const provider = byId.get(id);
      if (provider === undefined) throw new Error(`there is no provider ${id}`);
      return provider;
    },
  };
}

/**
 * A reading call that every restore also needs. It shows whether credentials, region, clock and permissions of an account are correct, and
 * with an `instanceId` whether that instance exists. With null, a vendor whose call requires an instance is asked for a nonexistent one, and
 * its `not_found` is success. `now`: by the vendor's clock. Returns the objection to the instance in a sentence; null: none.
 */
export type AccountTrial = (input: {
  readonly instanceId: string | null;
  readonly now: Instant;
}) => Dialogue<string | null>;

/** One vendor behind the normalized resource. Translates in both directions. Pure and stateless. */
export interface Provider extends Protocol {
  readonly id: ProviderId;
  readonly capabilities: Capabilities;
  /** How its accounts are configured. */
  readonly configuration: AccountConfiguration;
  /** Schema of its member of `providerOptions`: settings of a migration that only this vendor has. */
  readonly options: TSchema;
  /** Examples of requests for the explorer and the OpenAPI document. */
  readonly examples: ProviderExamples;
  /** Names of the services that it calls. */
  readonly services: readonly string[];
  /** The service that executes restores. Its endpoint identifies the cloud. */
  readonly restoreService: string;
  /** The vendor's published rate limits by operation. */
  readonly callLimits: CallLimits;

  /** Faults of a new migration by rules of this vendor alone: names, file names, combinations of options. Other rules use `capabilities`. */
  checkMigration(migration: Migration, account: Account): readonly FieldFault[];
  /** Faults of a backup to be queued, by rules of this vendor alone. Pointers are into the backup request. */
  checkBackup(
    migration: Migration,
    backup: { readonly type: BackupType; readonly source: Backup['source']; readonly final: boolean },
  ): readonly FieldFault[];

  /**
   * The vendor's id of the account or project for a region, as far as the configuration determines it; null: it does not, or the vendor has no
   * such id.
   */
  cloudId(account: Account, region: string): string | null;
  /** Whether some kinds of its credentials open a session before the first call. */
  readonly opensSessions: boolean;

  /** The calls of a step, in order. The result of each is stored before the next one is sent. */
  plan(step: Step, migration: Migration, backup: Backup | null): readonly ChangingCall[];
  /** Whether the migration can be cancelled now, by the vendor's rules. */
  cancelVerdict(migration: Migration): CancelVerdict;
  /** Whether a queued backup may still become the final one. False if its file name marks it as another kind. */
  canBecomeFinal(backup: Pick<Backup, 'source'>): boolean;

  /** Migrations with the same key can be observed by one dialogue. */
  observationGroup(migration: Migration): string;
  /**
   * Observes migrations of one group. The result is by migration id. `now`: by the vendor's clock. `ownNow`: the same moment by this process's
   * clock, which the times of the migrations follow.
   */
  observe(
    migrations: readonly Migration[],
    account: Account,
    now: Instant,
    ownNow?: Instant,
  ): Dialogue<ReadonlyMap<string, Observation>>;
  /** The vendor's read-only checks before a migration. Returns the faults that they find. */
  preflight(migration: Migration, account: Account): Dialogue<readonly FieldFault[]>;

  /** Major version of the target's SQL Server, such as 15 for 2019; null: the vendor does not show it. */
  targetMajor(migration: Migration): Dialogue<number | null>;
  /** Lists and reads tasks that were started outside Godwit. Null: the vendor does not list its tasks. */
  readonly foreign: ForeignTasks | null;
  readonly tryAccount: AccountTrial;
  /** The store whose files Godwit checks before it sends them. */
  readonly objectStore: ObjectStore;
  /** Null: the vendor accepts no uploads. */
  readonly uploads: UploadSupport | null;
  /** Null: the vendor prescribes no command. */
  readonly backupCommand: BackupCommandSupport | null;
}
