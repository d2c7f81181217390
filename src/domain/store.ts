import type { AuditEntry } from './audit.ts';
import type { DueWork } from './due-work.ts';
import type { MigrationEvent } from './event.ts';
import type { Instant, Migration } from './migration.ts';
import type { ReplicaList, ReplicaTimes } from './replicas.ts';
import type { SlowDown } from './slow-downs.ts';
import type { MigrationState, ProviderId } from './vocabulary.ts';

/** Fencing token: proof of a lease. A write with an outdated token is refused, so a paused process cannot overwrite its successor. */
export interface Fence {
  readonly owner: string;
  readonly token: number;
}

/** A claimed migration: leased to the owner in `fence`. */
export interface Claim {
  readonly migration: Migration;
  readonly fence: Fence;
}

/** A lease on a migration. */
export interface HeldLease {
  readonly id: string;
  readonly fence: Fence;
}

/** A lease to take or renew. */
export interface LeaseRequest {
  readonly owner: string;
  readonly now: Instant;
  /** Duration of the lease in milliseconds. It ends then unless it is renewed. */
  readonly leaseMs: number;
}

/** How many migrations a worker can take of one account that first need one kind of work, or of all accounts except some. */
export type ClaimRoom = { readonly limit: number } & (
  | { readonly account: string; readonly work: DueWork }
  | { readonly account: { readonly except: readonly string[] }; readonly work?: undefined }
);

/** The idempotency key of a caller's POST, and a digest of the request. */
export interface IdempotencyKey {
  readonly caller: string;
  readonly key: string;
  /** Hex SHA-256 of method, URL with query, and body as canonical JSON. */
  readonly fingerprint: string;
}

/** The stored response to a request with an idempotency key. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A resource with an id in the API. */
export interface Resource {
  readonly type: 'migration' | 'webhook';
  readonly id: string;
}

/** The stored record of an idempotency key. */
export interface IdempotencyRecord extends IdempotencyKey {
  /** The resource that the request created or changed. */
  readonly resource: Resource;
  /** Null until the first request is answered. */
  readonly answer: StoredAnswer | null;
  /** The process that stored the key. `nobody`: that process is gone, so a missing response never comes. */
  readonly heldBy: 'this_process' | 'another_process' | 'nobody';
  readonly createdAt: Instant;
}

/** The response to a request, and its outcome in the audit. */
export interface SettledAnswer {
  readonly answer: StoredAnswer;
  readonly outcome: string;
}

/** What a request stores in the transaction of its change, besides its idempotency key. */
export interface RequestTrace {
  readonly audit?: AuditEntry;
  /** The response, if the stored migration settles it; it is stored with key and audit record. Pure; may be called more than once. */
  readonly answer?: (stored: Migration) => SettledAnswer | null;
}

/** A request whose change is stored, and whose response a later write may settle. */
export interface OpenRequest {
  /** The key that this process stored with the change. */
  readonly idempotency?: IdempotencyKey;
  readonly audit?: AuditEntry;
  /** See `RequestTrace.answer`. */
  answer(stored: Migration): SettledAnswer | null;
}

/** Members are combined with AND; absent members do not restrict. */
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

/** The size, start and order of a page. */
export interface PageRequest {
  /** From 1 to 200. */
  readonly size: number;
  /** Id of the last item of the previous page; undefined: the first page. Ids sort by creation. */
  readonly after?: string;
  readonly order: 'newest_first' | 'oldest_first';
}

/** A reference to a migration that was read before. `characters`: its contribution to the size of a page. */
export interface KeptMigration {
  readonly id: string;
  readonly characters: number;
}

/** The result of `Store.create`. Nothing is stored unless it is `created`. */
export type CreateResult =
  | { readonly outcome: 'created'; readonly fence: Fence }
  | { readonly outcome: 'target_busy'; readonly migrationId: string }
  /** `occupiesInstance` is true, and another migration occupies the same instance. */
  | { readonly outcome: 'instance_occupied' }
  /** An adopted migration has a vendor id that belongs or belonged to another one, see `Store.vendorIds`. */
  | { readonly outcome: 'ids_taken' }
  /** The caller has used the key before. */
  | { readonly outcome: 'key_exists'; readonly record: IdempotencyRecord };

/** The migration after an update. `released`: whether the lease was released. */
interface Stored {
  readonly migration: Migration;
  readonly released: boolean;
}

/** The result of `Store.update`. */
export type UpdateResult =
  /** `kept`: the response for `settles` is stored too. */
  | ({ readonly outcome: 'updated'; readonly kept?: true } & Stored)
  /** `change` returned null, and nothing was written. */
  | ({ readonly outcome: 'unchanged' } & Stored)
  | { readonly outcome: 'not_found' }
  /** The lease has passed to another owner; nothing was written. */
  | { readonly outcome: 'fenced' }
  /** `occupiesInstance` would become true while another migration occupies the same instance. */
  | { readonly outcome: 'instance_occupied' }
  /** The migration would become active again while another one holds its target. */
  | { readonly outcome: 'target_busy'; readonly migrationId: string }
  | { readonly outcome: 'key_exists'; readonly record: IdempotencyRecord };

/** What an update checks and stores besides the change. */
export interface UpdateOptions {
  /** Refuses the write (`fenced`) unless this is the current fencing token. */
  readonly fence?: Fence;
  /** Renews the lease (with `fence`). */
  readonly renewLease?: LeaseRequest;
  /** Releases the lease (with `fence`): always, or if the function returns true for the stored migration; otherwise renews it. */
  readonly release?: true | ((stored: Migration) => boolean);
  /** Stores this key in the same transaction. */
  readonly idempotency?: IdempotencyKey;
  /** Stores this if the migration changes. */
  readonly trace?: RequestTrace;
  /** Stores the response to this earlier request if the change settles it. */
  readonly settles?: OpenRequest;
}

/** Number of migrations that are equal in these four members, and of their calls with an unknown outcome. */
export interface MigrationCount {
  readonly provider: ProviderId;
  readonly account: string;
  readonly state: MigrationState;
  readonly stateReason: string | null;
  readonly migrations: number;
  readonly unknownOutcomes: number;
}

/** Number of records with texts that are sealed with one version and key. */
export interface SealCount {
  /** Version and key id, such as `v2.AbCdEfGh`. */
  readonly seal: string;
  readonly backups: number;
  readonly webhooks: number;
}

/** A listener for `Store.onChange`. */
export type ChangeListener = (migrationId: string, claimableAt: Instant | null) => void;

/**
 * The persistent state. SQLite and PostgreSQL implement it and pass the same tests. A write is durable when its promise resolves, appends the
 * events of the change (`eventsBetween`) and increments `version`. When the database fails, methods reject with `StoreUnavailable` (nothing
 * was stored) or with `StoreOutcomeUnknown` (it may have been stored).
 */
export interface Store {
  /**
   * Stores a new migration, its first event and the idempotency key in one transaction, and leases it to the caller. With a lease of 0 ms any
   * worker can claim it.
   */
  create(
    migration: Migration,
    lease: LeaseRequest,
    idempotency?: IdempotencyKey,
    trace?: RequestTrace,
  ): Promise<CreateResult>;
  /** Null: there is no such migration. Rejects with `UnreadableRecord` if its record is damaged. */
  get(id: string): Promise<Migration | null>;
  /** The `version` of a migration, much cheaper than reading it; null: there is no such migration. */
  version(id: string): Promise<number | null>;
  /** A page of migrations. It is shorter than requested, but not empty, if it would become very large. Only an empty page is surely the last. */
  list(filter: MigrationFilter, page: PageRequest): Promise<readonly Migration[]>;
  /** The same, but a migration for which `kept` returns something is not read again. */
  list<Kept extends KeptMigration>(
    filter: MigrationFilter,
    page: PageRequest,
    kept: (id: string, version: number) => Kept | undefined,
  ): Promise<readonly (Migration | Kept)[]>;
  /**
   * Reads the migration, applies `change` and writes the result in one transaction. `change` must be pure, may run more than once, and returns
   * null for no change. A `dueAt` in the past wakes a worker. An exception from `change` rolls back and passes through.
   */
  update(id: string, change: (current: Migration) => Migration | null, options?: UpdateOptions): Promise<UpdateResult>;
  /**
   * Deletes a migration with its backups, calls and events. Its vendor ids stay, see `vendorIds`. False: there is no such migration. `check`
   * runs in the same transaction; an exception from it prevents the deletion and passes through.
   */
  remove(id: string, check?: (current: Migration) => void, trace?: RequestTrace): Promise<boolean>;

  /** Leases due migrations without a valid lease, the longest due first: up to the limit of each room, or a total. */
  claim(lease: LeaseRequest, rooms: number | readonly ClaimRoom[]): Promise<readonly Claim[]>;
  /** Renews the leases that still have these tokens, and returns their ids. Does not read the migrations. */
  renewLeases(lease: LeaseRequest, held: readonly HeldLease[]): Promise<ReadonlySet<string>>;
  /** Releases the lease if it still has this token. Does not read the migration. */
  releaseLease(id: string, fence: Fence): Promise<void>;
  /** The earliest `dueAt` of the migrations without a valid lease, or null. */
  nextDue(now: Instant): Promise<Instant | null>;
  /** Counts all migrations, for metrics. The cost grows with their number, so call it rarely. */
  statistics(): Promise<readonly MigrationCount[]>;
  /**
   * Vendor ids that belong or belonged to other migrations on the instance of this one, including ended and deleted ones: those with the same
   * account name, and those of the same cloud account under another name.
   */
  vendorIds(
    migration: Pick<Migration, 'id' | 'provider' | 'account' | 'cloud' | 'target'>,
  ): Promise<ReadonlySet<string>>;
  /** Forgets the positions of up to `limit` events of deleted migrations from before `before`. Returns the number. */
  forgetRemovedEvents(before: Instant, limit: number): Promise<number>;
  /** Forgets up to `limit` vendor ids of deleted migrations that were last changed before `before`. Returns the number. */
  forgetVendorIds(before: Instant, limit: number): Promise<number>;

  /** Id of the active migration that occupies a target of `migration`, or null. Only a write is authoritative. */
  targetHolder(migration: Migration): Promise<string | null>;

  /** The record of a key; null: unknown key. */
  findIdempotencyKey(caller: string, key: string): Promise<IdempotencyRecord | null>;
  /** Stores the response of the first request with a key. */
  completeIdempotencyKey(caller: string, key: string, answer: StoredAnswer): Promise<void>;
  /** Deletes up to `limit` keys from before `before`. Returns the number. */
  expireIdempotencyKeys(before: Instant, limit: number): Promise<number>;

  /** Events of one migration or of all visible accounts, oldest first. `after`: id of the last event of the previous page. */
  events(
    filter: { readonly migrationId?: string; readonly visibleAccounts?: readonly string[] },
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly MigrationEvent[]>;

  /**
   * Whether an event with that id was ever appended to this log. False: the log is another one, or lost the event when the database was
   * restored from a copy or failed over, so a reader cannot continue after it. Also false for a forgotten event of a deleted migration.
   */
  hasPlace(eventId: string): Promise<boolean>;

  /** Id of the latest event of all migrations, or null. */
  latestEvent(): Promise<string | null>;

  /**
   * Calls `listener` after each change of a migration, made by this process or (PostgreSQL) by another. `claimableAt`: from when a worker may
   * claim it; null: it is leased or has no due time. Returns a function that unsubscribes.
   */
  onChange(listener: ChangeListener): () => void;
  /** Whether other processes' changes are notified at once; false: they are polled every few seconds; null: there are no other processes. */
  receivesNotifications(): boolean | null;
  /**
   * The clock shared by all processes of this store minus this process's clock, in milliseconds. 0 with a single process, and while the
   * difference is less than the uncertainty of the measurement.
   */
  clockOffset(): number;
  /**
   * Stores a heartbeat of this process and its slow-downs, with times in milliseconds from now. Returns the list of processes and all
   * slow-downs in force. Only for stores with several processes (`receivesNotifications`).
   */
  beat(id: string, now: Instant, times: ReplicaTimes, slowDowns: readonly SlowDown[]): Promise<ReplicaList>;
  /** Records that this process no longer sends calls. */
  part(id: string, now: Instant, times: ReplicaTimes): Promise<void>;
  /** Resolves when the store answers; rejects with `StoreUnavailable`. */
  check(): Promise<void>;
  /** Counts sealed texts by version and key. Each count stops at 10,000, so the cost has a bound. */
  seals(): Promise<readonly SealCount[]>;
  /** Ids of up to `limit` migrations after `after`, and of all webhooks, with texts that are sealed under another version or key than `mark`. */
  sealedOtherwise(
    mark: string,
    limit: number,
    after: string,
  ): Promise<{ readonly migrations: readonly string[]; readonly webhooks: readonly string[] }>;
  /** Records that were found unreadable and still are. Lists, claims and event logs skip them; methods that name one reject with it. */
  unreadable(): Promise<readonly UnreadableRecord[]>;
  /** Ends all connections. No method may be called afterwards. */
  close(): Promise<void>;
}

/**
 * The database is unreachable or refuses to write (full disk, failover). The failed call stored nothing, unless the error is a
 * `StoreOutcomeUnknown`.
 */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}

/** A stored record is damaged or was changed by another program. The message names its table and id, never its content. */
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

/** A commit was sent, but its outcome is unknown: the whole change is stored, or none of it. */
export class StoreOutcomeUnknown extends StoreUnavailable {
  override readonly name = 'StoreOutcomeUnknown';
}
