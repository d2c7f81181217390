import type { Instant } from './migration.ts';
import type { Delivery, Webhook } from './webhook.ts';
import type { DeliveryRepresentation, WebhookRepresentation } from './webhook-schema.ts';

const time = (instant: Instant): string => new Date(instant).toISOString();
const timeOrNull = (instant: Instant | null): string | null => (instant === null ? null : time(instant));

/** A webhook as the API shows it: without its secret, its URL reduced to the origin. */
export function representWebhook(webhook: Webhook): WebhookRepresentation {
  const { id, url, description, eventTypes, accounts, enabled, disabledReason, caller, createdAt, updatedAt } = webhook;
  const { previousSecret = null, headers = null, caCertificates = null } = webhook;
  return {
    id,
    url: url.display,
    description,
    eventTypes: [...eventTypes],
    accounts: [...accounts],
    headerNames: [...(headers?.names ?? [])],
    caCertificates,
    enabled,
    disabledReason,
    previousSecretUntil: timeOrNull(previousSecret === null ? null : previousSecret.until),
    caller,
    createdAt: time(createdAt),
    updatedAt: time(updatedAt),
  };
}

/** A delivery as the API shows it, with the identity of its event. */
export function representDelivery(delivery: Delivery): DeliveryRepresentation {
  const { id, webhookId, event, state, attempts, lastAttemptAt, lastStatus, lastError, dueAt, createdAt } = delivery;
  return {
    id,
    webhookId,
    eventId: event.id,
    eventType: event.type,
    migrationId: event.migrationId,
    account: event.account,
    state,
    attempts,
    lastAttemptAt: timeOrNull(lastAttemptAt),
    lastStatus,
    lastError,
    nextAttemptAt: timeOrNull(dueAt),
    createdAt: time(createdAt),
  };
}
