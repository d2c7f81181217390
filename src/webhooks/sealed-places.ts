/** The bindings of the sealed texts of a webhook: neither opens in the place of the other, or of another webhook. */

export function urlPlace(webhookId: string): string {
  return `webhook-url ${webhookId}`;
}

export function secretPlace(webhookId: string): string {
  return `webhook-secret ${webhookId}`;
}

export function headersPlace(webhookId: string): string {
  return `webhook-headers ${webhookId}`;
}

/** All of them. */
export function placesOfWebhook(webhookId: string): {
  readonly url: string;
  readonly secret: string;
  readonly headers: string;
} {
  return { url: urlPlace(webhookId), secret: secretPlace(webhookId), headers: headersPlace(webhookId) };
}
