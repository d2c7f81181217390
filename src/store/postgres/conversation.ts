import { Kysely, type PostgresPoolClient } from 'kysely';
import type { SqlDialect } from '../session.ts';
import { parametersOf, type Statement } from '../statement.ts';
import type { Tables } from '../tables.ts';
import {
  Batch,
  type BatchingClient,
  type BatchStatement,
  type Column,
  type ParserOf,
  type StatementResult,
  withoutNul,
} from './batch.ts';
import { PooledPostgresDialect } from './dialect.ts';

/** What a connection's server knows of a statement. */
interface Known {
  readonly name: string;
  readonly columns: readonly Column[] | null;
}

interface Waiting {
  readonly statement: Statement<never, unknown>;
  readonly text: string;
  readonly values: readonly (string | null)[];
  readonly resolve: (rows: StatementResult['rows']) => void;
  readonly reject: (reason: unknown) => void;
}

function nobodyWaits(): void {}

/**
 * The statements of one connection in their order, in as few round trips as they allow: what is only run waits for the next one whose rows are
 * needed, and those that are asked for at once are sent together. What Kysely sends goes by the same order.
 */
export class Conversation {
  /** Kysely over this connection. */
  readonly db: Kysely<Tables>;
  readonly #client: BatchingClient;
  readonly #dialect: SqlDialect;
  readonly #parserOf: ParserOf;
  readonly #known = new Map<Statement<never, unknown>, Known>();
  #names = 0;
  #waiting: Waiting[] = [];
  #sent: Promise<void> = Promise.resolve();
  #scheduled = false;
  /** Why the transaction cannot go on. */
  #failure: unknown = null;

  constructor(client: BatchingClient, dialect: SqlDialect, parserOf: ParserOf) {
    this.#client = client;
    this.#dialect = dialect;
    this.#parserOf = parserOf;
    this.db = new Kysely<Tables>({ dialect: new PooledPostgresDialect({ pool: alone(this.#inOrder()) }) });
  }

  /** The rows of a statement. */
  rows<Values extends object, Row>(statement: Statement<Values, Row>, values: Values): Promise<readonly Row[]> {
    const rows = new Promise<StatementResult['rows']>((resolve, reject) =>
      this.#add(statement, values, resolve, reject),
    );
    if (!this.#scheduled) {
      this.#scheduled = true;
      // What is asked for in the same breath goes along.
      queueMicrotask(() => {
        this.#scheduled = false;
        void this.flush();
      });
    }
    return rows as Promise<readonly Row[]>;
  }

  /** Runs a statement with the next ones. When it fails, they do too. */
  run<Values extends object>(statement: Statement<Values, unknown>, values: Values): void {
    // Whoever waits for the next one hears of its failure.
    this.#add(statement, values, nobodyWaits, nobodyWaits);
  }

  /** Sends all that waits. Resolves when it is answered, whatever the answers. */
  flush(): Promise<void> {
    if (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#sent = this.#sent.then(() => this.#send(batch));
    }
    return this.#sent;
  }

  /** Gives the transaction up, with what of it has not been sent. Rejects when the server cannot be told. */
  async rollBack(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new Error('the transaction was given up'));
    await this.#sent;
    this.#failure = null;
    await this.#client.query('rollback', []);
  }

  #add<Values extends object>(
    statement: Statement<Values, unknown>,
    given: Values,
    resolve: Waiting['resolve'],
    reject: Waiting['reject'],
  ): void {
    const compiled = statement.compiledFor(this.db, this.#dialect);
    const values = parametersOf(compiled, given).map(asText);
    this.#waiting.push({
      statement: statement as Statement<never, unknown>,
      text: compiled.text,
      values,
      resolve,
      reject,
    });
  }

  async #send(waiting: readonly Waiting[]): Promise<void> {
    let results: readonly StatementResult[] = [];
    const fresh = new Map<Statement<never, unknown>, string>();
    const statements = waiting.map((each) => this.#prepared(each, fresh));
    let failure: unknown = null;
    try {
      await this.#client.send((callback) => {
        const batch = new Batch(statements, this.#parserOf, callback);
        results = batch.results;
        return batch;
      });
    } catch (error) {
      failure = error;
      this.#failure ??= error;
    }
    for (const [index, { statement, resolve, reject }] of waiting.entries()) {
      const result = results[index];
      if (result === undefined) reject(failure ?? new Error('a statement was not answered'));
      else {
        const { name = '' } = statements[index] ?? {};
        if (this.#known.get(statement)?.name !== name) this.#known.set(statement, { name, columns: result.columns });
        resolve(result.rows);
      }
    }
  }

  /** A statement that failed may be known to the server or not, so its name is not used again. */
  #prepared({ statement, text, values }: Waiting, fresh: Map<Statement<never, unknown>, string>): BatchStatement {
    const known = this.#known.get(statement);
    if (known !== undefined) return { text, values, name: known.name, isNew: false, columns: known.columns };
    const named = fresh.get(statement);
    const name = named ?? `${/^\w+/.exec(text)?.[0] ?? 'statement'} ${++this.#names}`;
    fresh.set(statement, name);
    return { text, values, name, isNew: named === undefined, columns: null };
  }

  /** The connection for Kysely, whose statements wait for what stands before them. */
  #inOrder(): PostgresPoolClient {
    const query = async (text: string, parameters: readonly unknown[]) => {
      await this.flush();
      // It would only be told that an earlier statement has failed.
      if (this.#failure !== null) throw this.#failure;
      return this.#client.query(text, parameters);
    };
    return {
      // Kysely's second signature is for cursors, which it is not given.
      query: query as unknown as PostgresPoolClient['query'],
      release: () => {},
    };
  }
}

/** A pool of one connection. */
function alone(client: PostgresPoolClient) {
  return { options: {}, connect: async () => client, end: async () => undefined };
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return withoutNul(String(value));
}
