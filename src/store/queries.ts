import { type Kysely, sql } from 'kysely';
import type { MigrationEvent } from '../domain/event.ts';
import type { Migration } from '../domain/migration.ts';
import type { MigrationFilter, PageRequest } from '../domain/store.ts';
import { readMigration } from './documents.ts';
import { eventId, eventPlace } from './event-id.ts';
import { eventWithoutData, readEvent, selectMigrations } from './rows.ts';
import type { SqlDialect } from './session.ts';
import type { Tables } from './tables.ts';
import type { UnreadableRecords } from './unreadable.ts';

export async function findMigration(db: Kysely<Tables>, id: string): Promise<Migration | null> {
  const row = await selectMigrations(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : readMigration(row);
}

/** The versions of those migrations that exist. */
export async function findVersions(db: Kysely<Tables>, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; version: number }>`
    select id, version from migrations where id = any(${ids}::text[])`.execute(db);
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** Backups and calls that are read at a time: a few milliseconds of work. */
const partsAtOnce = 1000;
/** A page ends early rather than be larger than this, in characters of the documents that it is made from. */
const maxCharacters = 4_000_000;

/**
 * `Store.list`: bounds of `createdAfter` and `createdBefore` are exclusive; `name` is the whole name. The page is chosen first; then its migrations
 * are read in portions, since chains may be long. A row that cannot be read is passed over, and the page is filled up with those behind it. `read`
 * runs one statement.
 */
export async function listMigrations(
  read: <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>,
  unreadable: UnreadableRecords,
  filter: MigrationFilter,
  page: PageRequest,
): Promise<readonly Migration[]> {
  if (filter.visibleAccounts?.length === 0 || filter.states?.length === 0) return [];
  const found: Migration[] = [];
  let characters = 0;
  for (let { after } = page; ; ) {
    const size = page.size - found.length;
    const wanted = { ...page, size, ...(after !== undefined && { after }) };
    const chosen = await read((db) => pageOfIds(db, filter, wanted).execute());
    for (const ids of portions(chosen)) {
      const rows = await read((db) => selectMigrations(db).where('id', 'in', ids).execute());
      for (const row of rows.sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id))) {
        characters += row.document.length + (row.backups?.length ?? 0) + (row.calls?.length ?? 0);
        if (found.length > 0 && characters > maxCharacters) return found;
        found.push(...unreadable.readable([row], readMigration));
      }
    }
    after = chosen.at(-1)?.id;
    if (chosen.length < size || found.length === page.size) return found;
  }
}

/** Ids of migrations that have few parts together; of one that has many, alone. */
function* portions(chosen: readonly { readonly id: string; readonly parts: number }[]): Generator<readonly string[]> {
  let portion: string[] = [];
  let parts = 0;
  for (const each of chosen) {
    if (portion.length > 0 && parts + Number(each.parts) > partsAtOnce) {
      yield portion;
      portion = [];
      parts = 0;
    }
    portion.push(each.id);
    parts += Number(each.parts) + 1;
  }
  if (portion.length > 0) yield portion;
}

function pageOfIds(db: Kysely<Tables>, filter: MigrationFilter, page: PageRequest) {
  const newestFirst = page.order === 'newest_first';
  let query = db
    .selectFrom('migrations as page')
    .select(({ selectFrom, fn }) => [
      'page.id',
      selectFrom('backups')
        .whereRef('backups.migration_id', '=', 'page.id')
        .select(fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('parts'),
    ])
    .orderBy('page.id', newestFirst ? 'desc' : 'asc')
    .limit(page.size);
  if (page.after !== undefined) query = query.where('page.id', newestFirst ? '<' : '>', page.after);
  if (filter.provider !== undefined) query = query.where('page.provider', '=', filter.provider);
  if (filter.account !== undefined) query = query.where('page.account', '=', filter.account);
  if (filter.region !== undefined) query = query.where('page.region', '=', filter.region);
  if (filter.states !== undefined) query = query.where('page.state', 'in', filter.states);
  if (filter.instanceId !== undefined) query = query.where('page.instance_id', '=', filter.instanceId);
  if (filter.name !== undefined) query = query.where('page.name', '=', filter.name);
  if (filter.createdAfter !== undefined) query = query.where('page.created_at', '>', filter.createdAfter);
  if (filter.createdBefore !== undefined) query = query.where('page.created_at', '<', filter.createdBefore);
  if (filter.visibleAccounts !== undefined) query = query.where('page.account', 'in', filter.visibleAccounts);
  for (const [key, value] of Object.entries(filter.labels ?? {}))
    query = query.where((where) =>
      where.exists(
        where
          .selectFrom('labels')
          .select('labels.key')
          .whereRef('labels.migration_id', '=', 'page.id')
          .where('labels.key', '=', key)
          .where('labels.value', '=', value),
      ),
    );
  return query;
}

/** `Store.events`. A text after which no event can stand gives nothing. */
export async function listEvents(
  db: Kysely<Tables>,
  unreadable: UnreadableRecords,
  filter: { readonly migrationId?: string; readonly visibleAccounts?: readonly string[] },
  page: { readonly size: number; readonly after?: string },
): Promise<readonly MigrationEvent[]> {
  if (filter.visibleAccounts?.length === 0) return [];
  let query = db.selectFrom('events').selectAll().orderBy('position').limit(page.size);
  if (page.after !== undefined) {
    const place = eventPlace(page.after);
    if (place === null) return [];
    query = query.where('position', '>', place.position);
  }
  if (filter.migrationId !== undefined) query = query.where('migration_id', '=', filter.migrationId);
  if (filter.visibleAccounts !== undefined) query = query.where('account', 'in', filter.visibleAccounts);
  return (await query.execute()).map((row) => unreadable.read(() => readEvent(row)) ?? eventWithoutData(row));
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

/** `Store.hasPlace`. What was removed with its migration was here; what another event has taken, or nobody has reached yet, was not. */
export async function hasPlace(db: Kysely<Tables>, dialect: SqlDialect, id: string): Promise<boolean> {
  const place = eventPlace(id);
  if (place === null) return false;
  const row = await db.selectFrom('events').select('salt').where('position', '=', place.position).executeTakeFirst();
  if (row !== undefined) return row.salt === place.salt;
  return place.position <= (await dialect.lastEventPosition(db));
}

/** The position of the event that was appended last; 0: there is none. All up to it are committed, and whatever is appended later stands after it. */
export async function latestPosition(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('events').select('position').orderBy('position', 'desc').limit(1).executeTakeFirst();
  return row?.position ?? 0;
}
