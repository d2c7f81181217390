import type { Instant } from './migration.ts';

/** Record of one requested change: caller, resource and outcome. It holds no secret, and only the target of the request body. */
export interface AuditRecord {
  readonly id: string;
  readonly at: Instant;
  /** Name of the API key, or `<issuer>#<subject>` of the token; null: the request had no valid credentials. */
  readonly caller: string | null;
  /** Client address as configured proxies report it, else the peer's; `several` in a record that stands for several addresses. */
  readonly remoteAddress: string;
  /** Operation id of the contract; null: no operation has this method and path. */
  readonly operation: string | null;
  readonly method: string;
  readonly account: string | null;
  readonly instanceId: string | null;
  readonly migrationId: string | null;
  readonly webhookId: string | null;
  /** HTTP status of the response; null: the change is stored, and the process ended before it responded. */
  readonly status: number | null;
  /** `ok`, the problem code of the refusal, or `stored` until the response is known. */
  readonly outcome: string;
  /** Id of the request; in a record that stands for many requests, of the last one. */
  readonly requestId: string;
  /** Whether the response repeats the first one for the idempotency key. Such a request has no effect. */
  readonly replayed: boolean;
  /** Number of requests that this record stands for. Greater than 1 only for refusals during a flood. */
  readonly count: number;
}

/** A record to append. With an `id` it completes the record that was stored with the change, if there is one. */
export type NewAuditRecord = Omit<AuditRecord, 'id'> & { readonly id?: string };

/** A record to write in the transaction of a change. The store fills in account, instance and id of the changed resource. */
export type AuditEntry = AuditRecord;

/** The selection of audit records. Absent members do not restrict it. */
export interface AuditFilter {
  readonly caller?: string;
  readonly migrationId?: string;
  /** Only records of this time or later. */
  readonly since?: Instant;
  /** Accounts that the reader may see; undefined: all, and records without an account. */
  readonly visibleAccounts?: readonly string[];
}

/** The audit log of requested changes. Records are never removed. Methods reject with `StoreUnavailable`. */
export interface AuditLog {
  /** Appends a record, or completes the one with the same id. */
  appendAudit(record: NewAuditRecord): Promise<void>;
  /** Newest first. `after`: id of the last record of the previous page; an unknown id gives an empty page. */
  listAudit(
    filter: AuditFilter,
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly AuditRecord[]>;
  /** Account and instance of a migration; null: there is no such migration. */
  placeOf(migrationId: string): Promise<{ readonly account: string; readonly instanceId: string } | null>;
}
