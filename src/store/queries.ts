import { type Kysely, type Selectable, sql } from 'kysely';
import type { MigrationEvent } from '../domain/event.ts';
import type { Migration } from '../domain/migration.ts';
import { readMigration } from './documents.ts';
import { eventId, eventPlace } from './event-id.ts';
import { eventWithoutData, readEvent } from './event-rows.ts';
import type { KeptMigrations } from './kept-migrations.ts';
import { mergedRanges } from './ranges.ts';
import { stoodAt } from './removed-events.ts';
import { selectMigrations } from './rows.ts';
import type { SqlDialect } from './session.ts';
import type { EventsTable, Tables } from './tables.ts';
import type { UnreadableRecords } from './unreadable.ts';

/** `Store.get`. For a long chain in the cache it reads only the version. */
export async function findMigration(db: Kysely<Tables>, kept: KeptMigrations, id: string): Promise<Migration | null> {
  if (kept.hasLong(id)) {
    const row = await db.selectFrom('migrations').select(['version', 'due_at']).where('id', '=', id).executeTakeFirst();
    if (row === undefined) return null;
    const known = kept.find(id, row.version);
    if (known !== null) return { ...known, dueAt: row.due_at };
  }
  const row = await selectMigrations(db).where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const migration = readMigration(row);
  kept.keepIfLong(migration);
  return migration;
}

/** The versions of migrations in the order of `ids`; null: there is no such migration. PostgreSQL only. */
export async function findVersions(db: Kysely<Tables>, ids: readonly string[]): Promise<readonly (number | null)[]> {
  const { rows } = await sql<{ id: string; version: number }>`
    select id, version from migrations where id = any(${[...new Set(ids)]}::text[])`.execute(db);
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  return ids.map((id) => versions.get(id) ?? null);
}

/** `Store.events`. An invalid id in `after` gives an empty page. */
export async function listEvents(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  unreadable: UnreadableRecords,
  filter: { readonly migrationId?: string; readonly visibleAccounts?: readonly string[] },
  page: { readonly size: number; readonly after?: string },
): Promise<readonly MigrationEvent[]> {
  if (filter.visibleAccounts?.length === 0) return [];
  const place = page.after === undefined ? null : eventPlace(page.after);
  if (page.after !== undefined && place === null) return [];
  const { migrationId, visibleAccounts } = filter;
  const range = () =>
    db
      .selectFrom('events')
      .selectAll()
      .$if(place !== null, (query) => query.where('position', '>', place?.position ?? 0));
  // One migration has few events, all of one account.
  const ranges =
    migrationId !== undefined
      ? [
          range()
            .where('migration_id', '=', migrationId)
            .$if(visibleAccounts !== undefined, (query) =>
              query.where(({ eb, ref }) => eb(dialect.withoutIndex(ref('account')), 'in', visibleAccounts ?? [])),
            ),
        ]
      : visibleAccounts === undefined
        ? [range()]
        : [...new Set(visibleAccounts)].map((account) => range().where('account', '=', account));
  const order = { by: ['position'], direction: 'asc', size: page.size } as const;
  const rows = await mergedRanges<Selectable<EventsTable>>(ranges, order, (query) => query.execute());
  return rows.map((row) => unreadable.read(() => readEvent(row)) ?? eventWithoutData(row));
}

/** `Store.latestEvent`. */
export async function findLatestEvent(db: Kysely<Tables>): Promise<string | null> {
  const row = await db
    .selectFrom('events')
    .select(['position', 'salt'])
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : eventId(row);
}

/** `Store.hasPlace`. True for a kept event and for one that was deleted with its migration; false if another event has its position. */
export async function hasPlace(db: Kysely<Tables>, id: string): Promise<boolean> {
  const place = eventPlace(id);
  if (place === null) return false;
  const row = await db.selectFrom('events').select('salt').where('position', '=', place.position).executeTakeFirst();
  return row === undefined ? stoodAt(db, place) : row.salt === place.salt;
}

/** Position of the latest event; 0: none. All events up to it are committed, and later ones get higher positions. */
export async function latestPosition(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('events').select('position').orderBy('position', 'desc').limit(1).executeTakeFirst();
  return row?.position ?? 0;
}
