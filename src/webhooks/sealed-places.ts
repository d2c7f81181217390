/** The places to which a webhook's encrypted texts are bound. A text can be decrypted only for its own place. */

/** The place of the URL. */
export function urlPlace(webhookId: string): string {
  return `webhook-url ${webhookId}`;
}

/** The place of the signing secrets. */
export function secretPlace(webhookId: string): string {
  return `webhook-secret ${webhookId}`;
}

/** The place of the custom headers. */
export function headersPlace(webhookId: string): string {
  return `webhook-headers ${webhookId}`;
}

/** All places of a webhook. */
export function placesOfWebhook(webhookId: string): {
  readonly url: string;
  readonly secret: string;
  readonly headers: string;
} {
  return { url: urlPlace(webhookId), secret: secretPlace(webhookId), headers: headersPlace(webhookId) };
}
