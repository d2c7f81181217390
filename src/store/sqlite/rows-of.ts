import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

type Row = Record<string, SQLOutputValue>;

/**
 * What a statement finds, as objects of one shape. Those that Node makes are dictionaries, which live until the next collection of the whole heap: a
 * page of 50 rows then takes half as long again.
 */
export function rowsOf(statement: StatementSync): (parameters: readonly SQLInputValue[]) => Row[] {
  const names = statement.columns().map(({ name }) => name);
  statement.setReturnArrays(true);
  return (parameters) => (statement.all(...parameters) as unknown as readonly SQLOutputValue[][]).map(named);

  function named(values: readonly SQLOutputValue[]): Row {
    const row: Row = {};
    names.forEach((name, place) => {
      row[name] = values[place] ?? null;
    });
    return row;
  }
}
