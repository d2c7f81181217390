import type { Instant } from './migration.ts';

/** A record of a requested change: caller, resource and outcome. It holds no secret and nothing of the body but the target. */
export interface AuditRecord {
  readonly id: string;
  readonly at: Instant;
  /** Name of the key, or issuer and subject of the token as `<issuer>#<subject>`; null: the request had no valid credentials. */
  readonly caller: string | null;
  /** Address of the client as reported by configured proxies, else of the peer; `several` in a record of several addresses. */
  readonly remoteAddress: string;
  /** Operation id of the contract; null: no operation has this method and path. */
  readonly operation: string | null;
  readonly method: string;
  readonly account: string | null;
  readonly instanceId: string | null;
  readonly migrationId: string | null;
  readonly webhookId: string | null;
  /** Null: the change was stored, and its process ended before the answer was. */
  readonly status: number | null;
  /** `ok`, the problem code of the refusal, or `stored` while there is no answer. */
  readonly outcome: string;
  /** Of a record that stands for many: of the last of them. */
  readonly requestId: string;
  /** Whether the answer repeats the first one for the idempotency key; the request then had no effect. */
  readonly replayed: boolean;
  /** How many requests the record stands for: 1, unless refusals came in a flood. */
  readonly count: number;
}

/** A record to write. With an `id` it completes the record that was stored with the change, if there is one. */
export type NewAuditRecord = Omit<AuditRecord, 'id'> & { readonly id?: string };

/** A record to write in the transaction of a change. Account, instance and id of what is changed are filled in from what is stored. */
export type AuditEntry = AuditRecord;

export interface AuditFilter {
  readonly caller?: string;
  readonly migrationId?: string;
  /** Not older than this. */
  readonly since?: Instant;
  /** Accounts that the reader may see; undefined: all, and what concerns no account. */
  readonly visibleAccounts?: readonly string[];
}

/** The record of changes that were asked for. Nothing of it is taken away. Rejects with `StoreUnavailable`. */
export interface AuditLog {
  appendAudit(record: NewAuditRecord): Promise<void>;
  /** Newest first. `after`: id of the last record of the page before. */
  listAudit(
    filter: AuditFilter,
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly AuditRecord[]>;
  /** What a migration is about; null: there is none. */
  placeOf(migrationId: string): Promise<{ readonly account: string; readonly instanceId: string } | null>;
}
