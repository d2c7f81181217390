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

/** What is known of a statement that the server has prepared. */
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
 * Sends the statements of one connection in order, in few round trips. A statement without needed rows waits for the next one whose rows are
 * needed; statements requested at the same time are sent together. Queries of Kysely keep the same order.
 */
export class Conversation {
  /** Kysely on this connection. */
  readonly db: Kysely<Tables>;
  readonly #client: BatchingClient;
  readonly #dialect: SqlDialect;
  readonly #parserOf: ParserOf;
  readonly #known = new Map<Statement<never, unknown>, Known>();
  #names = 0;
  #waiting: Waiting[] = [];
  #sent: Promise<void> = Promise.resolve();
  #scheduled = false;
  /** The first failure of the transaction; null: none. */
  #failure: unknown = null;

  constructor(client: BatchingClient, dialect: SqlDialect, parserOf: ParserOf) {
    this.#client = client;
    this.#dialect = dialect;
    this.#parserOf = parserOf;
    this.db = new Kysely<Tables>({ dialect: new PooledPostgresDialect({ pool: alone(this.#inOrder()) }) });
  }

  /** Runs a statement and returns its rows. */
  rows<Values extends object, Row>(statement: Statement<Values, Row>, values: Values): Promise<readonly Row[]> {
    const rows = new Promise<StatementResult['rows']>((resolve, reject) =>
      this.#add(statement, values, resolve, reject),
    );
    if (!this.#scheduled) {
      this.#scheduled = true;
      // Statements that are requested before this microtask runs join the batch.
      queueMicrotask(() => {
        this.#scheduled = false;
        void this.flush();
      });
    }
    return rows as Promise<readonly Row[]>;
  }

  /** Queues a statement without waiting for it. If it fails, the following ones fail too. */
  run<Values extends object>(statement: Statement<Values, unknown>, values: Values): void {
    // The next statement reports the failure.
    this.#add(statement, values, nobodyWaits, nobodyWaits);
  }

  /** Sends all queued statements. Resolves when they have been answered, successfully or not. */
  flush(): Promise<void> {
    if (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#sent = this.#sent.then(() => this.#send(batch));
    }
    return this.#sent;
  }

  /** Rolls the transaction back and rejects queued statements. Rejects if the rollback fails. */
  async rollBack(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new Error('the transaction was abandoned'));
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

  /** The statement with its prepared name. A failed statement may or may not be prepared, so its name is not used again. */
  #prepared({ statement, text, values }: Waiting, fresh: Map<Statement<never, unknown>, string>): BatchStatement {
    const known = this.#known.get(statement);
    if (known !== undefined) return { text, values, name: known.name, isNew: false, columns: known.columns };
    const named = fresh.get(statement);
    const name = named ?? `${/^\w+/.exec(text)?.[0] ?? 'statement'} ${++this.#names}`;
    fresh.set(statement, name);
    return { text, values, name, isNew: named === undefined, columns: null };
  }

  /** The connection for Kysely. Its queries are sent after the queued statements. */
  #inOrder(): PostgresPoolClient {
    const query = async (text: string, parameters: readonly unknown[]) => {
      await this.flush();
      // The server would only report that an earlier statement failed.
      if (this.#failure !== null) throw this.#failure;
      return this.#client.query(text, parameters);
    };
    return {
      // Kysely's second signature is for cursors, which it does not get here.
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
