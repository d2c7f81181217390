import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

type Cell = string | number | null;

/** Runs SQL on a store that no gateway has open. */
interface Sql {
  readonly postgres: boolean;
  all(text: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

async function openSql(url: string): Promise<Sql> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    database.exec('pragma synchronous = off');
    return {
      postgres: false,
      all: async (text) => database.prepare(text).all(),
      close: async () => database.close(),
    };
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    postgres: true,
    all: async (text) => (await client.query(text)).rows as Record<string, unknown>[],
    close: () => client.end(),
  };
}

/** How the copies differ from the original row: per column, an expression over the copy's number `n`. */
type Differences = Readonly<Record<string, string>>;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The id of a copy; copies sort by their number. */
const idOf = (n: string, postgres: boolean): string =>
  postgres ? `'mig_0' || lpad((${n})::text, 25, '0')` : `'mig_0' || printf('%025d', ${n})`;

/**
 * Copies the only migration of a store many times, with its labels and backups. All columns are copied; `differ` overrides some. In a text,
 * `{id}` stands for the copy's id.
 */
export async function multiplyMigration(
  url: string,
  count: number,
  differ: (n: string) => Differences,
  from = 1,
): Promise<void> {
  const sql = await openSql(url);
  try {
    const [original] = await sql.all('select id, instance_id from migrations order by id desc limit 1');
    const id = String(original?.id);
    const instance = quoted(`"instanceId":${JSON.stringify(original?.instance_id)}`);
    const series = sql.postgres
      ? `generate_series(${from}, ${from + count - 1}) as series(n)`
      : `(with recursive s(n) as (select ${from} union all select n + 1 from s where n < ${from + count - 1}) select n from s) as series`;
    const copyOf = idOf('n', sql.postgres);
    for (const [table, key] of [
      ['migrations', 'id'],
      ['labels', 'migration_id'],
      ['backups', 'migration_id'],
      ['calls', 'migration_id'],
      ['active_targets', 'migration_id'],
    ] as const) {
      const [sample] = await sql.all(`select * from ${table} where ${key} = ${quoted(id)} limit 1`);
      if (sample === undefined) continue;
      const differences = differ('n');
      const columns = Object.keys(sample);
      const expressions = columns.map((column) => {
        if (column === key) return copyOf;
        if (Object.hasOwn(differences, column)) return differences[column] ?? column;
        if (column !== 'document') return column;
        const text = sql.postgres ? 'document::text' : 'document';
        const named = `replace(${text}, ${quoted(id)}, ${copyOf})`;
        // The engine reads the instance from the document, and lists read it from the column.
        const placed = differences.instance_id;
        const replaced =
          placed === undefined ? named : `replace(${named}, ${instance}, '"instanceId":"' || (${placed}) || '"')`;
        return sql.postgres ? `cast(${replaced} as json)` : replaced;
      });
      await sql.all(
        `insert into ${table} (${columns.join(', ')}) select ${expressions.join(', ')} from ${table}, ${series} where ${key} = ${quoted(id)}`,
      );
    }
    await sql.all('analyze');
  } finally {
    await sql.close();
  }
}

/** Sets `settledAt` (milliseconds since 1970) on every call of an SQLite store. */
export async function settleCalls(url: string, settledAt: number): Promise<void> {
  const sql = await openSql(url);
  try {
    await sql.all(`update calls set document = json_set(document, '$.settledAt', ${settledAt})`);
  } finally {
    await sql.close();
  }
}

/** Copies the only idempotency key of an SQLite store many times, each used at `createdAt`. */
export async function multiplyKey(url: string, count: number, createdAt: number): Promise<void> {
  const sql = await openSql(url);
  try {
    // Digests are as scattered as real ones.
    await sql.all(
      `insert into idempotency_keys (digest, document, created_at)
        select lower(hex(randomblob(32))), document, ${createdAt} from (select document from idempotency_keys limit 1) as original,
          (with recursive s(n) as (select 1 union all select n + 1 from s where n < ${count}) select n from s) as series`,
    );
  } finally {
    await sql.close();
  }
}

/** Copies the only delivery of a store many times, each due now. */
export async function multiplyDelivery(url: string, count: number, at: number): Promise<void> {
  const sql = await openSql(url);
  try {
    const [sample] = await sql.all('select * from deliveries limit 1');
    if (sample === undefined) throw new Error('there is no delivery');
    const changed: Readonly<Record<string, Cell>> = { state: 'pending', attempts: 0, due_at: at, lease_until: null };
    const columns = Object.keys(sample).filter((column) => column !== 'position');
    const expressions = columns.map((column) => {
      if (column === 'event_position') return `event_position + 1000 * n`;
      if (!Object.hasOwn(changed, column)) return column;
      const value = changed[column] ?? null;
      return value === null ? 'null' : typeof value === 'number' ? String(value) : quoted(value);
    });
    const series = sql.postgres
      ? `generate_series(1, ${count}) as series(n)`
      : `(with recursive s(n) as (select 1 union all select n + 1 from s where n < ${count}) select n from s) as series`;
    await sql.all(
      `insert into deliveries (${columns.join(', ')}) select ${expressions.join(', ')} from (select * from deliveries limit 1) as original, ${series}`,
    );
    await sql.all('analyze');
  } finally {
    await sql.close();
  }
}
