import type { Webhook } from '../domain/webhook.ts';
import type { WebhooksTable } from './tables.ts';

/** The webhook as it was stored. `enabled` and `version` live in their columns alone. */
export function readWebhook(row: Omit<WebhooksTable, 'position'>): Webhook {
  return { id: row.id, ...JSON.parse(row.document), enabled: row.enabled === 1, version: row.version };
}

/** The columns that a change of the webhook sets; its place in the event log is not among them. */
export function webhookColumns({
  id: _id,
  enabled,
  version,
  ...document
}: Webhook): Omit<WebhooksTable, 'id' | 'position'> {
  return { document: JSON.stringify(document), enabled: enabled ? 1 : 0, version };
}
