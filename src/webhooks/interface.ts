import type { AuditEntry } from '../domain/audit.ts';
import type { IdempotencyKey } from '../domain/store.ts';
import type { EventType } from '../domain/vocabulary.ts';
import type { Delivery, DeliveryState, Webhook } from '../domain/webhook.ts';

/** What a caller says of a new webhook. */
export interface WebhookRequest {
  readonly url: string;
  readonly description?: string | null;
  /** Default: every type. */
  readonly eventTypes?: readonly EventType[];
  /** Default: all that the caller has a grant for. */
  readonly accounts?: readonly string[];
  readonly enabled?: boolean;
}

export type WebhookPatch = Partial<WebhookRequest>;

/** Who asks, and for which accounts he has grants; `*` stands for all. */
export interface WebhookCaller {
  /** What the audit is to say of a change when it is stored. */
  readonly audit?: AuditEntry;
  readonly caller: string;
  readonly kind: 'key' | 'token' | 'anonymous';
  readonly accounts: readonly string[];
}

export interface WebhookChange extends WebhookCaller {
  /** From `If-Match`: the entity tag without quotes. A difference is `precondition_failed`. */
  readonly ifMatch?: string;
}

/** A webhook that was just made, with its secret: `whsec_` and base64. `replayed`: by an earlier request with the same idempotency key. */
export interface NewWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
  readonly replayed: boolean;
}

/** A webhook that was changed. `secret`: the new one, where the change has made one; null: it is as it was. */
export interface ChangedWebhook {
  readonly webhook: Webhook;
  readonly secret: string | null;
}

/** What came of a test message. */
export interface TestResult {
  readonly delivered: boolean;
  /** HTTP status of the answer; null: there was none. */
  readonly status: number | null;
  /** Why it was not delivered, in words of ours. */
  readonly error: string | null;
}

/**
 * All that the HTTP surface can ask about webhooks. Every method throws `Problem` for what the caller has to know: `not_found` also for a webhook
 * that sends events of an account without a grant; `forbidden` where such an account is named; `invalid_request` with a pointer for a URL that may not be
 * called; `encryption_key_required`; `precondition_failed`; `idempotency_key_reused`.
 */
export interface WebhookService {
  create(request: WebhookRequest, caller: WebhookCaller, idempotency?: IdempotencyKey): Promise<NewWebhook>;
  get(id: string, caller: WebhookCaller): Promise<Webhook>;
  /** Oldest first. */
  list(page: { readonly size: number; readonly after?: string }, caller: WebhookCaller): Promise<readonly Webhook[]>;
  /** A URL at another origin gets a secret of its own: whoever had the old one must not be able to speak to the new receiver. */
  patch(id: string, patch: WebhookPatch, caller: WebhookChange): Promise<ChangedWebhook>;
  /** Makes a new secret; messages are signed with the old one, too, for `overlapMs`. Repeated with the same idempotency key it does nothing more. */
  rotateSecret(id: string, overlapMs: number, caller: WebhookChange, idempotency?: IdempotencyKey): Promise<NewWebhook>;
  /** Sends a message that says nothing, now, and tells what came of it. `invalid_state` while another one is on its way. */
  test(id: string, caller: WebhookCaller): Promise<TestResult>;
  remove(id: string, caller: WebhookChange): Promise<void>;
  /** Newest first. */
  deliveries(
    id: string,
    filter: { readonly state?: DeliveryState },
    page: { readonly size: number; readonly after?: string },
    caller: WebhookCaller,
  ): Promise<readonly Delivery[]>;
  /** Makes a delivery that has ended due again; one that has not is left as it is. */
  redeliver(id: string, deliveryId: string, caller: WebhookCaller): Promise<Delivery>;
}
