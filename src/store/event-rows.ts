import { eventsBetween, type MigrationEvent } from '../domain/event.ts';
import type { Migration } from '../domain/migration.ts';
import type { Runtime } from '../domain/runtime.ts';
import { eventId } from './event-id.ts';
import { statement } from './statement.ts';
import type { EventRow, EventsTable } from './tables.ts';
import { jsonObject } from './unreadable.ts';

/** The rows of the events that a change is. */
export function eventRows(before: Migration | null, after: Migration): readonly EventRow[] {
  return eventsBetween(before, after).map((event) => ({
    migration_id: event.migrationId,
    account: event.account,
    type: event.type,
    at: event.at,
    data: JSON.stringify(event.data),
  }));
}

/** Appends an event. No other transaction may be appending. */
export const insertEvent = statement((db, row: EventRow & { readonly salt: string }) =>
  db.insertInto('events').values({
    salt: row.salt,
    migration_id: row.migration_id,
    account: row.account,
    type: row.type,
    at: row.at,
    data: row.data,
  }),
);

/** Random digits for an event. */
export function newSalt(runtime: Pick<Runtime, 'randomBytes'>): string {
  return Buffer.from(runtime.randomBytes(7)).toString('hex').slice(0, 13);
}

type StoredEvent = Omit<EventsTable, 'position'> & { readonly position: number };

/** An event as it was stored. Throws `UnreadableRecord`. */
export function readEvent(row: StoredEvent): MigrationEvent {
  const data = jsonObject('events', String(row.position), row.data);
  return { ...eventWithoutData(row), data: data as MigrationEvent['data'] };
}

/** The readable part of an event with unreadable data, so that the log continues. */
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
