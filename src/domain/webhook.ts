import type { AuditEntry } from './audit.ts';
import type { MigrationEvent } from './event.ts';
import type { Instant } from './migration.ts';
import type { IdempotencyKey, IdempotencyRecord } from './store.ts';
import type { EventType } from './vocabulary.ts';

/** The receiver of events, and their selection. */
export interface Webhook {
  readonly id: string;
  /** Path and query may carry rights: the whole URL is sealed, and only its origin is shown. Its name is resolved at every delivery. */
  readonly url: { readonly display: string; readonly sealed: string };
  readonly description: string | null;
  /** Empty: every type. */
  readonly eventTypes: readonly EventType[];
  /** Accounts whose events are sent; `*` stands for all. Never more than the caller who asked for it had a grant for at that time. */
  readonly accounts: readonly string[];
  /** The signing secret, encrypted. */
  readonly sealedSecret: string;
  /** The previous secret, which also signs messages until then. */
  readonly previousSecret?: { readonly sealed: string; readonly until: Instant } | null;
  /** Digests of the idempotency key and of the request of the last rotation, so that repeating it does not rotate again. */
  readonly rotatedBy?: { readonly key: string; readonly fingerprint: string } | null;
  /** Headers of its own that each message carries: their names, and names with values as one sealed JSON text. */
  readonly headers?: { readonly names: readonly string[]; readonly sealed: string } | null;
  /** Certificates (PEM) that its receiver's may be signed by, beside those that are trusted anyway. */
  readonly caCertificates?: string | null;
  readonly enabled: boolean;
  /** Why the gateway disabled it; null if it is enabled or a caller disabled it. */
  readonly disabledReason: string | null;
  readonly caller: string;
  /** How that caller was known; absent in what older versions have stored. */
  readonly callerKind?: 'key' | 'token' | 'anonymous';
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Counts changes, from 1; the entity tag. */
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
  /** Attempts that have ended. */
  readonly attempts: number;
  readonly lastAttemptAt: Instant | null;
  /** HTTP status of the last answer; null: there was none. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed, in Godwit's words; never a part of a response body. */
  readonly lastError: string | null;
  /** Time of the next attempt; null if it has ended. */
  readonly dueAt: Instant | null;
  readonly createdAt: Instant;
}

/** A delivery that this process may attempt now, with the webhook as it is now. */
export interface ClaimedDelivery {
  readonly delivery: Delivery;
  readonly webhook: Webhook;
}

/** What became of an attempt. */
export type AttemptOutcome = {
  readonly at: Instant;
  readonly status: number | null;
  readonly error: string | null;
} & (
  | { readonly state: 'delivered' | 'failed'; readonly dueAt: null }
  /** `dueAt`: when to try again. */
  | { readonly state: 'pending'; readonly dueAt: Instant }
);

/** What became of the attempt after those `attempts`. */
export interface SettledDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly outcome: AttemptOutcome;
}

export type WebhookCreation =
  | { readonly outcome: 'created' }
  /** Another request with the same caller and key is stored already; its `migrationId` is the id of the webhook. */
  | { readonly outcome: 'key_exists'; readonly record: IdempotencyRecord }
  /** The limit of webhooks, in all or of this caller, is reached. */
  | { readonly outcome: 'too_many' };

/** How many webhooks there may be. */
export interface WebhookLimits {
  readonly inAll: number;
  readonly perCaller: number;
}

/** What is remembered of webhooks. `audit`: stored in the transaction of the change. Every method rejects with `StoreUnavailable` when the database fails. */
export interface WebhookStore {
  /** Stores a new webhook, which is sent what is appended to the event log from now on, and the idempotency key, in one transaction. */
  createWebhook(
    webhook: Webhook,
    most: number | WebhookLimits,
    idempotency?: IdempotencyKey,
    audit?: AuditEntry,
  ): Promise<WebhookCreation>;
  getWebhook(id: string): Promise<Webhook | null>;
  /** Oldest first, after the webhook with that id. `visibleAccounts`: only those all of whose accounts are among these; undefined: all. */
  listWebhooks(
    filter: { readonly visibleAccounts?: readonly string[] },
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly Webhook[]>;
  /**
   * Reads, applies `change` and writes, in one transaction, counting `version` up. Null: there is none. `change` may run more than once, returns
   * null when there is nothing to do, and what it throws leaves the webhook and passes through. One that is switched on again is sent what is
   * appended from then on; one that is switched off or wants
   * something else is still sent what was appended before. Deliveries of accounts that it no longer has are forgotten.
   */
  updateWebhook(id: string, change: (current: Webhook) => Webhook | null, audit?: AuditEntry): Promise<Webhook | null>;
  /** Forgets a webhook and its deliveries. False: there is none. */
  removeWebhook(id: string, check?: (current: Webhook) => void, audit?: AuditEntry): Promise<boolean>;

  /**
   * Makes deliveries, due at once, of the events that each enabled webhook wants and has none of yet, at most `limit` events for each. Any number
   * of processes may do it at once; every event becomes one delivery per webhook. Answers whether any webhook is enabled, and whether there
   * is more to do.
   */
  fanOut(now: Instant, limit: number): Promise<{ readonly enabled: boolean; readonly more: boolean }>;
  /**
   * Takes up to `limit` due deliveries of enabled webhooks that nobody holds, for `leaseMs`, the longest due first, and of one webhook at most as many as
   * `roomOf` says, which is asked once for each webhook, in the order in which their deliveries fell due. Not settled by then, they may be taken again.
   */
  claimDeliveries(
    now: Instant,
    leaseMs: number,
    limit: number,
    roomOf?: (webhook: Webhook) => number,
  ): Promise<readonly ClaimedDelivery[]>;
  /** Writes down what became of each attempt, unless somebody has done so since. Ids that are none are passed over. */
  settleDeliveries(settled: readonly SettledDelivery[]): Promise<void>;
  /** Gives claimed deliveries back that were not attempted, while the lease of the claim lasts. */
  releaseDeliveries(ids: readonly string[]): Promise<void>;
  /** Newest first, after the delivery with that id. */
  listDeliveries(
    webhookId: string,
    filter: { readonly state?: DeliveryState },
    page: { readonly size: number; readonly after?: string },
  ): Promise<readonly Delivery[]>;
  /** Makes a delivery that has ended due again, as if it had not been tried. Null: there is none with that id at that webhook. */
  redeliver(webhookId: string, id: string, now: Instant, audit?: AuditEntry): Promise<Delivery | null>;
  /** Forgets deliveries that ended before `before`; answers how many. */
  forgetDeliveries(before: Instant): Promise<number>;
}
