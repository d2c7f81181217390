import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { historyBuckets, historyFolder } from '../../src/sandbox/object-store/history.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { BackupFolder } from '../support/backup-folder.ts';
import { startTestGateway } from '../support/gateway.ts';

const clouds = ['alibaba', 'huawei', 'tencent'] as const;
type Cloud = (typeof clouds)[number];
let sandbox: Sandbox;
let gateway: Gateway;

beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 100 });
  const accounts = sandboxAccounts(sandbox);
  const strict = accounts.map((account) => ({ ...account, name: `${account.name}-strict`, checkBackups: 'required' }));
  gateway = await startTestGateway([...accounts, ...strict]);
});
afterAll(async () => {
  await gateway.stop(1000);
  await sandbox.close();
});

type Body = Record<string, unknown> & {
  id: string;
  code: string;
  warnings: { code: string; detail: string }[];
  errors: { pointer: string; detail: string }[];
  problems: { code: string; pointer: string }[];
  notes: { code: string }[];
  header: { database: string; type: string; lastLsn: string } | null;
  backups: { header: object | null }[];
};
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

let serial = 0;
function target(cloud: Cloud) {
  serial++;
  const number = String(serial).padStart(8, '0');
  const id = { alibaba: `rm-check${number}`, huawei: `${number.repeat(4)}in04`, tencent: `mssql-${number}` }[cloud];
  return { instanceId: id, ...(cloud === 'alibaba' && { databases: [{ name: 'orders' }] }) };
}
const account = (cloud: Cloud, strict = false) => `sandbox-${cloud}${strict ? '-strict' : ''}`;
const request = (cloud: Cloud, key: string, mode = 'full', strict = false) => ({
  provider: cloud,
  account: account(cloud, strict),
  mode,
  target: target(cloud),
  source: { type: 'object_storage', bucket: historyBuckets[cloud], keys: [key] },
});
const restores = (id: string) =>
  sandbox.journal().filter(({ instanceId, effect }) => instanceId === id && effect === 'restore');

describe.each(clouds)('backups at %s', (cloud) => {
  it('are inspected: the kind of each file in a folder, and the chain', async () => {
    const { status, body } = await call('POST', '/backups/inspect', {
      provider: cloud,
      account: account(cloud),
      bucket: historyBuckets[cloud],
      prefix: historyFolder,
      database: 'orders',
    });
    expect(status).toBe(200);
    const { files, chains } = body as unknown as {
      files: { key: string; faults: { code: string }[]; header: { type: string } | null }[];
      chains: { database: string; complete: boolean; restores: string[]; needless: string[]; gaps: unknown[] }[];
    };
    expect(files).toHaveLength(13);
    const faults = Object.fromEntries(
      files.flatMap(({ key, faults: found }) => found.map(({ code }) => [key.slice(historyFolder.length), code])),
    );
    expect(faults).toMatchObject({
      'orders_stripe_1of2.bak': 'backup_striped',
      'orders_last_year.zip': 'backup_corrupt_or_newer',
      'orders_LOG_frozen.bak': 'source_missing_or_archived',
    });
    expect(Object.values(faults)).toContain('database_not_in_backup');
    expect(chains).toHaveLength(1);
    expect(chains[0]).toMatchObject({ database: 'orders', complete: true, gaps: [] });
    const types = chains[0]?.restores.map((key) => files.find((file) => file.key === key)?.header?.type);
    expect(types).toEqual(cloud === 'alibaba' ? ['full', 'differential', 'log'] : ['full', 'log', 'log', 'log']);
  });

  it('are all found in a folder whose list exceeds every other vendor response in size', async () => {
    const folder = new BackupFolder(sandbox, cloud, `long-${cloud}/`);
    const keys = Array.from({ length: 150 }, (_, number) => `${'many-words-'.repeat(8)}${number}.txt`);
    for (const key of keys) folder.putText(key, 'no backup');
    const { status, body } = await call('POST', '/backups/inspect', {
      provider: cloud,
      account: account(cloud),
      bucket: historyBuckets[cloud],
      prefix: `long-${cloud}/`,
    });
    expect([status, (body as unknown as { files: unknown[] }).files?.length]).toEqual([200, keys.length]);
  });

  it('that are unusable are rejected in plain words before any vendor call', async () => {
    const folder = new BackupFolder(sandbox, cloud, `wrong-${cloud}/`);
    const full = folder.make('D');
    full.put();
    const cases: [string, string, RegExp][] = [
      [
        folder.make('D', { stripe: { number: 1, of: 2 } }).put({ key: `${folder.prefix}orders_stripe.bak` }),
        'backup_striped',
        /stripe 1 of 2/,
      ],
      [
        folder.make('D', { sets: 2 }).put({ key: `${folder.prefix}orders_two.bak` }),
        'backup_with_several_sets',
        /2 backups/,
      ],
      [
        folder.make('D', { serverVersion: '17.0.1000' }).put({ key: `${folder.prefix}orders_new.bak` }),
        'newer_version',
        /2025.*2019/,
      ],
      [folder.make('L').put({ key: `${folder.prefix}orders_really_a_log.bak` }), 'wrong_backup_kind', /log backup/],
      [
        folder.make('D').put({ key: `${folder.prefix}orders_cold.bak`, storageClass: 'ARCHIVE' }),
        'source_missing_or_archived',
        /archive/i,
      ],
      [folder.putText('orders_text.bak', 'not a backup'), 'backup_corrupt_or_newer', /not a SQL Server backup/],
      [
        folder.make('D').put({ key: `${folder.prefix}orders_growing.bak`, growsMs: 1e9 }),
        'backup_corrupt_or_newer',
        /empty|end of the backup/,
      ],
      [`${folder.prefix}orders_gone.bak`, 'source_missing_or_archived', /no object/],
    ];
    for (const [key, code, words] of cases) {
      const asked = request(cloud, key);
      const { status, body } = await call('POST', '/migrations', asked);
      expect([status, body.code], key).toEqual([422, code]);
      expect(body.errors[0]?.pointer).toBe('/source/keys/0');
      expect(body.errors[0]?.detail).toMatch(words);
      const dry = await call('POST', '/migrations?dryRun=preflight', asked);
      expect(dry.body.problems).toContainEqual(expect.objectContaining({ code, pointer: '/source/keys/0' }));
      expect(restores(asked.target.instanceId)).toEqual([]);
    }
    const other = { ...request(cloud, full.key), target: { ...target(cloud), databases: [{ name: 'sales' }] } };
    expect((await call('POST', '/migrations', other)).body.code).toBe('database_not_in_backup');
  });

  it('of a chain are checked against their predecessors', async () => {
    const folder = new BackupFolder(sandbox, cloud, `chain-${cloud}/`);
    const [full, first, second, third] = [folder.make('D'), folder.make('L'), folder.make('L'), folder.make('L')];
    for (const each of [full, first, second, third]) each.put();
    const created = await call('POST', '/migrations', request(cloud, full.key, 'full_log'));
    expect([created.status, created.body.warnings]).toEqual([201, []]);
    expect(created.body.backups[0]?.header).toMatchObject({ database: 'orders', type: 'full' });
    const add = (key: string) =>
      call('POST', `/migrations/${created.body.id}/backups`, {
        type: 'log',
        source: { type: 'object_storage', bucket: folder.bucket, keys: [key] },
      });
    expect((await add(first.key)).body.header).toMatchObject({ type: 'log' });
    const gap = await add(third.key);
    expect([gap.status, gap.body.code]).toEqual([422, 'log_chain_gap']);
    expect(gap.body.errors[0]?.detail).toContain(first.key);
    expect((await add(full.key)).body.code).toMatch(/wrong_backup_kind|unsupported_by_provider|duplicate_backup/);
    expect((await add(second.key)).status).toBe(201);
  });

  it('that are unreadable are sent with a warning, or rejected if the request demands a check', async () => {
    const key = 'unknown/orders_full.bak';
    const sent = await call('POST', '/migrations', request(cloud, key));
    expect(sent.status).toBe(201);
    expect(sent.body.warnings).toEqual([expect.objectContaining({ code: 'backup_not_checked' })]);
    expect(sent.body.warnings[0]?.detail).toMatch(
      /permission on the bucket: (oss:GetObject|obs:object:GetObject|name\/cos:GetObject)/,
    );
    const refused = await call('POST', '/migrations', request(cloud, key, 'full', true));
    expect([refused.status, refused.body.code]).toEqual([422, 'backup_not_checked']);
  });
});
