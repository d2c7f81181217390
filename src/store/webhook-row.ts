import { UnreadableRecord } from '../domain/store.ts';
import type { Webhook } from '../domain/webhook.ts';
import { sealsIn } from './documents.ts';
import type { WebhooksTable } from './tables.ts';
import { jsonObject } from './unreadable.ts';

/** The webhook in a row. `enabled` and `version` come from their columns. Throws `UnreadableRecord`. */
export function readWebhook(row: Omit<WebhooksTable, 'position' | 'seals'>): Webhook {
  const document = jsonObject('webhooks', row.id, row.document) as Partial<Webhook>;
  const { url, accounts, eventTypes, sealedSecret } = document;
  const whole = typeof url?.sealed === 'string' && Array.isArray(accounts) && Array.isArray(eventTypes);
  if (!whole || typeof sealedSecret !== 'string') throw new UnreadableRecord('webhooks', row.id, 'lacks a member');
  return { ...document, id: row.id, enabled: row.enabled === 1, version: row.version } as Webhook;
}

/** The columns that a webhook determines: all but id and position in the event log. */
export function webhookColumns({
  id: _id,
  enabled,
  version,
  ...document
}: Webhook): Omit<WebhooksTable, 'id' | 'position'> {
  const text = JSON.stringify(document);
  return { document: text, seals: sealsIn(text), enabled: enabled ? 1 : 0, version };
}
