import type { BackupHeader } from './backup-header.ts';
import type { ProblemCode, VendorErrorDetails } from './problem.ts';
import type { Reason, Warning } from './reasons.ts';
import type { MigrationRequest } from './request-schema.ts';
import type { RestoreErrorCode } from './restore-errors.ts';
import type { BackupState, BackupType, MigrationState, Mode, ProviderId } from './vocabulary.ts';

/** The vendor's ids, verbatim, by Godwit's names for them. */
export type Refs = Readonly<Record<string, string>>;

/** Milliseconds since the epoch. */
export type Instant = number;

/**
 * A URL that may grant access. `display`: the URL without its query. `sealed`: the whole URL, encrypted. The plain text exists only in the
 * caller's request and in the vendor call that needs it.
 */
export interface SealedUrl {
  readonly display: string;
  readonly sealed: string;
}

/** The location of a backup, as stored. */
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
  /** The source of an adopted backup: file names as the vendor shows them, URLs without their query. Godwit cannot send it again. */
  | { readonly type: 'adopted'; readonly files: readonly string[] };

/** Why a migration or a backup failed. */
export interface MigrationError {
  readonly code: ProblemCode | RestoreErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly provider?: VendorErrorDetails;
}

/** A code of a catalogue with an explanation of the present case. */
export interface Note<Code extends string> {
  readonly code: Code;
  readonly detail: string;
  /** When a reason was added; `dated` sets it. Absent in warnings. */
  readonly since?: Instant;
  /** The vendor error, if the vendor answered. */
  readonly provider?: VendorErrorDetails;
}
/** A reason why a migration does not proceed. */
export type ReasonNote = Note<Reason>;
/** Information for people about a migration that is not itself at fault. */
export type WarningNote = Note<Warning>;

/** A database: its name in the backup, and on the target if that differs. */
export interface Database {
  readonly name: string;
  readonly restoreAs?: string;
}

/** One backup of the aggregate. */
export interface Backup {
  readonly id: string;
  readonly type: BackupType;
  readonly source: Source;
  readonly final: boolean;
  readonly state: BackupState;
  /** 1 for the first submission; each retry adds 1. */
  readonly attempt: number;
  /** Whether the caller has reported the upload of an `upload` source. Always false for other sources. */
  readonly uploaded: boolean;
  /**
   * Set after the database was restored from a copy. Another process may have sent this backup since the copy was made, so every call with a
   * number above `after` is probed for before it is sent. `since`: the earliest time of such a call.
   */
  readonly maybeSent?: { readonly after: number; readonly since: Instant };
  /** The header of the file; null or absent: the file was not read. */
  readonly header?: BackupHeader | null;
  /** The binding id in the file. It distinguishes databases of the same name. */
  readonly bindingId?: string | null;
  /** Entity tag of the object when it was taken from a folder. A different one later means that the file has changed. */
  readonly etag?: string | null;
  readonly providerStatus: string | null;
  readonly providerRefs: Refs;
  readonly error: MigrationError | null;
  /** The id of the backup that replaces this failed one, or `cutover`. Such a backup no longer blocks the chain. */
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
  /** Whether files that appear later are taken too. */
  readonly watch: boolean;
  /** Key or name of the file that ends the chain; null: not named. */
  readonly lastFile: string | null;
  /** Whether the feed takes no more files. */
  readonly closed: boolean;
  /** The gap in the chain: the keys before and after it, and when it was found. */
  readonly gap: { readonly after: string | null; readonly before: string; readonly since: Instant } | null;
  /** Keys of backups that a caller removed from the chain. They are not taken again. */
  readonly skipped?: readonly string[];
  /** Keys of the last hundred refused files, so that each is reported once. */
  readonly refused: readonly string[];
  /** When the newest known backup of the chain was finished, in local time of the source server; null: unknown. */
  readonly newestFinishedAt: string | null;
  readonly scannedAt: Instant | null;
}

/** The purpose of a sequence of vendor calls. */
export type Step = 'restore' | 'open' | 'cancel' | 'cleanup';

/**
 * One changing call at a vendor. It is stored as `sending` before it is sent; if another process finds it in that state, its outcome is
 * unknown.
 *
 * `refused`: the vendor rejected it. `deferred`: it certainly had no effect and is sent again (throttled, busy, not connected). `absent`: its
 * outcome was unknown, and a probe found that it did not arrive.
 */
export interface Call {
  readonly number: number;
  readonly step: Step;
  readonly backupId: string | null;
  /** Number of the attempt at the step, see `attemptOf`. */
  readonly attempt: number;
  readonly operation: string;
  readonly state: 'sending' | 'accepted' | 'refused' | 'deferred' | 'unknown' | 'absent';
  readonly sentAt: Instant;
  readonly settledAt: Instant | null;
  readonly refs: Refs;
  /** The vendor's id of the request whose response settled the call; null: not settled, or settled without a response. */
  readonly requestId: string | null;
  readonly error: MigrationError | null;
  /** Number of probes so far. */
  readonly looks: number;
  /** Identifies the key or user that signed the call, see `VendorClient.credentialPrint`. */
  readonly credential?: string;
  /** Whether an operator may decide the outcome, because probing has not settled it. */
  readonly asksOperator?: boolean;
  /** Set if the call was made outside Godwit. Later calls build on it. */
  readonly adopted?: true;
}

/** Options of the vendor’s restore. Capabilities show which a provider supports. */
export interface MigrationOptions {
  readonly consistencyCheck?: 'async' | 'sync';
  readonly precheck?: boolean;
  readonly keepDownloadedFiles?: boolean;
}

/** An account at a vendor, independent of its name in the configuration. */
export interface CloudAccount {
  /** Origin of the service that executes its calls, such as `https://rds.aliyuncs.com`. */
  readonly endpoint: string;
  /** The vendor's id of the account or project; null: unknown. */
  readonly id: string | null;
}

/** The stored aggregate: everything that determines the next step. */
export interface Migration {
  readonly id: string;
  readonly provider: ProviderId;
  readonly account: string;
  /** The account at the vendor when the migration was created. Absent in older records. */
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
  /** Present if backups are taken from a folder. */
  readonly feed?: Feed;
  readonly providerOptions: NonNullable<MigrationRequest['providerOptions']>;
  /** The caller that created it, which is also the scope of its idempotency key. */
  readonly caller: string;
  readonly state: MigrationState;
  readonly stateReason: Reason | null;
  readonly providerStatus: string | null;
  readonly providerRefs: Refs;
  readonly blocking: readonly ReasonNote[];
  readonly warnings: readonly WarningNote[];
  /** The vendor's percentage of the running restore; null: unknown. */
  readonly percent: number | null;
  /** In the order of their restore. The first is the full backup. */
  readonly backups: readonly Backup[];
  readonly calls: readonly Call[];
  /** Whether a cutover without a further backup was requested. */
  readonly cutoverRequested: boolean;
  readonly cancelRequested: boolean;
  readonly error: MigrationError | null;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly updatedAt: Instant;
  readonly observedAt: Instant | null;
  /** Time of the last progress: a change of state, calls, or the vendor's report. `dated` sets it. Absent in older records. */
  readonly movedAt?: Instant;
  /** Set if the vendor accepted no further backup of the chain at the last observation. */
  readonly heldByVendor?: true;
  /** Whether it occupies the instance, where the vendor runs one restore per instance. At most one per account and instance is true. */
  readonly occupiesInstance: boolean;
  /** When the engine must process it next; null: never. */
  readonly dueAt: Instant | null;
  /** Consecutive failures of the current step. The back-off grows with it. */
  readonly failures: number;
  /** Incremented by every change. Part of the entity tag. */
  readonly version: number;
}

/** The name of a database on the target. */
export function restoredName(database: Database): string {
  return database.restoreAs ?? database.name;
}

/** The full backup. Throws an `Error` if the migration has no backup, which is a programming error. */
export function fullBackup(migration: Migration): Backup {
  const [first] = migration.backups;
  if (first === undefined) throw new Error(`${migration.id} has no backup`);
  return first;
}
