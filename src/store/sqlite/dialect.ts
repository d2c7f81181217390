import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import { rowsOf } from './rows-of.ts';

/** Maximum number of cached statements. Preparing takes most of a short statement's time; only long value lists need more texts. */
const keptStatements = 256;

/** Kysely on Node's SQLite: one connection, which Kysely gives to one user at a time. */
export class NodeSqliteDialect extends SqliteDialect {
  constructor(database: DatabaseSync) {
    super({ database: adapted(database) });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter();
  }
}

/** Lets Kysely change the schema in a transaction, so that an interrupted change leaves nothing behind. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function adapted(database: DatabaseSync): SqliteDatabase {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  const kept = new Map<string, SqliteStatement>();
  const prepare = (text: string): SqliteStatement => {
    const statement = database.prepare(text);
    const rows = rowsOf(statement);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => rows(values(parameters)),
      run: (parameters) => statement.run(...values(parameters)),
      iterate: (parameters) => rows(values(parameters)).values(),
    };
  };
  return {
    close: () => database.close(),
    prepare: (text) => {
      const statement = kept.get(text) ?? prepare(text);
      // The least recently used statement is removed first.
      kept.delete(text);
      kept.set(text, statement);
      const [oldest] = kept.keys();
      if (kept.size > keptStatements && oldest !== undefined) kept.delete(oldest);
      return statement;
    },
  };
}
