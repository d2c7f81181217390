import type { PostgresPoolClient } from 'kysely';
import type { Connection, Submittable } from 'pg';

/** A statement of a batch. `name`: its name as a prepared statement on this connection. */
export interface BatchStatement {
  readonly text: string;
  readonly name: string;
  /** False: the server has prepared it under this name. */
  readonly isNew: boolean;
  readonly values: readonly (string | null)[];
  /** The columns of its rows from an earlier run; null: not known. */
  readonly columns: readonly Column[] | null;
}

/** A result column and the parser of its text. */
export interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** The result of one statement of a batch. */
export interface StatementResult {
  readonly columns: readonly Column[] | null;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

interface Description {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** Returns the parser of a type, by its object id. */
export type ParserOf = (type: number) => (text: string) => unknown;

/**
 * Statements that are sent together and answered together, in one round trip. After a failure the server skips the rest. `pg` runs a batch in
 * place of a query.
 */
export class Batch implements Submittable {
  /** Called once at the end. `pg` wraps it to apply its query timeout. */
  callback: (error: Error | null) => void;
  /** The results of the statements that succeeded, in order. */
  readonly results: StatementResult[] = [];
  readonly statements: readonly BatchStatement[];
  readonly #parserOf: ParserOf;
  #columns: readonly Column[] | null = null;
  #rows: Record<string, unknown>[] = [];

  constructor(statements: readonly BatchStatement[], parserOf: ParserOf, callback: (error: Error | null) => void) {
    this.statements = statements;
    this.#parserOf = parserOf;
    this.callback = callback;
    this.#begin();
  }

  submit(connection: Connection): void {
    connection.stream.cork();
    for (const { text, name, isNew, values, columns } of this.statements) {
      if (isNew) connection.parse({ name, text, types: [] }, true);
      connection.bind({ statement: name, values: [...values] }, true);
      if (columns === null) connection.describe({ type: 'P', name: '' }, true);
      connection.execute({}, true);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: Description): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: this.#parserOf(dataTypeID) }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {};
    for (const [index, { name, parse }] of (this.#columns ?? []).entries()) {
      const text = fields[index] ?? null;
      row[name] = text === null ? null : parse(text);
    }
    this.#rows.push(row);
  }

  handleCommandComplete(): void {
    this.results.push({ columns: this.#columns ?? [], rows: this.#rows });
    this.#begin();
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  #begin(): void {
    this.#columns = this.statements[this.results.length]?.columns ?? null;
    this.#rows = [];
  }
}

/** A pooled connection that also runs batches. */
export interface BatchingClient extends PostgresPoolClient {
  /** Returns the connection to the pool. `destroy`: closes it instead. */
  release(destroy?: boolean): void;
  /** Sends a batch. Rejects as a query would. */
  send(batch: (callback: (error: Error | null) => void) => Batch): Promise<void>;
}

/** Replaces NUL, which PostgreSQL does not allow in text. JSON writes it as an escape, which stays. */
export function withoutNul<T>(parameter: T): T | string {
  return typeof parameter === 'string' && parameter.includes('\0') ? parameter.replaceAll('\0', '\uFFFD') : parameter;
}
