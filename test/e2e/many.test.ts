import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway } from '../support/gateway.ts';

let sandbox: Sandbox;
let gateway: Gateway;
const keys = [
  { name: 'all', accounts: ['*'] },
  { name: 'other', accounts: ['sandbox-huawei'] },
].map(({ name, accounts }) => ({
  name,
  accounts,
  sha256: createHash('sha256').update(`secret-of-${name}`).digest('hex'),
  scopes: ['admin'],
}));
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  gateway = await startTestGateway(sandboxAccounts(sandbox), {
    config: { auth: { keys, publicDocs: true }, feed: { scanMs: 60 } },
  });
});
afterAll(async () => {
  await gateway.stop(1000);
  await sandbox.close();
});

interface Item {
  readonly status: number;
  readonly migrationId?: string;
  readonly migration?: {
    readonly id: string;
    readonly state: string;
    readonly labels: object;
    readonly target: { readonly databases: readonly { readonly name: string }[] };
  };
  readonly problem?: { readonly code: string };
  readonly target: { readonly instanceId: string; readonly databases?: readonly { readonly name: string }[] };
  readonly dryRun?: { readonly valid: boolean };
}
async function post(path: string, body: unknown, headers: Record<string, string> = {}, key = 'all') {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': `secret-of-${key}`, ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { items: readonly Item[]; code?: string; errors?: { pointer: string }[] };
  return { status: response.status, body: answer };
}
const get = async (path: string) =>
  (await (await fetch(`${gateway.url}${path}`, { headers: { 'x-api-key': 'secret-of-all' } })).json()) as {
    items: readonly { operation: string; migrationId: string | null; status: number }[];
  };
const creation = (database: string, instanceId: string, more: object = {}) => ({
  provider: 'alibaba',
  account: 'sandbox-alibaba',
  mode: 'full_log',
  target: { instanceId, databases: [{ name: database }] },
  source: { type: 'object_storage', bucket: 'acme', keys: [`many/${database}.bak`] },
  ...more,
});
const statuses = (items: readonly Item[]) => items.map(({ status }) => status);

describe('a batch of creations', () => {
  const instance = 'rm-batch0000001';
  const batch = {
    labels: { wave: 'first' },
    migrations: [
      creation('orders', instance, { labels: { team: 'orders' } }),
      creation('sales', instance, { target: { instanceId: instance, databases: [] } }),
      creation('orders', instance),
      creation('stock', instance),
      { ...creation('hr', instance), account: 'nobody' },
    ],
  };

  it('is checked, stored and audited one by one and shares its labels', async () => {
    const dry = await post('/migrations/batch?dryRun=true', batch);
    expect(dry.body.items.map(({ dryRun, problem }) => dryRun?.valid ?? problem?.code)).toEqual([
      true,
      false,
      'target_busy',
      true,
      false,
    ]);
    const targets = (items: readonly Item[]) => items.map(({ target }) => target);
    expect(targets(dry.body.items)).toMatchObject(batch.migrations.map(({ target }) => target));
    const { status, body } = await post('/migrations/batch', batch, { 'idempotency-key': 'wave-1' });
    expect([status, statuses(body.items)]).toEqual([200, [202, 422, 409, 202, 422]]);
    expect(body.items.map(({ problem }) => problem?.code)).toEqual([
      undefined,
      'unsupported_by_provider',
      'target_busy',
      undefined,
      'unknown_account',
    ]);
    expect(body.items[0]?.migration?.labels).toEqual({ team: 'orders', wave: 'first' });

    const made = body.items.flatMap(({ migration }) => migration?.id ?? []);
    const audited = async () => {
      const records = (await get('/audit')).items.filter(({ operation }) => operation === 'createMigrationBatch');
      return {
        items: records.flatMap(({ migrationId }) => migrationId ?? []).toSorted(),
        requests: records.filter(({ migrationId }) => migrationId === null).map((each) => each.status),
      };
    };
    // Audit records of requests without a change of their own follow the answer.
    await expect.poll(audited).toEqual({ items: made.toSorted(), requests: [200, 200] });
  });

  it('creates nothing when repeated with its key; a different batch with that key is rejected', async () => {
    const count = async () => (await get('/migrations?label.wave=first')).items.length;
    const before = await count();
    const again = await post('/migrations/batch', batch, { 'idempotency-key': 'wave-1' });
    expect(statuses(again.body.items)).toEqual([202, 422, 409, 202, 422]);
    expect(await count()).toBe(before);
    const other = await post(
      '/migrations/batch',
      { ...batch, labels: { wave: 'other' } },
      { 'idempotency-key': 'wave-1' },
    );
    expect(other.body.items[0]?.problem?.code).toBe('idempotency_key_reused');
  });

  it('keeps the keys of its items apart from all keys that callers can send', async () => {
    const instanceId = 'rm-batchkeys00001';
    for (const [index, suffix] of ['#0', '/0', ':0', '0'].entries()) {
      const single = creation(`single${index}`, instanceId);
      const { status } = await post('/migrations', single, {
        'idempotency-key': `keys${suffix}`,
        prefer: 'respond-async',
      });
      expect(status, suffix).toBe(202);
    }
    const { body } = await post(
      '/migrations/batch',
      { labels: { wave: 'keys' }, migrations: [creation('batched', instanceId)] },
      { 'idempotency-key': 'keys' },
    );
    expect(statuses(body.items)).toEqual([202]);
  });

  it('of a folder creates one migration per database found there', async () => {
    const folder = {
      provider: 'alibaba',
      account: 'sandbox-alibaba',
      mode: 'full_log',
      target: { instanceId: 'rm-batch0000002' },
      bucket: 'acme-backups',
      prefix: 'history/orders/',
    };
    const { body } = await post('/migrations/batch', { labels: { wave: 'folder' }, folder });
    expect(statuses(body.items)).toEqual([202, 202]);
    // A dry run names the database of each item.
    const dry = await post('/migrations/batch?dryRun=true', { labels: { wave: 'folder' }, folder });
    expect(dry.body.items.map(({ target }) => target.databases?.[0]?.name)).toEqual(['orders', 'sales']);
    expect(body.items.map(({ migration }) => migration?.target.databases)).toEqual([
      [{ name: 'orders' }],
      [{ name: 'sales' }],
    ]);
    const nothing = await post('/migrations/batch', {
      labels: { wave: 'folder' },
      folder: { ...folder, prefix: 'history/orders/nothing' },
    });
    expect([nothing.status, nothing.body.errors]).toEqual([
      400,
      [expect.objectContaining({ pointer: '/folder/prefix' })],
    ]);
    expect((await post('/migrations/batch', { labels: { wave: 'x' } })).status).toBe(400);
    const forbidden = await post('/migrations/batch', { labels: { wave: 'x' }, folder }, {}, 'other');
    expect([forbidden.status, forbidden.body.code]).toEqual([403, 'forbidden']);
  });
});

describe('a selection by labels', () => {
  const labels = { wave: 'selected' };
  let ids: readonly string[];
  beforeAll(async () => {
    const { body } = await post('/migrations/batch', {
      labels,
      migrations: [
        creation('one', 'rm-select000001'),
        creation('two', 'rm-select000001'),
        {
          ...creation('three', 'rm-select000001'),
          mode: 'full',
          source: { type: 'object_storage', bucket: 'acme', keys: ['many/stuck.bak'] },
        },
      ],
    });
    ids = body.items.map(({ migration }) => migration?.id ?? '');
  });
  const settled = (id: string, state: string) =>
    expect
      .poll(
        async () =>
          (
            (await (
              await fetch(`${gateway.url}/migrations/${id}`, { headers: { 'x-api-key': 'secret-of-all' } })
            ).json()) as { state: string }
          ).state,
        { timeout: 30_000, interval: 30 },
      )
      .toBe(state);

  it('is cut over one by one, after a dry run that shows each effect', async () => {
    for (const id of ids.slice(0, 2)) await settled(id, 'awaiting_backup');
    const dry = await post('/migrations/cutover?dryRun=true', { selector: { labels } });
    const byId = (items: readonly Item[]) =>
      ids.map((id) => items.find(({ migrationId }) => migrationId === id)).map((item) => item?.status);
    expect(byId(dry.body.items)).toEqual([202, 202, 409]);
    expect(dry.body.items.flatMap(({ problem }) => problem?.code ?? [])).toEqual(['invalid_state']);
    // The dry run refuses an item exactly as the selection does.
    const latest = { selector: { labels }, afterBackup: 'latest' };
    for (const path of ['/migrations/cutover?dryRun=true', '/migrations/cutover'])
      expect(byId((await post(path, latest)).body.items)).toEqual([409, 409, 409]);
    const { body } = await post('/migrations/cutover', { selector: { labels } }, { 'idempotency-key': 'cut-1' });
    expect(byId(body.items)).toEqual([202, 202, 409]);
    for (const id of ids.slice(0, 2)) await settled(id, 'succeeded');
  });

  it('is cancelled one by one within the caller’s grants', async () => {
    expect((await post('/migrations/cancel', { selector: { labels } }, {}, 'other')).body.items).toEqual([]);
    const { body } = await post('/migrations/cancel', { selector: { labels, provider: 'alibaba' } });
    expect(body.items.map(({ migrationId, status }) => [migrationId, status])).toEqual([[ids[2], 202]]);
    await settled(ids[2] ?? '', 'cancelled');
    expect((await post('/migrations/cancel', { selector: { labels: {} } })).status).toBe(400);
  });
});
