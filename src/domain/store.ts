import type { AuditEntry } from './audit.ts';
import type { DueWork } from './due-work.ts';
import type { MigrationEvent } from './event.ts';
import type { Instant, Migration } from './migration.ts';
import type { ReplicaList, ReplicaTimes } from './replicas.ts';
import type { SlowDown } from './slow-downs.ts';
import type { MigrationState, ProviderId } from './vocabulary.ts';

/** Proof of ownership of a claimed migration. A write under an old token is refused, so a paused process cannot write over its successor. */
export interface Fence {
  readonly owner: string;
  readonly token: number;
}

export interface Claim {
  readonly migration: Migration;
  readonly fence: Fence;
}

/** A lease on a migration. */
export interface HeldLease {
  readonly id: string;
  readonly fence: Fence;
}

export interface LeaseRequest {
  readonly owner: string;
  readonly now: Instant;
  /** How long the claim holds without being renewed, in milliseconds. */
  readonly leaseMs: number;
}

/** How many migrations of a kind a worker has places for. */
export interface ClaimRoom {
  /** Of this account, or of all but these. Default: of all. */
  readonly account?: string | { readonly except: readonly string[] };
  /** Default: whatever they need first. */
  readonly work?: DueWork;
  readonly limit: number;
}

/** The key of a caller's POST, with a digest of what the request said. */
export interface IdempotencyKey {
  readonly caller: string;
  readonly key: string;
  /** Hex SHA-256 over method, path and body. */
  readonly fingerprint: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Something that has an id of its own in the API. */
export interface Resource {
  readonly type: 'migration' | 'webhook';
  readonly id: string;
}

export interface IdempotencyRecord extends IdempotencyKey {
  /** What the request made or changed. */
  readonly resource: Resource;
  /** Null while the first request has not been answered. */
  readonly answer: StoredAnswer | null;
  /** Whose request stored it. `nobody`: of a process that is gone, so that a missing answer will not come any more. */
  readonly heldBy: 'this_process' | 'another_process' | 'nobody';
  readonly createdAt: Instant;
}

/** The answer to a request, and its outcome as the audit names it. */
export interface SettledAnswer {
  readonly answer: StoredAnswer;
  readonly outcome: string;
}

/** What a request leaves in the transaction of its change, beside its idempotency key. */
export interface RequestTrace {
  readonly audit?: AuditEntry;
  /** The answer, where what is stored settles it, to be kept with key and record. Pure; it may be asked more than once. */
  readonly answer?: (stored: Migration) => SettledAnswer | null;
}

/** A request whose change is stored, and which what is stored next may settle. */
export interface OpenRequest {
  /** The key that was stored with the change, by this process. */
  readonly idempotency?: IdempotencyKey;
  readonly audit?: AuditEntry;
  /** See `RequestTrace.answer`. */
  answer(stored: Migration): SettledAnswer | null;
}

export interface MigrationFilter {
  readonly provider?: ProviderId;
  readonly account?: string;
  readonly region?: string;
  readonly states?: readonly MigrationState[];
  readonly instanceId?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly createdAfter?: Instant;
  readonly createdBefore?: Instant;
  /** Accounts that the caller may see; undefined: all. */
  readonly visibleAccounts?: readonly string[];
}

export interface PageRequest {
  /** 1 to 200. */
  readonly size: number;
  /** Id of the last item of the page before; undefined: the first page. Ids sort by creation. */
  readonly after?: string;
  readonly order: 'newest_first' | 'oldest_first';
}

/** What stands for a migration that was read before. `characters`: how much it adds to a page. */
export interface KeptMigration {
  readonly id: string;
  readonly characters: number;
}

export type CreateResult =
  | { readonly outcome: 'created'; readonly fence: Fence }
  | { readonly outcome: 'target_busy'; readonly migrationId: string }
  /** `occupiesInstance` is true, and another migration occupies the same instance. */
  | { readonly outcome: 'instance_occupied' }
  /** It was adopted, and one of its vendor ids belongs or belonged to another migration, see `Store.vendorIds`. */
  | { readonly outcome: 'ids_taken' }
  /** Another request with the same caller and key is stored already. */
  | { readonly outcome: 'key_exists'; readonly record: IdempotencyRecord };

/** What is stored after an update. `released`: it has given the lease back. */
interface Stored {
  readonly migration: Migration;
  readonly released: boolean;
}

export type UpdateResult =
  /** `kept`: the answer of `settles` is stored with it. */
  | ({ readonly outcome: 'updated'; readonly kept?: true } & Stored)
  /** `change` returned null: nothing was written. */
  | ({ readonly outcome: 'unchanged' } & Stored)
  | { readonly outcome: 'not_found' }
  /** The lease has passed to another owner. */
  | { readonly outcome: 'fenced' }
  /** `occupiesInstance` would become true while another migration occupies the same instance. */
  | { readonly outcome: 'instance_occupied' }
  /** The migration would become active again while another one holds its target. */
  | { readonly outcome: 'target_busy'; readonly migrationId: string }
  | { readonly outcome: 'key_exists'; readonly record: IdempotencyRecord };

export interface UpdateOptions {
  /** Refuse the write unless this is still the owner. */
  readonly fence?: Fence;
  /** Renew the lease until this time (with `fence`). */
  readonly renewLease?: LeaseRequest;
  /** Give the lease back (with `fence`), always or when this holds of what is stored now; else it is renewed. */
  readonly release?: true | ((stored: Migration) => boolean);
  /** Store this key in the same transaction. */
  readonly idempotency?: IdempotencyKey;
  /** Store this too when something changes. */
  readonly trace?: RequestTrace;
  /** Keep the answer of this earlier request too when the change settles it. */
  readonly settles?: OpenRequest;
}

/** How many migrations are alike in these four respects, and how many of their calls have an outcome that is not known. */
export interface MigrationCount {
  readonly provider: ProviderId;
  readonly account: string;
  readonly state: MigrationState;
  readonly stateReason: string | null;
  readonly migrations: number;
  readonly unknownOutcomes: number;
}

/** How many records hold texts that are sealed so. */
export interface SealCount {
  /** Version and key id, such as `v2.AbCdEfGh`. */
  readonly seal: string;
  readonly backups: number;
  readonly webhooks: number;
}

/** See `Store.onChange`. */
export type ChangeListener = (migrationId: string, claimableAt: Instant | null) => void;

/**
 * What is remembered. Two implementations, SQLite and PostgreSQL, pass the same tests. Every write is durable when its promise
 * resolves, appends the events of the change (`eventsBetween`), and counts `version` up by one. A failure of the database
 * rejects with `StoreUnavailable`: nothing was stored; or with `StoreOutcomeUnknown`: it may have been.
 */
export interface Store {
  /**
   * Stores a new migration, its first event and the idempotency key in one transaction, and claims it for the caller at once. With a lease of 0 ms
   * any worker can claim it.
   */
  create(
    migration: Migration,
    lease: LeaseRequest,
    idempotency?: IdempotencyKey,
    trace?: RequestTrace,
  ): Promise<CreateResult>;
  get(id: string): Promise<Migration | null>;
  /** The `version` of a migration, for far less than reading it costs; null: there is none. */
  version(id: string): Promise<number | null>;
  /** Fewer than asked for, and at least one, where the next ones would make the page very large: only an empty page is surely the last. */
  list(filter: MigrationFilter, page: PageRequest): Promise<readonly Migration[]>;
  /** The same for whoever has read some of them before: what `kept` has of a version is not read again. */
  list<Kept extends KeptMigration>(
    filter: MigrationFilter,
    page: PageRequest,
    kept: (id: string, version: number) => Kept | undefined,
  ): Promise<readonly (Migration | Kept)[]>;
  /**
   * Reads the migration, applies `change` and writes the result, in one transaction. `change` is pure and may run more than once;
   * it returns null when there is nothing to do. A `dueAt` in the past wakes a worker. An exception from `change` rolls back and passes through.
   */
  update(id: string, change: (current: Migration) => Migration | null, options?: UpdateOptions): Promise<UpdateResult>;
  /**
   * Forgets a migration with its backups, calls and events; its vendor ids stay, see `vendorIds`. False: there is none. `check` sees it in
   * the same transaction; an exception from it leaves the migration and passes through.
   */
  remove(id: string, check?: (current: Migration) => void, trace?: RequestTrace): Promise<boolean>;

  /** Takes migrations that are due and that nobody holds, the longest due first: so many in each room, or so many of all. */
  claim(lease: LeaseRequest, rooms: number | readonly ClaimRoom[]): Promise<readonly Claim[]>;
  /** Renews leases that are still held by these tokens; answers which. Reads nothing of the migrations. */
  renewLeases(lease: LeaseRequest, held: readonly HeldLease[]): Promise<ReadonlySet<string>>;
  /** Gives a lease back that is still held by this token. Reads nothing of the migration. */
  releaseLease(id: string, fence: Fence): Promise<void>;
  /** The earliest `dueAt` of all migrations that nobody holds, or null. */
  nextDue(now: Instant): Promise<Instant | null>;
  /** Counts of all migrations, for metrics. Its cost grows with the number of migrations: ask it seldom. */
  statistics(): Promise<readonly MigrationCount[]>;
  /**
   * Vendor ids that belong to other migrations on the instance of this one, ended and removed ones too: those of the same account name, and
   * those of the same cloud account under another name.
   */
  vendorIds(
    migration: Pick<Migration, 'id' | 'provider' | 'account' | 'cloud' | 'target'>,
  ): Promise<ReadonlySet<string>>;
  /** Forgets the places of up to `limit` events of removed migrations that are older than `before`; returns how many. */
  forgetRemovedEvents(before: Instant, limit: number): Promise<number>;
  /** Forgets up to `limit` vendor ids of removed migrations that changed last before `before`; returns how many. */
  forgetVendorIds(before: Instant, limit: number): Promise<number>;

  /** The id of the active migration that holds what `migration` would hold on its instance, or null. Only a write is sure of it. */
  targetHolder(migration: Migration): Promise<string | null>;

  findIdempotencyKey(caller: string, key: string): Promise<IdempotencyRecord | null>;
  completeIdempotencyKey(caller: string, key: string, answer: StoredAnswer): Promise<void>;
  /** Forgets up to `limit` keys created before `before`; returns how many. */
  expireIdempotencyKeys(before: Instant, limit: number): Promise<number>;

  /** Events of one migration, or of all visible accounts, oldest first, after the event with that id. */
  events(
    filter: { readonly migrationId?: string; readonly visibleAccounts?: readonly string[] },
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly MigrationEvent[]>;

  /**
   * Whether an event with that id was ever appended here. False: the log is another one, or an earlier state of it, as after the database was
   * restored from a backup or has lost commits in a failover; then nobody can go on after it. Also false for an event that was removed with its
   * migration and has been forgotten.
   */
  hasPlace(eventId: string): Promise<boolean>;

  /** The id of the event that was appended last, of whatever migration, or null. */
  latestEvent(): Promise<string | null>;

  /**
   * Calls `listener` after a migration changed, in this process or (PostgreSQL) in any other. `claimableAt`: from when on a worker may
   * claim it, null when it is held or has nothing to do. Returns how to stop.
   */
  onChange(listener: ChangeListener): () => void;
  /** Whether changes in other processes are heard of at once; they are looked up every few seconds where not. Null where there are none. */
  hearsOthers(): boolean | null;
  /**
   * The clock that all processes on this store share, minus this process's own, in milliseconds. 0 where there is only one process, and while
   * the two differ by less than can be told from the time that an answer takes.
   */
  clockOffset(): number;
  /**
   * Writes down that this process is there and which budgets vendors have slowed down, in milliseconds from now; answers who is there and all slow-downs
   * that are not over. Only where there may be others (`hearsOthers`).
   */
  beat(id: string, now: Instant, times: ReplicaTimes, slowDowns: readonly SlowDown[]): Promise<ReplicaList>;
  /** The process sends nothing any more. */
  part(id: string, now: Instant, times: ReplicaTimes): Promise<void>;
  /** Resolves when the store answers; rejects with `StoreUnavailable`. */
  check(): Promise<void>;
  /** With which versions and keys stored texts are sealed. Counts stop at 10,000, so the cost does not grow with the number of texts. */
  seals(): Promise<readonly SealCount[]>;
  /** Ids of up to `limit` migrations after that id, and of all webhooks, with texts that are sealed otherwise than `mark` says. */
  sealedOtherwise(
    mark: string,
    limit: number,
    after: string,
  ): Promise<{ readonly migrations: readonly string[]; readonly webhooks: readonly string[] }>;
  /** The records that were found unreadable and still are. Lists, claims and event logs pass them over; whatever names one rejects with it. */
  unreadable(): Promise<readonly UnreadableRecord[]>;
  close(): Promise<void>;
}

/**
 * The database cannot be reached or refuses to write (full disk, failover). Nothing of the failed call was stored, unless it is a
 * `StoreOutcomeUnknown`.
 */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}

/** A stored record is not what this program writes: damaged, or changed by something else. The error names its place and nothing of its content. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
  readonly table: string;
  readonly id: string;

  constructor(table: string, id: string, fault: string) {
    super(`the row ${id} of the table ${table} cannot be read: it ${fault}`);
    this.table = table;
    this.id = id;
  }
}

/** The commit was sent and its answer is not known: the failed call may have been stored, whole. */
export class StoreOutcomeUnknown extends StoreUnavailable {
  override readonly name = 'StoreOutcomeUnknown';
}
