import type { MigrationEvent } from './event.ts';

/** An event as it is shown, in a list, in a stream and to a webhook. */
export function representEvent(event: MigrationEvent) {
  const { id, migrationId, account, type, at, data } = event;
  return { id, migrationId, account, type, at: new Date(at).toISOString(), data };
}
