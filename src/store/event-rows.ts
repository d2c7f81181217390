import { eventsBetween, type MigrationEvent } from '../domain/event.ts';
import type { Migration } from '../domain/migration.ts';
import type { Runtime } from '../domain/runtime.ts';
import { eventId } from './event-id.ts';
import { statementOfRows } from './statement.ts';
import type { EventRow, EventsTable } from './tables.ts';
import { jsonObject } from './unreadable.ts';

/** The rows of the events of a change. */
export function eventRows(before: Migration | null, after: Migration): readonly EventRow[] {
  return eventsBetween(before, after).map((event) => ({
    migration_id: event.migrationId,
    account: event.account,
    type: event.type,
    at: event.at,
    data: JSON.stringify(event.data),
  }));
}

/** The row of an event with the random digits of its id. */
export type SaltedEventRow = EventRow & { readonly salt: string };

/** Appends events in their order. The transaction must hold the lock on appending. */
export const insertEvents = statementOfRows((db, rows: readonly SaltedEventRow[]) =>
  db
    .insertInto('events')
    .values(
      rows.map(({ salt, migration_id, account, type, at, data }) => ({ salt, migration_id, account, type, at, data })),
    ),
);

/** Adds random digits to events. */
export function salted(events: readonly EventRow[], runtime: Pick<Runtime, 'randomBytes'>): readonly SaltedEventRow[] {
  const digits = Buffer.from(runtime.randomBytes(7 * events.length)).toString('hex');
  return events.map((event, index) => ({ ...event, salt: digits.slice(14 * index, 14 * index + 13) }));
}

type StoredEvent = Omit<EventsTable, 'position'> & { readonly position: number };

/** The event in a row. Throws `UnreadableRecord`. */
export function readEvent(row: StoredEvent): MigrationEvent {
  const data = jsonObject('events', String(row.position), row.data);
  return { ...eventWithoutData(row), data: data as MigrationEvent['data'] };
}

/** The event without its unreadable data, so that readers of the log can continue. */
export function eventWithoutData(row: StoredEvent): MigrationEvent {
  return {
    id: eventId(row),
    migrationId: row.migration_id,
    account: row.account,
    type: row.type as MigrationEvent['type'],
    at: row.at,
    data: {},
  };
}
