import type { AuditEntry } from '../domain/audit.ts';
import type { IdempotencyKey } from '../domain/store.ts';
import type { EventType } from '../domain/vocabulary.ts';
import type { Delivery, DeliveryState, Webhook } from '../domain/webhook.ts';

/** The request for a new webhook. */
export interface WebhookRequest {
  readonly url: string;
  readonly description?: string | null;
  /** Default: every type. */
  readonly eventTypes?: readonly EventType[];
  /** Default: all accounts that the caller may use. */
  readonly accounts?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly caCertificates?: string | null;
  readonly enabled?: boolean;
}

/** Changes of a webhook; absent members stay. `headers` is merged: null removes one header, or all. */
export type WebhookPatch = Partial<Omit<WebhookRequest, 'headers'>> & {
  readonly headers?: Readonly<Record<string, string | null>> | null;
};

/** The caller. `accounts`: those that it may use; `*` means all. */
export interface WebhookCaller {
  /** The audit record to store with the change. */
  readonly audit?: AuditEntry;
  readonly caller: string;
  readonly kind: 'key' | 'token' | 'anonymous';
  readonly accounts: readonly string[];
}

/** The caller of a conditional change. */
export interface WebhookChange extends WebhookCaller {
  /** The entity tag in `If-Match`, without quotes. If it does not match: problem `precondition_failed`. */
  readonly ifMatch?: string;
}

/**
 * A webhook with its secret (`whsec_` and base64). `replayed`: an earlier request with the same idempotency key created it, or rotated the
 * secret.
 */
export interface NewWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
  readonly replayed: boolean;
}

/** A changed webhook. `secret`: the new secret if the change made one; otherwise null. */
export interface ChangedWebhook {
  readonly webhook: Webhook;
  readonly secret: string | null;
}

/** The result of a test message. */
export interface TestResult {
  readonly delivered: boolean;
  /** HTTP status of the response; null: there was none. */
  readonly status: number | null;
  /** Why it was not delivered, without any part of the response; null: it was. */
  readonly error: string | null;
}

/**
 * The webhook operations of the HTTP surface. Methods reject with `StoreUnavailable`, and with these problems: `not_found`, also if the caller
 * may not use all accounts of the webhook; `forbidden` and `unknown_account` for an account in the request; `invalid_request` for a URL,
 * header or certificate that is not allowed; `invalid_state` if a limit is reached; `encryption_key_required`; `precondition_failed`;
 * `idempotency_key_reused`.
 */
export interface WebhookService {
  create(request: WebhookRequest, caller: WebhookCaller, idempotency?: IdempotencyKey): Promise<NewWebhook>;
  get(id: string, caller: WebhookCaller): Promise<Webhook>;
  /** Oldest first. `after`: id of the last webhook of the previous page. */
  list(page: { readonly size: number; readonly after?: string }, caller: WebhookCaller): Promise<readonly Webhook[]>;
  /** If the URL moves to another origin, a new secret is made, because the holder of the old one must not sign for the new receiver. */
  patch(id: string, patch: WebhookPatch, caller: WebhookChange): Promise<ChangedWebhook>;
  /**
   * Makes a new secret. For `overlapMs` milliseconds messages are also signed with the old one. A repetition with the same idempotency key changes
   * nothing.
   */
  rotateSecret(id: string, overlapMs: number, caller: WebhookChange, idempotency?: IdempotencyKey): Promise<NewWebhook>;
  /** Sends a test message and returns its result. Problem `invalid_state` while another one is being sent. */
  test(id: string, caller: WebhookCaller): Promise<TestResult>;
  remove(id: string, caller: WebhookChange): Promise<void>;
  /** Newest first. `after`: id of the last delivery of the previous page. */
  deliveries(
    id: string,
    filter: { readonly state?: DeliveryState },
    page: { readonly size: number; readonly after?: string },
    caller: WebhookCaller,
  ): Promise<readonly Delivery[]>;
  /** Makes an ended delivery due again. A pending one stays unchanged. */
  redeliver(id: string, deliveryId: string, caller: WebhookCaller): Promise<Delivery>;
}
