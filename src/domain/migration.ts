import type { BackupHeader } from './backup-header.ts';
import type { ProblemCode, VendorErrorDetails } from './problem.ts';
import type { Reason, Warning } from './reasons.ts';
import type { MigrationRequest } from './request-schema.ts';
import type { RestoreErrorCode } from './restore-errors.ts';
import type { BackupState, BackupType, MigrationState, Mode, ProviderId } from './vocabulary.ts';

/** The vendor's ids by our names for them, verbatim. */
export type Refs = Readonly<Record<string, string>>;

/** Milliseconds since the epoch. */
export type Instant = number;

/**
 * A URL that carries rights. `display` is the URL without its query; `sealed` is the whole URL, encrypted. The plain text exists
 * only in the request that brought it and in the vendor call that needs it.
 */
export interface SealedUrl {
  readonly display: string;
  readonly sealed: string;
}

export type Source =
  | {
      readonly type: 'object_storage';
      readonly bucket: string;
      readonly keys: readonly string[];
      readonly endpoint?: string;
    }
  | { readonly type: 'url'; readonly urls: readonly SealedUrl[] }
  | {
      readonly type: 'instance_backup';
      readonly instanceId: string;
      readonly backupId: string;
      readonly engineVersion: string;
    }
  | { readonly type: 'upload'; readonly fileName: string }
  /** A source that somebody else sent: the file names as the vendor shows them, links without their query. Godwit cannot send it again. */
  | { readonly type: 'adopted'; readonly files: readonly string[] };

/** Why a migration or a backup failed. */
export interface MigrationError {
  readonly code: ProblemCode | RestoreErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly provider?: VendorErrorDetails;
}

/** A code of a catalogue with the words that fit the case. */
export interface Note<Code extends string> {
  readonly code: Code;
  readonly detail: string;
  /** Of a reason: since when it has been there; `dated` sets it. */
  readonly since?: Instant;
  /** The vendor error, if the vendor answered. */
  readonly provider?: VendorErrorDetails;
}
/** Why a migration does not move. */
export type ReasonNote = Note<Reason>;
/** A warning: what a person should know although the migration itself goes on. */
export type WarningNote = Note<Warning>;

export interface Database {
  readonly name: string;
  readonly restoreAs?: string;
}

export interface Backup {
  readonly id: string;
  readonly type: BackupType;
  readonly source: Source;
  readonly final: boolean;
  readonly state: BackupState;
  /** 1 for the first submission; a retry counts up. */
  readonly attempt: number;
  /** For an `upload` source: whether the caller has reported the upload. */
  readonly uploaded: boolean;
  /**
   * Set after the database was restored from a backup: a later process may have sent this backup, so every call after number `after` is
   * probed for before it is sent, from `since` on.
   */
  readonly maybeSent?: { readonly after: number; readonly since: Instant };
  /** The file's header; null or absent: the file was not read. */
  readonly header?: BackupHeader | null;
  /** Distinguishes the file's database from others of the same name. */
  readonly bindingId?: string | null;
  /** Entity tag of the object when it was taken from a folder, to detect a later change of the file. */
  readonly etag?: string | null;
  readonly providerStatus: string | null;
  readonly providerRefs: Refs;
  readonly error: MigrationError | null;
  /** Whether another backup has replaced this failed one, which then no longer holds up the chain. */
  readonly supersededBy?: string;
  readonly createdAt: Instant;
  readonly submittedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** A folder that a migration takes its backups from. */
export interface Feed {
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint?: string;
  /** Whether files that come later are taken too. */
  readonly watch: boolean;
  /** Key or name of the file that ends the chain; null: none has been named. */
  readonly lastFile: string | null;
  /** Whether the feed is complete and takes no more files. */
  readonly closed: boolean;
  /** The gap of the chain, and since when it is known. */
  readonly gap: { readonly after: string | null; readonly before: string; readonly since: Instant } | null;
  /** Keys of backups that a caller removed from the chain; they are not taken again. */
  readonly skipped?: readonly string[];
  /** Keys of refused files, so that each is reported once; the latest hundred. */
  readonly refused: readonly string[];
  /** When the newest known file of the chain was finished, by the source's clock; null: unknown. */
  readonly newestFinishedAt: string | null;
  readonly scannedAt: Instant | null;
}

/** What a series of vendor calls is for. */
export type Step = 'restore' | 'open' | 'cancel' | 'cleanup';

/**
 * One changing call at a vendor. It is stored as `sending` before it is sent. A call found in `sending` by a new owner has an
 * unknown outcome.
 *
 * `refused`: the vendor said no. `deferred`: certainly not carried out, and worth sending again (throttled, busy, not connected).
 * `absent`: its outcome was unknown, and a probe proved that it did not arrive.
 */
export interface Call {
  readonly number: number;
  readonly step: Step;
  readonly backupId: string | null;
  /** The backup's attempt that this call belongs to; 1 for other steps' first run. */
  readonly attempt: number;
  readonly operation: string;
  readonly state: 'sending' | 'accepted' | 'refused' | 'deferred' | 'unknown' | 'absent';
  readonly sentAt: Instant;
  readonly settledAt: Instant | null;
  readonly refs: Refs;
  /** The vendor's id of the request whose response settled the call; null until then, and without a response. */
  readonly requestId: string | null;
  readonly error: MigrationError | null;
  /** How many times it has been probed for. */
  readonly looks: number;
  /** The key or user that it was sent with, see `VendorClient.credentialPrint`. */
  readonly credential?: string;
  /** Probing has not settled it so far: an operator may decide. */
  readonly asksOperator?: boolean;
  /** A call that somebody else sent; the following calls build on it. */
  readonly adopted?: true;
}

export interface MigrationOptions {
  readonly consistencyCheck?: 'async' | 'sync';
  readonly precheck?: boolean;
  readonly keepDownloadedFiles?: boolean;
}

/** The account at a vendor's cloud, independent of its name in the configuration. */
export interface CloudAccount {
  /** Origin of the service that carries out its calls, such as `https://rds.aliyuncs.com`. */
  readonly endpoint: string;
  /** The vendor's own id of the account or project; null where it is not known. */
  readonly id: string | null;
}

/** The stored aggregate: all that decides what happens next. */
export interface Migration {
  readonly id: string;
  readonly provider: ProviderId;
  readonly account: string;
  /** The cloud account that it began with; absent in records from before this was kept. */
  readonly cloud?: CloudAccount;
  readonly region: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly mode: Mode;
  readonly target: {
    readonly instanceId: string;
    readonly databases?: readonly Database[];
    readonly overwrite: boolean;
  };
  readonly options: MigrationOptions;
  /** Present where backups are taken from a folder. */
  readonly feed?: Feed;
  readonly providerOptions: NonNullable<MigrationRequest['providerOptions']>;
  /** Who created it; the scope of its idempotency keys. */
  readonly caller: string;
  readonly state: MigrationState;
  readonly stateReason: Reason | null;
  readonly providerStatus: string | null;
  readonly providerRefs: Refs;
  readonly blocking: readonly ReasonNote[];
  readonly warnings: readonly WarningNote[];
  /** The vendor's percentage of the running restore; null: the vendor gives none. */
  readonly percent: number | null;
  /** In the order in which they are restored; the first is the full backup. */
  readonly backups: readonly Backup[];
  readonly calls: readonly Call[];
  /** A cutover without a file has been asked for. */
  readonly cutoverRequested: boolean;
  readonly cancelRequested: boolean;
  readonly error: MigrationError | null;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly updatedAt: Instant;
  readonly observedAt: Instant | null;
  /** The time of the last progress: a change of state, calls, or the vendor's report; `dated` sets it. Absent in older records. */
  readonly movedAt?: Instant;
  /** At the last observation the vendor took no further backup of the chain. Absent: it does, or does not tell. */
  readonly heldByVendor?: true;
  /** Whether it occupies the instance, where the vendor runs one restore per instance. Unique per account and instance. */
  readonly occupiesInstance: boolean;
  /** When the engine has to look at it next; null: never. */
  readonly dueAt: Instant | null;
  /** Consecutive failures of the current step; the base of the back-off. */
  readonly failures: number;
  /** Counts up with every change; the ETag. */
  readonly version: number;
}

/** The name that a database has on the target. */
export function restoredName(database: Database): string {
  return database.restoreAs ?? database.name;
}

/** The full backup, which every migration has. */
export function fullBackup(migration: Migration): Backup {
  const [first] = migration.backups;
  if (first === undefined) throw new Error(`${migration.id} has no backup`);
  return first;
}
