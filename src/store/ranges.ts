import { type SelectQueryBuilder, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Maximum number of ranges per statement. SQLite allows 500 members in a compound statement. */
const rangesAtOnce = 50;

/** A query on one index range. */
export type Range<Row> = SelectQueryBuilder<Tables, keyof Tables, Row>;

/** The order and size of a page. `by`: the columns, the first one first. */
export interface PageOrder<Row> {
  readonly by: readonly (keyof Row & string)[];
  readonly direction: 'asc' | 'desc';
  readonly size: number;
}

/**
 * The first rows of several disjoint ranges. The index has each range in the order of the page, so the database merges them and stops after
 * `size` rows. With one condition on a list of values it would sort all rows first.
 */
export async function mergedRanges<Row extends object, Found extends Row = Row>(
  ranges: readonly Range<Row>[],
  order: PageOrder<Row>,
  execute: (query: Range<Row>) => Promise<Found[]>,
): Promise<Found[]> {
  const rows: Found[] = [];
  for (let start = 0; start < ranges.length; start += rangesAtOnce) {
    const [first, ...others] = ranges.slice(start, start + rangesAtOnce);
    if (first === undefined) break;
    let merged = others.reduce((all, range) => all.unionAll(range), first);
    for (const column of order.by) merged = merged.orderBy(sql.ref(column), order.direction);
    rows.push(...(await execute(merged.limit(order.size))));
  }
  return ranges.length > rangesAtOnce ? rows.sort(comparing(order)).slice(0, order.size) : rows;
}

function comparing<Row extends object>({ by, direction }: PageOrder<Row>): (one: Row, other: Row) => number {
  const sign = direction === 'asc' ? 1 : -1;
  return (one, other) => {
    const column = by.find((name) => one[name] !== other[name]);
    if (column === undefined) return 0;
    return one[column] < other[column] ? -sign : sign;
  };
}
