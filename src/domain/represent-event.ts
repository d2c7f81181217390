import type { MigrationEvent } from './event.ts';

/** An event in the form that lists, streams and webhooks show. */
export function representEvent(event: MigrationEvent) {
  const { id, migrationId, account, type, at, data } = event;
  return { id, migrationId, account, type, at: new Date(at).toISOString(), data };
}
