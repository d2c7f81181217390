import type { Compilable, Kysely, RawBuilder } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import type { Tables } from './tables.ts';

/** What the two databases do differently inside a statement. */
export interface StatementDialect {
  /** Whether rows are locked one by one (`for update`); without, the one writer has the whole database. */
  readonly rowLocks: boolean;
  /** The present time in milliseconds by the clock that leases go by. `appNow` is what the process believes. */
  leaseClock(appNow: Instant): RawBuilder<number>;
}

/** A value that a statement is given each time that it runs. `row`: of which row, where it is given several; else null. */
class Placeholder {
  readonly name: string;
  readonly row: number | null;

  constructor(name: string, row: number | null) {
    this.name = name;
    this.row = row;
  }
}

/** An object that has a placeholder under each name. */
function placeholders<Values extends object>(row: number | null): Values {
  return new Proxy({}, { get: (_target, name) => new Placeholder(String(name), row) }) as Values;
}

/** The text of a statement for one database, and where its values go. */
export interface CompiledStatement {
  readonly text: string;
  /** In the order of the parameters: the name of a value, or a constant of the statement. */
  readonly parameters: readonly (Placeholder | unknown)[];
}

/**
 * A statement of the hot path: it is built and compiled once for each database, because that takes longer than SQLite takes to run it. Everything
 * else is built by Kysely where it is used.
 */
export class Statement<Values extends object, Row> {
  readonly #build: (db: Kysely<Tables>, values: Values, dialect: StatementDialect) => Compilable<Row>;
  readonly #values: object;
  readonly #compiled = new WeakMap<StatementDialect, CompiledStatement>();

  constructor(
    build: (db: Kysely<Tables>, values: Values, dialect: StatementDialect) => Compilable<Row>,
    values: object,
  ) {
    this.#build = build;
    this.#values = values;
  }

  /** `db`: any connection to a database of that dialect; nothing is sent over it. */
  compiledFor(db: Kysely<Tables>, dialect: StatementDialect): CompiledStatement {
    let compiled = this.#compiled.get(dialect);
    if (compiled === undefined) {
      const { sql, parameters } = this.#build(db, this.#values as Values, dialect).compile();
      compiled = { text: sql, parameters };
      this.#compiled.set(dialect, compiled);
    }
    return compiled;
  }
}

/** A statement whose values are named by the second parameter of `build`. */
export function statement<Values extends object, Row>(
  build: (db: Kysely<Tables>, values: Values, dialect: StatementDialect) => Compilable<Row>,
): Statement<Values, Row> {
  return new Statement(build, placeholders(null));
}

/** Rows that one statement takes at most: it has a text for each number of them. */
const mostRows = 16;

/** Whatever runs a statement. */
interface Runner {
  run<Values extends object>(statement: Statement<Values, unknown>, values: Values): void;
}

/** A statement that is given any number of rows, in their order: how it is run. Without a row nothing is run. */
export function statementOfRows<Row extends object>(
  build: (db: Kysely<Tables>, rows: readonly Row[]) => Compilable<unknown>,
): (runner: Runner, rows: readonly Row[]) => void {
  const byNumber = new Map<number, Statement<readonly Row[], unknown>>();
  const ofRows = (number: number): Statement<readonly Row[], unknown> => {
    const known = byNumber.get(number);
    if (known !== undefined) return known;
    const rows = Array.from({ length: number }, (_, row) => placeholders(row));
    const statement = new Statement<readonly Row[], unknown>(build, rows);
    byNumber.set(number, statement);
    return statement;
  };
  return (runner, rows) => {
    for (let start = 0; start < rows.length; start += mostRows) {
      const portion = rows.slice(start, start + mostRows);
      runner.run(ofRows(portion.length), portion);
    }
  };
}

/** The parameters of one run. */
export function parametersOf<Values extends object>({ parameters }: CompiledStatement, values: Values): unknown[] {
  return parameters.map((each) => {
    if (!(each instanceof Placeholder)) return each;
    const given = each.row === null ? values : (values as readonly object[])[each.row];
    return (given as Record<string, unknown>)[each.name];
  });
}
