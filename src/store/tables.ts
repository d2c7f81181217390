import type { Generated } from 'kysely';

/** One row per migration: the document, and columns for filters, scheduling and constraints. Booleans are 0 and 1. */
export interface MigrationsTable {
  id: string;
  document: string;
  provider: string;
  account: string;
  region: string;
  state: string;
  name: string | null;
  instance_id: string;
  created_at: number;
  due_at: number | null;
  /** A `DueWork`. */
  due_work: string;
  lease_owner: string | null;
  /** Milliseconds since the epoch by the clock of leases: the server's on PostgreSQL, the process's on SQLite. */
  lease_until: number | null;
  /** The fencing token. */
  fence: number;
  version: number;
  occupies_instance: number;
  waits_for_instance: number;
  /** Null also in rows that were last written before this column existed. */
  state_reason: string | null;
  /** Number of calls with an unknown outcome. */
  unknown_calls: number;
  /** JSON array of all vendor ids of the migration. */
  vendor_ids: string;
  /** Endpoint of the cloud account; null: unknown. */
  cloud_endpoint: string | null;
  /** Id of the folder that the migration takes or took its files from. */
  feed_folder: string | null;
  /** Whether files of the folder may still be taken. */
  feed_watches: number;
}

/** Watched folders, one row for all migrations that watch the folder. */
export interface FeedFoldersTable {
  /** Digest of account, region, bucket and prefix. */
  id: string;
  account: string;
  region: string;
  bucket: string;
  prefix: string;
  /** Null: no migration watches it. */
  due_at: number | null;
  lease_owner: string | null;
  /** Follows the process's clock on both databases. */
  lease_until: number | null;
  failures: number;
  scanned_at: number | null;
}

/** The objects of a watched folder as last seen. */
export interface FeedFilesTable {
  folder_id: string;
  object_key: string;
  document: string;
}

/** Vendor ids of deleted migrations. What they identify at the vendor outlives the record. */
export interface RemovedVendorIdsTable {
  provider: string;
  account: string;
  cloud_endpoint: string | null;
  instance_id: string;
  vendor_id: string;
  /** Time of the migration's last change. The vendor's objects are not younger. */
  changed_at: number;
}

/** Backups and calls, one row each, so that one change does not rewrite a long chain. */
export interface PartsTable {
  migration_id: string;
  /** Index in the aggregate's list. */
  position: number;
  document: string;
}

/** A backup. `seals`: versions and keys of its sealed URLs, separated by spaces; null: none. */
export interface BackupsTable extends PartsTable {
  seals: string | null;
}

/** The labels of migrations, for filters. */
export interface LabelsTable {
  migration_id: string;
  key: string;
  value: string;
}

/** The targets of active migrations, see `target.ts`. Deleted when the migration ends. */
export interface ActiveTargetsTable {
  migration_id: string;
  account: string;
  instance_id: string;
  key: string;
  names_databases: number;
}

/** The event log, ordered by position. */
export interface EventsTable {
  position: Generated<number>;
  /** 13 hexadecimal digits; null in older events. */
  salt: string | null;
  migration_id: string;
  account: string;
  type: string;
  at: number;
  data: string;
}

/** The positions of events of deleted migrations. */
export interface RemovedEventsTable {
  position: number;
  salt: string | null;
  at: number;
}

/** An event before it has a position. */
export type EventRow = Omit<EventsTable, 'position' | 'salt'>;

/** Idempotency keys with their records as JSON. */
export interface IdempotencyKeysTable {
  /** SHA-256 of caller and key, so that its length is fixed. */
  digest: string;
  document: string;
  created_at: number;
}

/** Audit records of requested changes. They are added and later completed, never deleted. */
export interface AuditTable {
  position: Generated<number>;
  /** Null in older records, whose id is made of the position. */
  id: string | null;
  at: number;
  caller: string | null;
  account: string | null;
  /** Not a foreign key, because the record outlives the migration. */
  migration_id: string | null;
  data: string;
}

/** One row per webhook: the document, and columns for deliveries. */
export interface WebhooksTable {
  id: string;
  document: string;
  /** As in `BackupsTable`. */
  seals: string | null;
  enabled: number;
  version: number;
  /** Deliveries exist for the events up to this position of the log. */
  position: number;
}

/** The accounts in a webhook's document, for filters. */
export interface WebhookAccountsTable {
  webhook_id: string;
  account: string;
}

/** One row per event and webhook. It contains the whole event, which may be deleted before the delivery. */
export interface DeliveriesTable {
  position: Generated<number>;
  webhook_id: string;
  event_position: number;
  account: string;
  event: string;
  state: string;
  attempts: number;
  last_attempt_at: number | null;
  last_status: number | null;
  last_error: string | null;
  /** Null if the delivery has ended, and only then. */
  due_at: number | null;
  /** Follows the clock of leases, see `MigrationsTable.lease_until`. */
  lease_until: number | null;
  created_at: number;
}

/** Processes that share the database and the vendors' limits. Times are of the clock of leases, see `MigrationsTable.lease_until`. */
export interface ReplicasTable {
  id: string;
  joins_at: number;
  leaves_at: number;
}

/** Slow-downs that apply to all processes. Times are of the clock of leases, see `MigrationsTable.lease_until`. */
export interface SlowDownsTable {
  provider: string;
  account: string;
  gate: string;
  budget: string;
  speed: number;
  slowed_at: number;
  paused_until: number;
  /** Afterwards the row has no effect. */
  recovers_at: number;
}

export interface Tables {
  replicas: ReplicasTable;
  slow_downs: SlowDownsTable;
  feed_folders: FeedFoldersTable;
  feed_files: FeedFilesTable;
  audit: AuditTable;
  migrations: MigrationsTable;
  backups: BackupsTable;
  calls: PartsTable;
  labels: LabelsTable;
  active_targets: ActiveTargetsTable;
  removed_vendor_ids: RemovedVendorIdsTable;
  events: EventsTable;
  removed_events: RemovedEventsTable;
  idempotency_keys: IdempotencyKeysTable;
  webhooks: WebhooksTable;
  webhook_accounts: WebhookAccountsTable;
  deliveries: DeliveriesTable;
}
