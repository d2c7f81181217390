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

/** What a provider can do, as data. Served at `GET /providers` and used for `unsupported_by_provider`. */
export interface Capabilities {
  readonly id: ProviderId;
  readonly title: string;
  readonly modes: readonly Mode[];
  readonly sources: readonly SourceType[];
  /** Objects per backup in an `object_storage` source. */
  readonly filesPerBackup: { readonly min: number; readonly max: number };
  /** URLs per backup in a `url` source. */
  readonly urlsPerBackup: { readonly min: number; readonly max: number };
  /** How many databases a request may name. `optional`: the list may be left out. `renames`: how many may have `restoreAs`. */
  readonly databases: {
    readonly optional: boolean;
    readonly min: number;
    readonly max: number;
    readonly renames: number;
  };
  readonly overwrite: boolean;
  readonly options: readonly ('consistencyCheck' | 'precheck' | 'keepDownloadedFiles')[];
  /** Whether a chain can be opened without a final file. */
  readonly cutoverWithoutBackup: boolean;
  /** Whether a restore that runs can be cancelled at the vendor. */
  readonly cancelWhileRestoring: boolean;
  /** The consequence of a failed increment: the chain continues with a corrected one, the vendor's status decides, or the chain is lost. */
  readonly failedIncrement: 'continues' | 'vendor_decides' | 'fatal';
  /** Whether a chain of full and log backups takes one differential backup before the logs. */
  readonly differentialBeforeLogs: boolean;
  /** The vendor runs one restore per instance; Godwit queues, also across migrations. */
  readonly oneRestorePerInstance: boolean;
  readonly progressPercent: boolean;
  readonly regions: readonly string[];
  /** Limits of the vendor worth knowing, in words. */
  readonly limits: Readonly<Record<string, string>>;
}

/** What a changing call is built from. */
export interface CallInput {
  readonly account: Account;
  readonly migration: Migration;
  /** The backup that the step is about; null for `open`, `cancel` and `cleanup`. */
  readonly backup: Backup | null;
  /** Opens a sealed URL. In a dry run it returns the display form. */
  open(url: SealedUrl): string;
}

export interface ProbeInput extends CallInput {
  /** When the call was sent, by the vendor's clock as well as we know it. */
  readonly sentAt: Instant;
  /** Now, by the vendor's clock as well as we know it. */
  readonly now: Instant;
  /**
   * The latest time, by the vendor's clock as well as we know it, at which the vendor can have begun the effect of the call. Younger
   * objects belong to somebody else.
   */
  readonly begunBy: Instant;
  /** Vendor ids that other backups or migrations of this gateway own; they must not be adopted. */
  readonly taken: ReadonlySet<string>;
}

/** The result of a probe. `unclear`: an object exists and its owner is unknown. */
export type Finding =
  | { readonly found: 'yes'; readonly refs: Refs }
  | { readonly found: 'no' }
  | { readonly found: 'unclear'; readonly detail: string };

/** A call that changes something at the vendor. Pure; every member is required, so a missing one is a compile error. */
export interface ChangingCall {
  readonly operation: string;
  /** Our names for the ids in a response: those that the migration needs, and others. */
  readonly refs: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** Whether this call makes the vendor read the backup, so that the file of an `upload` source has to be there first. */
  readonly needsFile: boolean;
  build(input: CallInput): VendorRequest;
  /** The vendor's ids from an answer without error. Throws `VendorError` of kind `malformed`. */
  parse(reply: VendorReply): Refs;
  /** Looks whether a call whose outcome is unknown has arrived. */
  find(input: ProbeInput): Dialogue<Finding>;
  /**
   * Reads the object that an operator names as the effect of this call. Returns the objection in a sentence: it is missing, or its
   * instance, database or file differs. Null: the vendor shows no objection.
   */
  objection(input: CallInput, refs: Refs): Dialogue<string | null>;
}

/** For calls that name nothing new: there is nothing to read. */
// biome-ignore lint/correctness/useYield: a dialogue of no questions.
export function* noObjection(): Dialogue<null> {
  return null;
}

/** What the vendor says of one backup. */
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
 * What the vendor says of one migration now.
 *
 * `restoring`: something runs or waits to run at the vendor. `ready`: the chain is consistent and nothing runs, more backups may
 * come. `succeeded` / `failed`: the vendor's explicit final word. `unrecognized`: a word that we do not know; it never moves the
 * state. `missing`: the vendor does not know the object; it never moves the state either.
 */
export interface Observation {
  readonly phase: 'restoring' | 'ready' | 'succeeded' | 'failed' | 'unrecognized' | 'missing';
  readonly providerStatus: string;
  readonly percent: number | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly error: MigrationError | null;
  readonly backups: readonly BackupObservation[];
  /** With `ready`: why the vendor takes no further backup at the moment, in a sentence. */
  readonly obstacle?: string;
  /** With `restoring`: why only a person can tell whether the backup under way was restored, in a sentence. */
  readonly undecided?: string;
  /** Texts of the vendor that are not failures, such as the result of an asynchronous consistency check. */
  readonly warnings: readonly WarningNote[];
}

/** Whether a migration can be cancelled now. `calls: true`: through the vendor (`plan('cancel')`); false: only our record changes. */
export type CancelVerdict =
  | { readonly possible: true; readonly calls: boolean; readonly warning: WarningNote | null }
  | { readonly possible: false; readonly detail: string };

/** Where the file of an `upload` backup goes, and the temporary rights to put it there. Never stored, never logged. */
export interface UploadTarget {
  readonly bucket: string;
  readonly region: string;
  /** The full key of the object, without a leading slash. */
  readonly key: string;
  /** Host of the bucket, without scheme. */
  readonly host: string;
  readonly credentials: { readonly secretId: Secret; readonly secretKey: Secret; readonly token: Secret };
  readonly startsAt: Instant | null;
  readonly expiresAt: Instant;
}

/** What a provider needs to take files by upload. Pure. */
export interface UploadSupport {
  /** The reading call for the rights; null while the backup is not registered at the vendor. */
  build(migration: Migration, backup: Backup): VendorRequest | null;
  /** Throws `VendorError` of kind `malformed`. */
  parse(reply: VendorReply, migration: Migration, backup: Backup): UploadTarget;
}

/** Which backup a command is for. */
export interface BackupCommandInput {
  readonly database: string;
  readonly type: BackupType;
  readonly mode: Mode;
  /** Whether it is the last of its chain. */
  readonly final: boolean;
  /** Folder on the source server, with a trailing separator; the vendor has a default. */
  readonly path?: string;
}

/** The vendor's command for making a backup on the source server. Pure. */
export interface BackupCommandSupport {
  build(input: BackupCommandInput): VendorRequest;
  /** The T-SQL text. Throws `VendorError` of kind `malformed`. */
  parse(reply: VendorReply, input: BackupCommandInput): string;
}

/** The providers that this gateway has. */
export interface ProviderRegistry<P extends { readonly id: ProviderId } = Provider> {
  readonly all: readonly P[];
  readonly ids: readonly ProviderId[];
  /** Throws for an unknown id: a programming error, or a stored row of a removed provider. */
  of(id: ProviderId): P;
}

/** Throws when two have the same id. */
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
 * A reading call that every restore needs too: it shows whether an account's credentials, region, clock and rights are as they have to be. With an
 * `instanceId` also whether that instance is there; null: where the vendor's call needs one, an id that nobody has is asked for, and its
 * `not_found` proves the same. The answer is what speaks against the instance, in a sentence; null: nothing. `now` by the vendor's clock.
 */
export type AccountTrial = (input: {
  readonly instanceId: string | null;
  readonly now: Instant;
}) => Dialogue<string | null>;

/** One vendor behind the normalized resource. Pure translation in both directions; stateless. */
export interface Provider extends Protocol {
  readonly id: ProviderId;
  readonly capabilities: Capabilities;
  /** What its accounts are in the configuration. */
  readonly configuration: AccountConfiguration;
  /** The schema of its member of `providerOptions`: settings of a migration that only this vendor has. */
  readonly options: TSchema;
  /** Requests that the explorer and the OpenAPI document show. */
  readonly examples: ProviderExamples;
  /** Services that this provider calls, by name. */
  readonly services: readonly string[];
  /** The service that carries out restores: its endpoint identifies the cloud. */
  readonly restoreService: string;
  /** How many calls the vendor takes of its operations, where it publishes that. */
  readonly callLimits: CallLimits;

  /** Faults of a new migration that only this vendor has (names, file names, option combinations). Generic ones come from `capabilities`. */
  checkMigration(migration: Migration, account: Account): readonly FieldFault[];
  /** Faults of a backup about to be queued; pointers are into the backup request. */
  checkBackup(
    migration: Migration,
    backup: { readonly type: BackupType; readonly source: Backup['source']; readonly final: boolean },
  ): readonly FieldFault[];

  /**
   * The vendor's id of the account or project that an account stands for in a region, as far as the configuration tells; null: it does not,
   * or the vendor has no such id.
   */
  cloudId(account: Account, region: string): string | null;
  /** Whether some of its credentials open a session before the first call. */
  readonly opensSessions: boolean;

  /** The calls of one step, in order. The result of each is stored before the next is sent. */
  plan(step: Step, migration: Migration, backup: Backup | null): readonly ChangingCall[];
  cancelVerdict(migration: Migration): CancelVerdict;
  /** Whether a backup that was queued as one of several may still become the last one; false where its file's name says that it is not. */
  canBecomeFinal(backup: Pick<Backup, 'source'>): boolean;

  /** Migrations with the same key can be observed together by one dialogue. */
  observationGroup(migration: Migration): string;
  /**
   * The vendor's view of each of these migrations (all of one group), by migration id. `now` by the vendor's clock; `ownNow` the same moment by
   * ours, by which the migrations' own times go.
   */
  observe(
    migrations: readonly Migration[],
    account: Account,
    now: Instant,
    ownNow?: Instant,
  ): Dialogue<ReadonlyMap<string, Observation>>;
  /** The vendor's read-only checks before a migration: faults found. */
  preflight(migration: Migration, account: Account): Dialogue<readonly FieldFault[]>;

  /** The major version of the target's SQL Server, such as 15 for 2019; null where the vendor does not tell. */
  targetMajor(migration: Migration): Dialogue<number | null>;
  /** What was begun outside Godwit. Null where the vendor does not show its tasks. */
  readonly foreign: ForeignTasks | null;
  readonly tryAccount: AccountTrial;
  /** Where backups lie that are looked at before they are sent. */
  readonly objectStore: ObjectStore;
  /** Null where the vendor takes no uploads. */
  readonly uploads: UploadSupport | null;
  /** Null where the vendor prescribes no command. */
  readonly backupCommand: BackupCommandSupport | null;
}
