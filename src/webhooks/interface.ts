import type { AuditEntry } from '../domain/audit.ts';
import type { IdempotencyKey } from '../domain/store.ts';
import type { EventType } from '../domain/vocabulary.ts';
import type { Delivery, DeliveryState, Webhook } from '../domain/webhook.ts';

/** A caller's description of a new webhook. */
export interface WebhookRequest {
  readonly url: string;
  readonly description?: string | null;
  /** Default: every type. */
  readonly eventTypes?: readonly EventType[];
  /** Default: all accounts granted to the caller. */
  readonly accounts?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly caCertificates?: string | null;
  readonly enabled?: boolean;
}

/** Headers are merged: null removes one, or all. */
export type WebhookPatch = Partial<Omit<WebhookRequest, 'headers'>> & {
  readonly headers?: Readonly<Record<string, string | null>> | null;
};

/** The caller and its granted accounts; `*` stands for all. */
export interface WebhookCaller {
  /** The audit record to store with the change. */
  readonly audit?: AuditEntry;
  readonly caller: string;
  readonly kind: 'key' | 'token' | 'anonymous';
  readonly accounts: readonly string[];
}

export interface WebhookChange extends WebhookCaller {
  /** The entity tag in `If-Match`, without quotes. A difference is `precondition_failed`. */
  readonly ifMatch?: string;
}

/** A new webhook with its secret: `whsec_` and base64. `replayed`: an earlier request with the same idempotency key created it. */
export interface NewWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
  readonly replayed: boolean;
}

/** A changed webhook. `secret`: the new one, if the change made one; null: unchanged. */
export interface ChangedWebhook {
  readonly webhook: Webhook;
  readonly secret: string | null;
}

/** The result of a test message. */
export interface TestResult {
  readonly delivered: boolean;
  /** HTTP status of the response; null: there was none. */
  readonly status: number | null;
  /** Why it was not delivered, in Godwit's words. */
  readonly error: string | null;
}

/**
 * The webhook operations of the HTTP surface. Every method throws `Problem`: `not_found`, also for a webhook with an account that is not
 * granted to the caller; `forbidden` for such an account in the request; `invalid_request` with a pointer for a URL that must not be
 * called; `encryption_key_required`; `precondition_failed`; `idempotency_key_reused`.
 */
export interface WebhookService {
  create(request: WebhookRequest, caller: WebhookCaller, idempotency?: IdempotencyKey): Promise<NewWebhook>;
  get(id: string, caller: WebhookCaller): Promise<Webhook>;
  /** Oldest first. */
  list(page: { readonly size: number; readonly after?: string }, caller: WebhookCaller): Promise<readonly Webhook[]>;
  /** A URL at another origin gets a new secret, because the holder of the old one must not sign for the new receiver. */
  patch(id: string, patch: WebhookPatch, caller: WebhookChange): Promise<ChangedWebhook>;
  /**
   * Creates a new secret. For `overlapMs` messages also carry a signature with the old one. A repetition with the same idempotency key
   * changes nothing.
   */
  rotateSecret(id: string, overlapMs: number, caller: WebhookChange, idempotency?: IdempotencyKey): Promise<NewWebhook>;
  /** Sends a test message now and returns its outcome. `invalid_state` while another one is being sent. */
  test(id: string, caller: WebhookCaller): Promise<TestResult>;
  remove(id: string, caller: WebhookChange): Promise<void>;
  /** Newest first. */
  deliveries(
    id: string,
    filter: { readonly state?: DeliveryState },
    page: { readonly size: number; readonly after?: string },
    caller: WebhookCaller,
  ): Promise<readonly Delivery[]>;
  /** Makes an ended delivery due again; a pending one stays as it is. */
  redeliver(id: string, deliveryId: string, caller: WebhookCaller): Promise<Delivery>;
}
