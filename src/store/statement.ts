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

/** A value that a statement is given each time that it runs. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
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
  readonly #compiled = new WeakMap<StatementDialect, CompiledStatement>();

  constructor(build: (db: Kysely<Tables>, values: Values, dialect: StatementDialect) => Compilable<Row>) {
    this.#build = build;
  }

  /** `db`: any connection to a database of that dialect; nothing is sent over it. */
  compiledFor(db: Kysely<Tables>, dialect: StatementDialect): CompiledStatement {
    let compiled = this.#compiled.get(dialect);
    if (compiled === undefined) {
      const values = new Proxy({}, { get: (_target, name) => new Placeholder(String(name)) });
      const { sql, parameters } = this.#build(db, values as Values, dialect).compile();
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
  return new Statement(build);
}

/** The parameters of one run. */
export function parametersOf<Values extends object>({ parameters }: CompiledStatement, values: Values): unknown[] {
  return parameters.map((each) => (each instanceof Placeholder ? values[each.name as keyof Values] : each));
}
