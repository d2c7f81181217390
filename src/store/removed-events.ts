import type { Kysely } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import type { EventPlace } from './event-id.ts';
import type { Tables } from './tables.ts';

/**
 * Schema version 0014: the positions of events of deleted migrations. It distinguishes them from lost events, such as the last commits before a
 * failover, whose positions the sequence may have passed too.
 */
export async function removedEventsTable(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('removed_events')
    .addColumn('position', 'bigint', (column) => column.primaryKey())
    .addColumn('salt', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('removed_events_by_age').on('removed_events').column('at').execute();
}

/** Keeps the positions of the events of a migration that this transaction deletes. */
export async function keepRemovedEvents(db: Kysely<Tables>, migrationId: string): Promise<void> {
  await db
    .insertInto('removed_events')
    .columns(['position', 'salt', 'at'])
    .expression(db.selectFrom('events').select(['position', 'salt', 'at']).where('migration_id', '=', migrationId))
    .execute();
}

/** Whether an event that was deleted with its migration had this place. */
export async function stoodAt(db: Kysely<Tables>, { position, salt }: EventPlace): Promise<boolean> {
  const row = await db.selectFrom('removed_events').select('salt').where('position', '=', position).executeTakeFirst();
  return row !== undefined && row.salt === salt;
}

/** `Store.forgetRemovedEvents`. */
export async function forgetRemovedEvents(db: Kysely<Tables>, before: Instant, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('removed_events')
    .where('position', 'in', (query) =>
      query
        .selectFrom('removed_events as old')
        .select('old.position')
        .where('old.at', '<', before)
        .orderBy('old.at')
        .limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
