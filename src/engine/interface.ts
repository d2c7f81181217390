import type { Chain } from '../backups/chain.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { BackupHeader } from '../domain/backup-header.ts';
import type { MigrationEvent } from '../domain/event.ts';
import type { FeedItem } from '../domain/feed.ts';
import type { VendorTaskList } from '../domain/foreign-tasks.ts';
import type { Backup, Instant, Migration } from '../domain/migration.ts';
import type { FieldFault, Problem, ProblemCode } from '../domain/problem.ts';
import type { BackupCommandInput, Capabilities, UploadTarget } from '../domain/provider.ts';
import type {
  BackupRequest,
  CutoverRequest,
  InspectionRequest,
  MigrationPatch,
  MigrationRequest,
  RetryRequest,
} from '../domain/request-schema.ts';
import type {
  IdempotencyKey,
  IdempotencyRecord,
  KeptMigration,
  MigrationFilter,
  PageRequest,
  StoredAnswer,
} from '../domain/store.ts';
import type { Circuit, SlowedOperation } from '../domain/vendor.ts';
import type { ProviderId } from '../domain/vocabulary.ts';

/** The version of a migration that a caller has read before. Its account never changes. */
export type KnownMigration = Pick<Migration, 'id' | 'version' | 'account'>;

/** The caller and the request. Scopes are checked before a service method is called; grants for a migration's account are checked by the method. */
export interface RequestContext {
  /** Name of the API key or of the token's subject; `anonymous` without authentication. */
  readonly caller: string;
  /** Accounts that the caller may use; `*` means all. */
  readonly accounts: readonly string[];
  readonly requestId: string;
}

/** The outcome of a request, from which its response is made. */
export type Outcome =
  | { readonly migration: Migration; readonly backup?: Backup; readonly accepted?: boolean }
  /** The vendor refused the submission. */
  | Problem;

/** Makes the response to a request, so that it can be stored in the transaction of the outcome. */
export interface Reply {
  /** Makes the response. Pure; may be called more than once. */
  compose(outcome: Outcome): StoredAnswer;
  /** Called when the last response is stored with its idempotency key and audit record. */
  kept(): void;
}

/** The context of a request that changes something. */
export interface ChangeRequestContext extends RequestContext {
  /** The audit record to store with the change. */
  readonly audit?: AuditEntry;
  readonly reply?: Reply;
  /** The entity tag in `If-Match`, without quotes. If it does not match: problem `precondition_failed`. */
  readonly ifMatch?: string;
  readonly idempotency?: IdempotencyKey;
}

/** The record of an earlier request with the same idempotency key: repeat its response or, without one, answer `idempotency_in_progress`. */
export interface Replay {
  readonly replay: IdempotencyRecord;
}

/** The result of a creation. `accepted`: the vendor accepted the first backup while the caller waited. */
export interface Submission {
  readonly migration: Migration;
  readonly accepted: boolean;
}

/** The result of a change. `changed`: false if the migration was already so. */
export interface Change {
  readonly migration: Migration;
  readonly changed: boolean;
}

/** One vendor call of a dry run. Secrets and URL queries are masked, and unknown ids appear as `{name}`. */
export interface PlannedCall {
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly parameters: unknown;
}

/** A fault of a request. `code`: the problem that the real request would be answered with. */
export interface DryRunProblem extends FieldFault {
  readonly code: ProblemCode;
}

/** The result of a dry run. */
export interface DryRun {
  readonly valid: boolean;
  readonly problems: readonly DryRunProblem[];
  /** Warnings that the migration would have. */
  readonly notes: Migration['warnings'];
  readonly plan: readonly PlannedCall[];
  /** With `preflight`: the migration that the adoption would create. */
  readonly adoption?: Migration;
}

/** The public members of a configured account. */
export interface AccountSummary {
  readonly name: string;
  readonly provider: ProviderId;
  readonly region: string;
}

/** One file in the result of an inspection. */
export interface InspectedFile {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Instant | null;
  readonly etag: string | null;
  readonly storageClass: string | null;
  /** Null: not read or unreadable. */
  readonly header: BackupHeader | null;
  readonly faults: readonly { readonly code: ProblemCode; readonly detail: string }[];
}

/** The result of an inspection. */
export interface Inspection {
  readonly files: readonly InspectedFile[];
  readonly chains: readonly Chain[];
}

/** The files of a watched folder with their verdicts. */
export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** Time of the last listing; null: never listed. */
  readonly scannedAt: Instant | null;
}

/** The readiness of this process. `checks` beside `store` do not affect it. */
export interface Health {
  readonly ready: boolean;
  readonly draining: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

/**
 * The operations that the HTTP surface offers. Methods reject with `Problem` for the caller, and with `StoreUnavailable` if the database does
 * not respond.
 */
export interface MigrationService {
  /**
   * Checks, stores and submits a migration, and waits up to `waitMs` milliseconds for the vendor's acceptance. A refusal by the vendor within
   * that time rejects with its problem, which has the member `migrationId`.
   */
  create(request: MigrationRequest, waitMs: number, context: ChangeRequestContext): Promise<Submission | Replay>;
  /** Shows the vendor calls without storing or sending anything. `preflight`: also runs the vendor's read-only checks. */
  dryRun(request: MigrationRequest, preflight: boolean, context: RequestContext): Promise<DryRun>;
  /** Reads the headers of a folder's files and finds their chains, with the account's own permissions. */
  inspectBackups(request: InspectionRequest, context: RequestContext): Promise<Inspection>;
  /** Rejects with `not_found` for an unknown migration and for one of an account that the caller may not use. */
  get(id: string, context: RequestContext): Promise<Migration>;
  /** As `get`, but null if the version is unchanged. */
  getUnless(known: KnownMigration, context: RequestContext): Promise<Migration | null>;
  /** A page of migrations. If `kept` returns something for a version, that takes the place of the migration. */
  list<Kept extends KeptMigration>(
    filter: MigrationFilter,
    page: PageRequest,
    context: RequestContext,
    kept: (id: string, version: number) => Kept | undefined,
  ): Promise<readonly (Migration | Kept)[]>;
  patch(id: string, patch: MigrationPatch, context: ChangeRequestContext): Promise<Migration>;
  addBackup(
    id: string,
    request: BackupRequest,
    context: ChangeRequestContext,
  ): Promise<{ readonly migration: Migration; readonly backup: Backup } | Replay>;
  /** Removes a queued backup, or the failed one that blocks the chain. */
  removeBackup(id: string, backupId: string, context: ChangeRequestContext): Promise<void>;
  cutOver(id: string, request: CutoverRequest, context: ChangeRequestContext): Promise<Change | Replay>;
  cancel(id: string, context: ChangeRequestContext): Promise<Change | Replay>;
  retry(id: string, request: RetryRequest, context: ChangeRequestContext): Promise<Change | Replay>;
  /** Records that the caller has uploaded the file of an `upload` backup. */
  markUploaded(id: string, backupId: string, context: ChangeRequestContext): Promise<Change | Replay>;
  /** Reads the upload target of an `upload` backup from the vendor. It is never stored. */
  uploadTarget(id: string, backupId: string, context: RequestContext): Promise<UploadTarget>;
  /** Reads the vendor's T-SQL command for a backup. `account`: optional if the provider has exactly one. */
  backupCommand(
    provider: ProviderId,
    account: string | undefined,
    input: BackupCommandInput,
    context: RequestContext,
  ): Promise<string>;
  /** The files of the watched folder with their verdicts, as of the last listing. */
  feed(id: string, context: RequestContext): Promise<FeedPage>;
  /** Lists the folder now, for a limited time, and returns its files. */
  scanFeed(id: string, context: RequestContext): Promise<FeedPage>;
  /** Deletes the record of an ended migration. Nothing changes at the vendor. */
  remove(id: string, context: ChangeRequestContext): Promise<void>;
  /** A page of events, oldest first. Rejects with `events_gone` if the log no longer has the event `after`. */
  events(
    migrationId: string | null,
    page: { readonly size: number; readonly after?: string },
    context: RequestContext,
  ): Promise<readonly MigrationEvent[]>;
  /**
   * Follows events until `signal` aborts. An empty batch is a heartbeat. `after`: id of the event to start after; null: start with the first event
   * of the migration or, for all migrations, with the next new one. `reset`: the log does not have `after`, and the stream starts as for null.
   */
  followEvents(
    migrationId: string | null,
    after: string | null,
    context: RequestContext,
    signal: AbortSignal,
  ): Promise<{ readonly events: AsyncIterable<readonly MigrationEvent[]>; readonly reset: boolean }>;

  /** The record of an idempotency key, or null. */
  findReplay(key: IdempotencyKey): Promise<IdempotencyRecord | null>;
  /** Stores the response for an idempotency key. */
  completeReplay(key: IdempotencyKey, answer: StoredAnswer): Promise<void>;

  capabilities(): readonly Capabilities[];
  /** The circuit breakers of the provider's accounts that the caller may use. */
  circuits(provider: string, context: RequestContext): readonly Circuit[];
  /** The operations of those accounts whose rate is lower because the vendor throttled them. */
  slowedOperations(provider: string, context: RequestContext): readonly SlowedOperation[];
  /**
   * Makes the engine observe or probe now, and waits at most `waitMs` milliseconds for the result. Rejects with `provider_throttled` if the read
   * would wait too long under the account's limits, and with `provider_unavailable` while the circuit breaker is open.
   */
  refresh(id: string, waitMs: number, context: RequestContext): Promise<Migration>;
  /** The accounts that the caller may use. */
  accounts(context: RequestContext): readonly AccountSummary[];
  /** Reads the tasks of an instance from the vendor, without those that belong or belonged to migrations of this gateway. */
  foreignTasks(
    account: string,
    place: { readonly instanceId: string; readonly region?: string | undefined },
    context: RequestContext,
  ): Promise<VendorTaskList>;
  health(): Promise<Health>;
}
