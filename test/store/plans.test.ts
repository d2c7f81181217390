import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuditFilter, AuditLog } from '../../src/domain/audit.ts';
import type { MigrationFilter, Store } from '../../src/domain/store.ts';
import type { WebhookStore } from '../../src/domain/webhook.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import type { Batch } from '../../src/store/postgres/batch.ts';
import { SqlStore } from '../../src/store/sql-store.ts';
import { SqliteBackend } from '../../src/store/sqlite/backend.ts';
import { memory, openFile } from '../../src/store/sqlite/file.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { noon, sampleMigration } from '../support/samples.ts';
import { lease } from './samples.ts';

type AnyStore = Store & AuditLog & WebhookStore;

/** A read, and the column by which its plan must find the rows; null for a read in row order. */
interface Read {
  readonly name: string;
  readonly by: string | null;
  run(store: AnyStore): Promise<unknown>;
}

const rare = { account: 'hw-main', accounts: ['hw-main', 'tc-main', 'none'] } as const;
const filters: readonly (readonly [MigrationFilter, by: string | null])[] = [
  [{}, null],
  [{ provider: 'huawei' }, 'provider'],
  [{ account: rare.account }, 'account'],
  [{ region: 'eu-west-101' }, 'region'],
  [{ states: ['failed'] }, 'state'],
  [{ states: ['failed', 'pending', 'restoring'] }, 'state'],
  [{ instanceId: 'rm-rare' }, 'instance_id'],
  [{ name: 'rare' }, 'name'],
  [{ labels: { team: 'rare' } }, 'key'],
  [{ createdAfter: noon }, 'id'],
  [{ createdBefore: noon }, 'id'],
  [{ createdAfter: noon, createdBefore: noon + 1000 }, 'id'],
  [{ visibleAccounts: [rare.account] }, 'account'],
  [{ visibleAccounts: rare.accounts }, 'account'],
  [{ visibleAccounts: rare.accounts, states: ['failed', 'pending'] }, 'account'],
  [{ name: 'rare', states: ['failed', 'pending'], visibleAccounts: rare.accounts }, 'name'],
  [{ labels: { team: 'rare', stage: 'prod' }, states: ['failed', 'pending'] }, 'key'],
];
const auditFilters: readonly (readonly [AuditFilter, by: string | null])[] = [
  [{}, null],
  [{ since: noon + 10_000_000 }, 'at'],
  [{ caller: 'rare' }, 'caller'],
  [{ migrationId: 'mig_a' }, 'migration_id'],
  [{ visibleAccounts: rare.accounts }, 'account'],
  [{ since: noon, caller: 'rare', visibleAccounts: rare.accounts }, 'caller'],
];
const eventFilters = [
  [{}, null],
  [{ migrationId: 'mig_a' }, 'migration_id'],
  [{ visibleAccounts: rare.accounts }, 'account'],
] as const;

const after = 'mig_2500';
const reads: readonly Read[] = [
  ...filters.flatMap(([filter, by]) =>
    (['newest_first', 'oldest_first'] as const).flatMap((order) => [
      {
        name: `migrations, ${order}: ${JSON.stringify(filter)}`,
        by,
        run: (store: AnyStore) => store.list(filter, { size: 50, order }),
      },
      {
        name: `migrations, ${order}, deep: ${JSON.stringify(filter)}`,
        by: by ?? 'id',
        run: (store: AnyStore) => store.list(filter, { size: 50, order, after }),
      },
    ]),
  ),
  ...auditFilters.flatMap(([filter, by]) => [
    {
      name: `audit: ${JSON.stringify(filter)}`,
      by,
      run: (store: AnyStore) => store.listAudit(filter, { size: 50 }),
    },
    {
      name: `audit, deep: ${JSON.stringify(filter)}`,
      by: by ?? 'at',
      run: (store: AnyStore) => store.listAudit(filter, { size: 50, after: 'aud_a' }),
    },
  ]),
  ...eventFilters.flatMap(([filter, by]) => [
    { name: `events: ${JSON.stringify(filter)}`, by, run: (store: AnyStore) => store.events(filter, { size: 50 }) },
    {
      name: `events, deep: ${JSON.stringify(filter)}`,
      by: by ?? 'position',
      run: (store: AnyStore) => store.events(filter, { size: 50, after: `evt_${'0'.repeat(25)}1` }),
    },
  ]),
  ...[{}, { state: 'failed' as const }].map((filter) => ({
    name: `deliveries: ${JSON.stringify(filter)}`,
    by: 'webhook_id',
    run: (store: AnyStore) => store.listDeliveries('whk_b', filter, { size: 50, after: `dlv_${'0'.repeat(23)}zzz` }),
  })),
  { name: 'what is due next', by: null, run: (store) => store.nextDue(noon) },
  {
    name: 'a claim of one account',
    by: 'account',
    run: (store) => store.claim(lease(), [{ account: 'ali-main', work: 'send', limit: 10 }]),
  },
  {
    name: 'a claim of all other accounts',
    by: 'account',
    run: (store) => store.claim(lease(), [{ account: { except: ['hw-main'] }, limit: 10 }]),
  },
  { name: 'one migration', by: 'id', run: (store) => store.get(after) },
];

/** Many similar rows, so that every filtered value is rare. `json`: the conversion of a text to JSON. */
function filling(series: string, json: (text: string) => string): readonly string[] {
  const { backups, calls: _calls, ...migration } = sampleMigration({ id: '@' });
  const document = json(`replace('${JSON.stringify(migration)}', '@', 'mig_' || n)`);
  const backup = json(`'${JSON.stringify(backups[0])}'`);
  const none = json("'{}'");
  return [
    `insert into migrations (id, document, provider, account, region, state, name, instance_id, created_at, due_at, fence,
      version, occupies_instance, waits_for_instance, vendor_ids)
      select 'mig_' || n, ${document}, 'alibaba', 'ali-main', 'cn-hangzhou', 'succeeded', 'orders', 'rm-' || n % 10, n, n,
      1, 1, 0, 0, ${json("'[]'")} from ${series}`,
    `insert into labels (migration_id, key, value) select 'mig_' || n, 'team', 'orders' from ${series}`,
    `insert into backups (migration_id, position, document) select 'mig_' || n, 0, ${backup} from ${series}`,
    `insert into events (migration_id, account, type, at, data)
      select 'mig_' || n, 'ali-main', 'migration.created', n, ${none} from ${series}`,
    `insert into audit (id, at, caller, account, migration_id, data)
      select case n when 2500 then 'aud_a' else 'aud_' || n end, n, 'ci', 'ali-main', 'mig_' || n, ${none} from ${series}`,
    `insert into webhooks (id, document, enabled, version, position)
      values ('whk_a', ${none}, 1, 1, 0), ('whk_b', ${none}, 1, 1, 0)`,
    `insert into deliveries (webhook_id, event_position, account, event, state, attempts, due_at, created_at)
      select 'whk_a', n, 'ali-main', ${none}, 'pending', 0, n, n from ${series}`,
    `insert into deliveries (webhook_id, event_position, account, event, state, attempts, created_at)
      select 'whk_b', n, 'ali-main', ${none}, 'delivered', 0, n from ${series}`,
  ];
}

describe('SQLite', () => {
  const file = openFile(memory);
  const prepare = file.database.prepare.bind(file.database);
  const prepared: string[] = [];
  beforeAll(async () => {
    await SqliteBackend.open(file, systemRuntime, () => {});
    const numbers = 'with recursive n(n) as (select 1 union all select n + 1 from n where n < 5000) select n from n';
    for (const text of filling(`(${numbers})`, (json) => json)) file.database.exec(text);
    file.database.prepare = (text) => {
      prepared.push(text);
      return prepare(text);
    };
  });
  afterAll(() => file.database.close());

  it.each(reads)('uses an index: $name', async ({ by, run }) => {
    // A separate backend prepares every statement anew.
    const store = new SqlStore(await SqliteBackend.open(file, systemRuntime, () => {}));
    prepared.splice(0);
    await run(store);
    const steps = prepared
      .flatMap((text) => prepare(`explain query plan ${text}`).all())
      .map((row) => String(row.detail));
    // Sorting the parts of one migration and scanning the result of a subquery are allowed.
    const sorts = (step: string) => step.includes('TEMP B-TREE') && !step.includes('string_agg');
    const scans = (step: string) => by !== null && /^SCAN (?!page$|due$|kinds$|\(?subquery|CONSTANT)/.test(step);
    expect(steps.filter((step) => sorts(step) || scans(step))).toEqual([]);
    if (by !== null) expect(steps.join()).toMatch(new RegExp(`[( ]${by === 'position' ? 'rowid' : by}[=<>]`));
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

const postgres = await findPostgres();
const reason = postgres.available ? '' : ` (skipped: ${postgres.reason})`;

describe.skipIf(!postgres.available)(`PostgreSQL${reason}`, () => {
  let server: PostgresServer;
  let store: AnyStore;
  let admin: Client;
  beforeAll(async () => {
    if (!postgres.available) return;
    let url = '';
    server = await postgres.start(async (template) => {
      url = template;
    });
    store = await openStore(url, { runtime: systemRuntime });
    admin = new Client({ connectionString: url });
    await admin.connect();
    for (const text of filling('generate_series(1, 5000) as n', (json) => `cast(${json} as json)`))
      await admin.query(text);
    await admin.query('analyze');
    // The planner uses an index that yields the rows in order, where one exists.
    await admin.query('set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off');
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    await admin?.end();
    await server?.stop();
  }, 120_000);

  it.each(reads)('uses an index: $name', async ({ by, run }) => {
    const query = vi.spyOn(Client.prototype, 'query');
    const sent: [text: string, values: unknown[]][] = [];
    try {
      await run(store);
      for (const [asked, values] of query.mock.calls as unknown as [string | Batch, unknown[]][])
        if (typeof asked === 'string') sent.push([asked, values]);
        else sent.push(...asked.statements.map(({ text, values }): (typeof sent)[number] => [text, [...values]]));
    } finally {
      query.mockRestore();
    }
    const planned = sent.filter(([text]) => /^(select|with)/.test(text));
    expect(planned).not.toEqual([]);
    const nodes: PlanNode[] = [];
    for (const [text, values] of planned) {
      const { rows } = await admin.query(`explain (format json) ${text}`, values);
      nodes.push(...nodesOf(rows[0]['QUERY PLAN'][0].Plan));
    }
    const faults = nodes.filter((node) => {
      if (node['Node Type'] === 'Seq Scan') return true;
      return node['Node Type'].includes('Sort') && node.Plans?.some((below) => below['Relation Name'] !== undefined);
    });
    expect(faults).toEqual([]);
    if (by !== null)
      expect(nodes.map((node) => node['Index Cond'] ?? '').join()).toMatch(
        new RegExp(`\\b${by}\\b[^,]* [=<>]|ROW\\(${by},`),
      );
  });
});

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
