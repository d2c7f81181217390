import type { Generated } from 'kysely';

/** One row per migration: the document, and beside it only what is filtered, scheduled or guarded by. Booleans are 0 and 1. */
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
  /** Milliseconds since the epoch by the clock that leases go by: the database's own on PostgreSQL, the process's on SQLite. */
  lease_until: number | null;
  fence: number;
  version: number;
  occupies_instance: number;
  waits_for_instance: number;
  /** Null also in rows that were last written before there was the column. */
  state_reason: string | null;
  /** Calls whose outcome is not known. */
  unknown_calls: number;
  /** JSON array of the vendor's ids of the migration, its backups and its calls. */
  vendor_ids: string;
  /** Endpoint of the cloud account; null where it is not known. */
  cloud_endpoint: string | null;
  /** The watched folder, as long as the migration is remembered. */
  feed_folder: string | null;
  /** Whether files of it may still be taken. */
  feed_watches: number;
}

/** Watched folders, each once for all migrations that watch it. */
export interface FeedFoldersTable {
  /** Digest over account, region, bucket and prefix. */
  id: string;
  account: string;
  region: string;
  bucket: string;
  prefix: string;
  /** Null: nobody watches it now. */
  due_at: number | null;
  lease_owner: string | null;
  lease_until: number | null;
  failures: number;
  scanned_at: number | null;
}

/** The objects of a watched folder as they were last seen. */
export interface FeedFilesTable {
  folder_id: string;
  object_key: string;
  document: string;
}

/** The vendor's ids of migrations that were removed: what they name at the vendor outlives our record. */
export interface RemovedVendorIdsTable {
  provider: string;
  account: string;
  cloud_endpoint: string | null;
  instance_id: string;
  vendor_id: string;
  /** When the migration last changed: what the vendor has of it is not younger. */
  changed_at: number;
}

/** Backups and calls: one row each, so that a change of one does not rewrite a chain of hundreds. */
export interface PartsTable {
  migration_id: string;
  /** Index in the aggregate's list. */
  position: number;
  document: string;
}

/** A backup's row. `seals`: with which versions and keys its URLs are sealed; null: none is. */
export interface BackupsTable extends PartsTable {
  seals: string | null;
}

export interface LabelsTable {
  migration_id: string;
  key: string;
  value: string;
}

/** What the active migrations hold; see `target.ts`. Rows go when a migration becomes terminal. */
export interface ActiveTargetsTable {
  migration_id: string;
  account: string;
  instance_id: string;
  key: string;
  names_databases: number;
}

export interface EventsTable {
  position: Generated<number>;
  /** 13 hexadecimal digits; null in events that are older than it. */
  salt: string | null;
  migration_id: string;
  account: string;
  type: string;
  at: number;
  data: string;
}

/** Where the events of removed migrations stood. */
export interface RemovedEventsTable {
  position: number;
  salt: string | null;
  at: number;
}

/** An event before it has its position. */
export type EventRow = Omit<EventsTable, 'position' | 'salt'>;

export interface IdempotencyKeysTable {
  /** SHA-256 over caller and key: of one length whatever a caller sends. */
  digest: string;
  document: string;
  created_at: number;
}

/** What was asked for by whom. Rows are added, and completed when what they tell of is answered; none is removed. */
export interface AuditTable {
  position: Generated<number>;
  /** Null in records that are older than it: their place is their id. */
  id: string | null;
  at: number;
  caller: string | null;
  account: string | null;
  /** Not a reference: the record outlives the migration. */
  migration_id: string | null;
  data: string;
}

/** One row per webhook: the document, and beside it only what deliveries are made by. */
export interface WebhooksTable {
  id: string;
  document: string;
  /** As in `BackupsTable`. */
  seals: string | null;
  enabled: number;
  version: number;
  /** Up to this position of the event log its deliveries have been made. */
  position: number;
}

/** The accounts of a webhook's document, to filter by. */
export interface WebhookAccountsTable {
  webhook_id: string;
  account: string;
}

/** One row per event and webhook. It has the whole event, which may be gone by the time that it is delivered. */
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
  /** Null in those that have ended, and only there. */
  due_at: number | null;
  /** By the clock of `MigrationsTable.lease_until`. */
  lease_until: number | null;
  created_at: number;
}

/** Processes that share the database and the vendors' limits; times by the clock of `MigrationsTable.lease_until`. */
export interface ReplicasTable {
  id: string;
  joins_at: number;
  leaves_at: number;
}

/** Slow-downs that all processes go by; times by the clock of `MigrationsTable.lease_until`. */
export interface SlowDownsTable {
  provider: string;
  account: string;
  gate: string;
  budget: string;
  speed: number;
  slowed_at: number;
  paused_until: number;
  /** After that it says nothing any more. */
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
