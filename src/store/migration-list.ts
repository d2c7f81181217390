import { type Kysely, type SqlBool, sql } from 'kysely';
import { earliestId } from '../domain/ids.ts';
import type { Instant, Migration } from '../domain/migration.ts';
import type { KeptMigration, MigrationFilter, PageRequest } from '../domain/store.ts';
import { readMigration } from './documents.ts';
import { mergedRanges, type Range } from './ranges.ts';
import { selectMigrations } from './rows.ts';
import type { SqlDialect } from './session.ts';
import type { MigrationsTable, Tables } from './tables.ts';
import type { UnreadableRecords } from './unreadable.ts';

/** Maximum number of backups and calls per read: a few milliseconds of work. */
const partsAtOnce = 1000;
/** Maximum size of a page in characters of its documents. A larger page ends early. */
const maxCharacters = 4_000_000;
/** Maximum difference between the time in an id and the stored time of creation, in milliseconds: the clock is read once for each. */
const idClockSlackMs = 5_000;

/**
 * `Store.list`. `createdAfter` and `createdBefore` are exclusive, and `name` must match completely. The ids of the page are read first, then its
 * migrations in portions, because chains may be long; those in `kept` are not read. Unreadable rows are skipped, and later rows take their
 * places. `read` runs one statement.
 */
export async function listMigrations<Kept extends KeptMigration>(
  read: <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>,
  dialect: SqlDialect,
  unreadable: UnreadableRecords,
  filter: MigrationFilter,
  page: PageRequest,
  kept: (id: string, version: number) => Kept | undefined,
): Promise<readonly (Migration | Kept)[]> {
  const found: (Migration | Kept)[] = [];
  let characters = 0;
  for (let { after } = page; ; ) {
    const size = page.size - found.length;
    const wanted = { ...page, size, ...(after !== undefined && { after }) };
    const chosen = await read((db) => pageOfIds(db, dialect, filter, wanted));
    const known = new Map(chosen.map(({ id, version }) => [id, kept(id, version)]));
    for (const ids of portions(chosen)) {
      const missing = ids.filter((id) => known.get(id) === undefined);
      const rows =
        missing.length === 0 ? [] : await read((db) => selectMigrations(db).where('id', 'in', missing).execute());
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const id of ids) {
        const have = known.get(id);
        const row = byId.get(id);
        if (have !== undefined) characters += have.characters;
        else if (row === undefined) continue;
        else characters += row.document.length + (row.backups?.length ?? 0) + (row.calls?.length ?? 0);
        if (found.length > 0 && characters > maxCharacters) return found;
        if (have !== undefined) found.push(have);
        else if (row !== undefined) found.push(...unreadable.readable([row], readMigration));
      }
    }
    after = chosen.at(-1)?.id;
    if (chosen.length < size || found.length === page.size) return found;
  }
}

interface IdRow {
  readonly id: string;
}

interface Chosen extends IdRow {
  readonly version: number;
  /** Number of its backups. */
  readonly parts: number;
}

/** Groups ids so that each group has at most `partsAtOnce` backups. A longer chain is a group of its own. */
function* portions(chosen: readonly Chosen[]): Generator<readonly string[]> {
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

function pageOfIds(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  filter: MigrationFilter,
  page: PageRequest,
): Promise<Chosen[]> {
  const direction = page.order === 'newest_first' ? 'desc' : 'asc';
  const ranges = rangesOf(filter).map((range) => rangeOfIds(db, dialect, range, page));
  return mergedRanges<IdRow, Chosen>(ranges, { by: ['id'], direction, size: page.size }, (ids) =>
    db
      .selectFrom(ids.as('page'))
      .select(({ selectFrom, fn }) => [
        'page.id',
        selectFrom('migrations')
          .whereRef('migrations.id', '=', 'page.id')
          .select('migrations.version')
          .$asScalar()
          .$notNull()
          .as('version'),
        selectFrom('backups')
          .whereRef('backups.migration_id', '=', 'page.id')
          .select(fn.countAll<number>().as('count'))
          .$asScalar()
          .$notNull()
          .as('parts'),
      ])
      .orderBy('page.id', direction)
      .execute(),
  );
}

/** The conditions of one range. `columns`: the most selective first. */
interface RangeFilter {
  readonly columns: readonly (readonly [column: keyof MigrationsTable, values: readonly string[]])[];
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly createdAfter: Instant | undefined;
  readonly createdBefore: Instant | undefined;
}

/**
 * Splits a filter into disjoint index ranges. A label, a name or an instance matches few migrations, so it is one range and the other conditions are
 * checked row by row. Otherwise each pair of account and state is a range.
 */
function rangesOf(filter: MigrationFilter): readonly RangeFilter[] {
  const { provider, region, instanceId, name, createdAfter, createdBefore } = filter;
  const labels = Object.entries(filter.labels ?? {});
  const states = filter.states && [...new Set(filter.states)];
  const accounts = accountsOf(filter);
  if (states?.length === 0 || accounts?.length === 0) return [];
  const narrow = columnsOf({ name: one(name), instance_id: one(instanceId) });
  const wide = columnsOf({ region: one(region), provider: one(provider) });
  const rest = { labels, createdAfter, createdBefore };
  if (labels.length > 0 || narrow.length > 0)
    return [{ ...rest, columns: [...narrow, ...columnsOf({ account: accounts, state: states }), ...wide] }];
  return (accounts ?? [undefined]).flatMap((account) =>
    (states ?? [undefined]).map((state) => ({
      ...rest,
      columns: [...columnsOf({ account: one(account), state: one(state) }), ...wide],
    })),
  );
}

function accountsOf({ account, visibleAccounts }: MigrationFilter): readonly string[] | undefined {
  if (account === undefined) return visibleAccounts && [...new Set(visibleAccounts)];
  return visibleAccounts === undefined || visibleAccounts.includes(account) ? [account] : [];
}

function one(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}

function columnsOf(
  values: {
    readonly [Column in keyof MigrationsTable]?: readonly string[] | undefined;
  },
): RangeFilter['columns'] {
  return Object.entries(values).flatMap(([column, wanted]) =>
    wanted === undefined ? [] : [[column as keyof MigrationsTable, wanted] as const],
  );
}

/** The query for the ids of a range, without order. */
function rangeOfIds(db: Kysely<Tables>, dialect: SqlDialect, filter: RangeFilter, page: PageRequest): Range<IdRow> {
  const { columns, createdAfter, createdBefore } = filter;
  const [label, ...otherLabels] = filter.labels;
  // The index on the label, or on these columns, returns ids in order. Other indexes are excluded.
  const leading = label === undefined ? leadingColumns(columns) : [];
  const { above, below } = idBounds(filter, page);
  const conditions = columns.map(([name, values]) => {
    const column = sql.ref<string>(`page.${name}`);
    return sql<SqlBool>`${leading.includes(name) ? column : dialect.withoutIndex(column)} in (${sql.join(values)})`;
  });
  for (const [key, value] of otherLabels)
    conditions.push(sql`exists (select 1 from labels as other
      where other.migration_id = page.id and other.key = ${key} and other.value = ${value})`);
  if (createdAfter !== undefined) conditions.push(sql`page.created_at > ${createdAfter}`);
  if (createdBefore !== undefined) conditions.push(sql`page.created_at < ${createdBefore}`);
  // For both tables: PostgreSQL may merge-join them, and would read a table without bounds from its end.
  for (const id of [sql.ref('page.id'), ...(label === undefined ? [] : [sql.ref('label.migration_id')])]) {
    if (above !== null) conditions.push(sql`${id} > ${above}`);
    if (below !== null) conditions.push(sql`${id} < ${below}`);
  }
  const rows =
    label === undefined
      ? db.selectFrom('migrations as page').select('page.id')
      : db
          .selectFrom('labels as label')
          .innerJoin('migrations as page', 'page.id', 'label.migration_id')
          .select('label.migration_id as id')
          .where('label.key', '=', label[0])
          .where('label.value', '=', label[1]);
  return conditions.reduce((query, condition) => query.where(condition), rows as Range<IdRow>);
}

/** The columns before the id in the index for a range: account and state together, or the first column alone. */
function leadingColumns(columns: RangeFilter['columns']): readonly string[] {
  const [first, second] = columns.map(([name]) => name);
  if (first === undefined) return [];
  return first === 'account' && second === 'state' ? [first, second] : [first];
}

/** Bounds for the ids of a page, because ids begin with the time of creation. At most one per side, because an index uses only one. */
function idBounds(
  { createdAfter, createdBefore }: RangeFilter,
  { order, after }: PageRequest,
): { readonly above: string | null; readonly below: string | null } {
  const earliest = createdAfter === undefined ? [] : [earliestId('mig', createdAfter - idClockSlackMs)];
  const latest = createdBefore === undefined ? [] : [earliestId('mig', createdBefore + idClockSlackMs)];
  if (after !== undefined) (order === 'newest_first' ? latest : earliest).push(after);
  return { above: earliest.sort().at(-1) ?? null, below: latest.sort()[0] ?? null };
}
