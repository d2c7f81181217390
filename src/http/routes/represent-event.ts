import type { MigrationEvent } from '../../domain/event.ts';

/** An event as the API shows it, in a list and in a stream. */
export function representEvent(event: MigrationEvent) {
  const { id, migrationId, account, type, at, data } = event;
  return { id, migrationId, account, type, at: new Date(at).toISOString(), data };
}
