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

/** What was read of a migration before. A migration never changes its account. */
export type KnownMigration = Pick<Migration, 'id' | 'version' | 'account'>;

/** The caller and the request. Authorization precedes the call of the service, except for grants that depend on the migration's account. */
export interface RequestContext {
  /** Name of the key or subject of the token; `anonymous` without authentication. */
  readonly caller: string;
  /** Accounts granted to the caller; `*` stands for all. */
  readonly accounts: readonly string[];
  readonly requestId: string;
}

/** The outcome of a request, from which its answer is made. */
export type Outcome =
  | { readonly migration: Migration; readonly backup?: Backup; readonly accepted?: boolean }
  /** The vendor's rejection of a submission. */
  | Problem;

/** The future answer to a request, so that it can be stored in the transaction of the outcome. */
export interface Reply {
  /** Makes the answer. Pure; may be called repeatedly. */
  compose(outcome: Outcome): StoredAnswer;
  /** The last answer is stored, with the idempotency key and in the audit. */
  kept(): void;
}

export interface ChangeRequestContext extends RequestContext {
  /** The audit record to store with the change. */
  readonly audit?: AuditEntry;
  readonly reply?: Reply;
  /** From `If-Match`: the entity tag without quotes. A difference is `precondition_failed`. */
  readonly ifMatch?: string;
  readonly idempotency?: IdempotencyKey;
}

/** An answer given before to the same idempotency key: replay it, or (without an answer yet) `idempotency_in_progress`. */
export interface Replay {
  readonly replay: IdempotencyRecord;
}

/** `accepted`: the vendor accepted the first backup within the wait. */
export interface Submission {
  readonly migration: Migration;
  readonly accepted: boolean;
}

/** `changed: false`: nothing had to change. */
export interface Change {
  readonly migration: Migration;
  readonly changed: boolean;
}

/** One vendor call of a dry run, with secrets and URL queries masked. Ids not known yet appear as `{name}`. */
export interface PlannedCall {
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly parameters: unknown;
}

/** A fault of a request. `code`: the problem that the request itself would get. */
export interface DryRunProblem extends FieldFault {
  readonly code: ProblemCode;
}

export interface DryRun {
  readonly valid: boolean;
  readonly problems: readonly DryRunProblem[];
  /** A remark on a valid request, for people. */
  readonly notes: Migration['warnings'];
  readonly plan: readonly PlannedCall[];
  /** With `preflight`: the migration that would adopt the task named in `adopt`. */
  readonly adoption?: Migration;
}

/** The public facts of a configured account. */
export interface AccountSummary {
  readonly name: string;
  readonly provider: ProviderId;
  readonly region: string;
}

/** One file of an inspection. */
export interface InspectedFile {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Instant | null;
  readonly etag: string | null;
  readonly storageClass: string | null;
  /** Null: it was not read. */
  readonly header: BackupHeader | null;
  readonly faults: readonly { readonly code: ProblemCode; readonly detail: string }[];
}

export interface Inspection {
  readonly files: readonly InspectedFile[];
  readonly chains: readonly Chain[];
}

export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** When the folder was last listed. */
  readonly scannedAt: Instant | null;
}

export interface Health {
  readonly ready: boolean;
  readonly draining: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

/**
 * The operations for the HTTP surface. Every method throws `Problem` for the caller, and `StoreUnavailable` when the database does not
 * answer.
 */
export interface MigrationService {
  /**
   * Checks, stores and submits; waits up to `waitMs` for the vendor's acceptance. A refusal by the vendor within the wait is thrown
   * as that problem, with the member `migrationId`.
   */
  create(request: MigrationRequest, waitMs: number, context: ChangeRequestContext): Promise<Submission | Replay>;
  /** Nothing is stored or sent; with `preflight` the vendor's read-only checks run too. */
  dryRun(request: MigrationRequest, preflight: boolean, context: RequestContext): Promise<DryRun>;
  /** The headers of a folder's files and their chains, read with the account's own permissions. */
  inspectBackups(request: InspectionRequest, context: RequestContext): Promise<Inspection>;
  get(id: string, context: RequestContext): Promise<Migration>;
  /** As `get`, but null while the migration still has the version that the caller knows. */
  getUnless(known: KnownMigration, context: RequestContext): Promise<Migration | null>;
  /** A version that `kept` has takes the place of the migration. */
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
  /** Removes a queued backup from the chain, or a failed one that blocks it. */
  removeBackup(id: string, backupId: string, context: ChangeRequestContext): Promise<void>;
  cutOver(id: string, request: CutoverRequest, context: ChangeRequestContext): Promise<Change | Replay>;
  cancel(id: string, context: ChangeRequestContext): Promise<Change | Replay>;
  retry(id: string, request: RetryRequest, context: ChangeRequestContext): Promise<Change | Replay>;
  /** The caller reports the upload of an `upload` backup. */
  markUploaded(id: string, backupId: string, context: ChangeRequestContext): Promise<Change | Replay>;
  /** The upload target of an `upload` backup, read from the vendor now and never stored. */
  uploadTarget(id: string, backupId: string, context: RequestContext): Promise<UploadTarget>;
  /** The vendor's T-SQL for making a backup. `account` is optional as in a migration. */
  backupCommand(
    provider: ProviderId,
    account: string | undefined,
    input: BackupCommandInput,
    context: RequestContext,
  ): Promise<string>;
  /** The files of the watched folder with their verdicts. */
  feed(id: string, context: RequestContext): Promise<FeedPage>;
  /** Lists the folder now and returns its files. */
  scanFeed(id: string, context: RequestContext): Promise<FeedPage>;
  remove(id: string, context: ChangeRequestContext): Promise<void>;
  events(
    migrationId: string | null,
    page: { readonly size: number; readonly after?: string },
    context: RequestContext,
  ): Promise<readonly MigrationEvent[]>;
  /**
   * Events as they come until `signal` says enough, an empty batch now and then as a sign of life. `after`: the event to go on after; null
   * begins with the first of that migration, or, for all migrations, with what comes from now on. `reset`: that place is gone, and it begins
   * as with null.
   */
  followEvents(
    migrationId: string | null,
    after: string | null,
    context: RequestContext,
    signal: AbortSignal,
  ): Promise<{ readonly events: AsyncIterable<readonly MigrationEvent[]>; readonly reset: boolean }>;

  findReplay(key: IdempotencyKey): Promise<IdempotencyRecord | null>;
  completeReplay(key: IdempotencyKey, answer: StoredAnswer): Promise<void>;

  capabilities(): readonly Capabilities[];
  /** Whether the calls of the accounts of a provider that the caller has a grant for are made at present. */
  circuits(provider: string, context: RequestContext): readonly Circuit[];
  /** The operations of such accounts of which fewer calls are made, because the vendor throttled one. */
  slowedOperations(provider: string, context: RequestContext): readonly SlowedOperation[];
  /**
   * Makes the engine observe now, and waits at most `waitMs` for the result. Throws `provider_throttled` when the account has no room for
   * another read within its bound, and `provider_unavailable` while the vendor is not called.
   */
  refresh(id: string, waitMs: number, context: RequestContext): Promise<Migration>;
  accounts(context: RequestContext): readonly AccountSummary[];
  /** The tasks of an instance that no migration of this gateway owns or owned, asked of the vendor now within the account's limits. */
  foreignTasks(
    account: string,
    place: { readonly instanceId: string; readonly region?: string | undefined },
    context: RequestContext,
  ): Promise<VendorTaskList>;
  health(): Promise<Health>;
}
