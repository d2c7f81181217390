import type { MigrationEvent } from '../domain/event.ts';
import { representEvent } from '../domain/represent-event.ts';

/** Media type of a CloudEvent in structured mode. */
export const cloudEventMediaType = 'application/cloudevents+json';

/** The body for a receiver: CloudEvents 1.0 in JSON. It is the same at every attempt, byte by byte. */
export function cloudEvent(event: MigrationEvent): string {
  return JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: `/migrations/${event.migrationId}`,
    type: `godwit.${event.type}`,
    subject: event.migrationId,
    time: new Date(event.at).toISOString(),
    datacontenttype: 'application/json',
    data: representEvent(event),
  });
}

/** The body of a test message, which is not an event of the log. */
export function testEvent(id: string, webhookId: string, at: number): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/webhooks/${webhookId}`,
    type: 'godwit.webhook.test',
    subject: webhookId,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { webhookId },
  });
}
