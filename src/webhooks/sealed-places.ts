/** The bindings of a webhook's encrypted texts. A text decrypts only in its own place and webhook. */

export function urlPlace(webhookId: string): string {
  return `webhook-url ${webhookId}`;
}

export function secretPlace(webhookId: string): string {
  return `webhook-secret ${webhookId}`;
}

export function headersPlace(webhookId: string): string {
  return `webhook-headers ${webhookId}`;
}

/** All bindings of a webhook. */
export function placesOfWebhook(webhookId: string): {
  readonly url: string;
  readonly secret: string;
  readonly headers: string;
} {
  return { url: urlPlace(webhookId), secret: secretPlace(webhookId), headers: headersPlace(webhookId) };
}
