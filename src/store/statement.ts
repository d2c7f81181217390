import type { Compilable, Kysely, RawBuilder } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import type { Tables } from './tables.ts';

/** What the databases do differently inside a statement. */
export interface StatementDialect {
  /** Whether single rows are locked (`for update`). Otherwise there is a single writer. */
  readonly rowLocks: boolean;
  /** SQL expression: milliseconds since the epoch by the clock of leases. `appNow`: this process's clock. */
  leaseClock(appNow: Instant): RawBuilder<number>;
}

/** The place of a value in a compiled statement. `row`: the index of the value's row, or null for a statement of one row. */
class Placeholder {
  readonly name: string;
  readonly row: number | null;

  constructor(name: string, row: number | null) {
    this.name = name;
    this.row = row;
  }
}

/** An object that returns a placeholder for each member. */
function placeholders<Values extends object>(row: number | null): Values {
  return new Proxy({}, { get: (_target, name) => new Placeholder(String(name), row) }) as Values;
}

/** A statement compiled for one database. */
export interface CompiledStatement {
  readonly text: string;
  /** In the order of the parameters: placeholders, or constants of the statement. */
  readonly parameters: readonly (Placeholder | unknown)[];
}

/**
 * A frequent statement. It is built and compiled once per database, because that takes longer than SQLite needs to run it. Other statements are
 * built by Kysely where they are used.
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

  /** The compiled form for a dialect. `db`: any connection to such a database; nothing is sent. */
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

/** Makes a statement. `build` gets the values by name as its second parameter. */
export function statement<Values extends object, Row>(
  build: (db: Kysely<Tables>, values: Values, dialect: StatementDialect) => Compilable<Row>,
): Statement<Values, Row> {
  return new Statement(build, placeholders(null));
}

/** A text with parameters as the result of a statement's `build`. */
export function raw<Row>(db: Kysely<Tables>, text: RawBuilder<Row>): Compilable<Row> {
  return { compile: () => text.compile(db) };
}

/** Maximum number of rows per statement, because each number of rows is a statement of its own. */
const maxRows = 16;

/** A session or connection that runs statements. */
interface Runner {
  run<Values extends object>(statement: Statement<Values, unknown>, values: Values): void;
}

/** Makes a function that runs a statement for any number of rows, in their order. Without rows nothing runs. */
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
    for (let start = 0; start < rows.length; start += maxRows) {
      const portion = rows.slice(start, start + maxRows);
      runner.run(ofRows(portion.length), portion);
    }
  };
}

/** The parameters of a statement for one run. */
export function parametersOf<Values extends object>({ parameters }: CompiledStatement, values: Values): unknown[] {
  return parameters.map((each) => {
    if (!(each instanceof Placeholder)) return each;
    const given = each.row === null ? values : (values as readonly object[])[each.row];
    return (given as Record<string, unknown>)[each.name];
  });
}
