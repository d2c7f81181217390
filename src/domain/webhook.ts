import type { AuditEntry } from './audit.ts';
import type { MigrationEvent } from './event.ts';
import type { Instant } from './migration.ts';
import type { IdempotencyKey, IdempotencyRecord } from './store.ts';
import type { EventType } from './vocabulary.ts';

/** A receiver of events, and the events that it gets. */
export interface Webhook {
  readonly id: string;
  /** The whole URL is sealed, because path and query may grant access; `display` is its origin. The host is resolved at every delivery. */
  readonly url: { readonly display: string; readonly sealed: string };
  readonly description: string | null;
  /** Empty: every type. */
  readonly eventTypes: readonly EventType[];
  /** Accounts whose events are sent; `*` means all. At most those that the caller was granted when the list was set. */
  readonly accounts: readonly string[];
  /** The signing secret, encrypted. */
  readonly sealedSecret: string;
  /** The previous secret, which also signs messages until `until`. */
  readonly previousSecret?: { readonly sealed: string; readonly until: Instant } | null;
  /** Digests of idempotency key and request of the last rotation. A repeated request does not rotate again. */
  readonly rotatedBy?: { readonly key: string; readonly fingerprint: string } | null;
  /** Additional headers of each message: their names, and names and values as one sealed JSON text. */
  readonly headers?: { readonly names: readonly string[]; readonly sealed: string } | null;
  /** Additional trusted certificate authorities (PEM) for the receiver. */
  readonly caCertificates?: string | null;
  readonly enabled: boolean;
  /** Why the gateway disabled it; null if it is enabled or a caller disabled it. */
  readonly disabledReason: string | null;
  readonly caller: string;
  /** The kind of caller. Absent in older records. */
  readonly callerKind?: 'key' | 'token' | 'anonymous';
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** From 1, incremented by every change. Part of the entity tag. */
  readonly version: number;
}

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
/** `pending`: not yet attempted, or to be retried. `failed`: abandoned. */
export type DeliveryState = (typeof deliveryStates)[number];

/** The delivery of one event to one webhook. */
export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly event: MigrationEvent;
  readonly state: DeliveryState;
  /** Number of attempts that have ended. */
  readonly attempts: number;
  readonly lastAttemptAt: Instant | null;
  /** HTTP status of the last response; null: there was none. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed, without any part of the response. */
  readonly lastError: string | null;
  /** Time of the next attempt; null: the delivery has ended. */
  readonly dueAt: Instant | null;
  readonly createdAt: Instant;
}

/** A delivery that is leased to this process, with the current webhook. */
export interface ClaimedDelivery {
  readonly delivery: Delivery;
  readonly webhook: Webhook;
}

/** The result of an attempt. */
export type AttemptOutcome = {
  readonly at: Instant;
  readonly status: number | null;
  readonly error: string | null;
} & (
  | { readonly state: 'delivered' | 'failed'; readonly dueAt: null }
  /** `dueAt`: time of the next attempt. */
  | { readonly state: 'pending'; readonly dueAt: Instant }
);

/** The result of the attempt that follows the first `attempts` ones. */
export interface SettledDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly outcome: AttemptOutcome;
}

/** The result of `WebhookStore.createWebhook`. Nothing is stored unless it is `created`. */
export type WebhookCreation =
  | { readonly outcome: 'created' }
  /** The caller has used the key before; the record's `resource` is the webhook. */
  | { readonly outcome: 'key_exists'; readonly record: IdempotencyRecord }
  /** A limit is reached, in total or of this caller. */
  | { readonly outcome: 'too_many' };

/** Maximum numbers of webhooks. */
export interface WebhookLimits {
  readonly inAll: number;
  readonly perCaller: number;
}

/** The persistent state of webhooks. `audit`: stored in the transaction of the change. Methods reject as those of `Store`. */
export interface WebhookStore {
  /** Stores a webhook and the idempotency key in one transaction. It gets the events that are appended from then on. */
  createWebhook(
    webhook: Webhook,
    most: number | WebhookLimits,
    idempotency?: IdempotencyKey,
    audit?: AuditEntry,
  ): Promise<WebhookCreation>;
  /** Null: there is no such webhook. */
  getWebhook(id: string): Promise<Webhook | null>;
  /** Oldest first. `after`: id of the last one of the previous page. `visibleAccounts`: must contain all of a webhook’s accounts; undefined: all. */
  listWebhooks(
    filter: { readonly visibleAccounts?: readonly string[] },
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly Webhook[]>;
  /**
   * Reads, applies `change` and writes in one transaction, and increments `version`. Null: there is no such webhook. `change` must be pure, may run
   * more than once, and returns null for no change; an exception from it rolls back and passes through. Once enabled again, a webhook gets
   * the events appended from then on. Events appended before it was disabled or its selection changed are still delivered by the earlier
   * selection. Deliveries of accounts that it no longer has are deleted.
   */
  updateWebhook(id: string, change: (current: Webhook) => Webhook | null, audit?: AuditEntry): Promise<Webhook | null>;
  /** Deletes a webhook and its deliveries. False: there is no such webhook. An exception from `check` prevents it and passes through. */
  removeWebhook(id: string, check?: (current: Webhook) => void, audit?: AuditEntry): Promise<boolean>;

  /**
   * Makes deliveries, due at once, of events that an enabled webhook selects and has no delivery of: at most `limit` events per webhook. Any
   * number of processes may call it at once; each event becomes one delivery per webhook. `enabled`: whether any webhook is enabled. `more`:
   * whether events are left.
   */
  fanOut(now: Instant, limit: number): Promise<{ readonly enabled: boolean; readonly more: boolean }>;
  /**
   * Leases up to `limit` due deliveries of enabled webhooks for `leaseMs` milliseconds, the longest due first. `roomOf`: maximum per webhook,
   * called once per webhook in the order in which deliveries fell due. After `leaseMs` an unsettled delivery can be claimed again.
   */
  claimDeliveries(
    now: Instant,
    leaseMs: number,
    limit: number,
    roomOf?: (webhook: Webhook) => number,
  ): Promise<readonly ClaimedDelivery[]>;
  /** Stores the results of attempts. A result is ignored if its attempt is already settled or its delivery is unknown. */
  settleDeliveries(settled: readonly SettledDelivery[]): Promise<void>;
  /** Ends the leases of deliveries that were not attempted. Call it only while the lease of the claim is valid. */
  releaseDeliveries(ids: readonly string[]): Promise<void>;
  /** Newest first. `after`: id of the last delivery of the previous page. */
  listDeliveries(
    webhookId: string,
    filter: { readonly state?: DeliveryState },
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly Delivery[]>;
  /** Makes an ended delivery due again with 0 attempts. Null: this webhook has no such delivery. */
  redeliver(webhookId: string, id: string, now: Instant, audit?: AuditEntry): Promise<Delivery | null>;
  /** Deletes deliveries that ended before `before`. Returns the number. */
  forgetDeliveries(before: Instant): Promise<number>;
}
