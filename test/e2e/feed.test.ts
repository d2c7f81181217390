import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { BackupFolder } from '../support/backup-folder.ts';
import { startTestGateway } from '../support/gateway.ts';

const clouds = ['alibaba', 'huawei', 'tencent'] as const;
type Cloud = (typeof clouds)[number];
let sandbox: Sandbox;
let gateway: Gateway;

beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  gateway = await startTestGateway(sandboxAccounts(sandbox), { config: { feed: { scanMs: 60 } } });
});
afterAll(async () => {
  await gateway.stop(1000);
  await sandbox.close();
});

interface Item {
  readonly key: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly backupId: string | null;
}
interface Answer {
  readonly id: string;
  readonly state: string;
  readonly code: string;
  readonly blocking: readonly { readonly code: string; readonly detail: string }[];
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
  readonly backups: readonly { readonly type: string; readonly state: string; readonly final: boolean }[];
  readonly progress: { readonly behindSeconds: number | null };
  readonly feed?: object;
  readonly source?: object;
  readonly items: readonly (Item & { readonly type: string; readonly data: Record<string, unknown> })[];
}
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }> {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}
const see = async (id: string) => (await call('GET', `/migrations/${id}`)).body;

let serial = 0;
function request(cloud: Cloud, folder: BackupFolder, feed: object = {}, mode = 'full_log') {
  serial++;
  const number = String(serial).padStart(8, '0');
  const instanceId = { alibaba: `rm-feed${number}`, huawei: `${number.repeat(4)}in04`, tencent: `mssql-${number}` }[
    cloud
  ];
  return {
    provider: cloud,
    account: `sandbox-${cloud}`,
    mode,
    target: { instanceId, databases: [{ name: 'orders' }] },
    feed: { bucket: folder.bucket, prefix: folder.prefix, ...feed },
  };
}
const restored = (instanceId: string) =>
  sandbox
    .journal()
    .filter((entry) => entry.instanceId === instanceId && entry.effect === 'restore')
    .map(({ subject }) => subject);
const until = (check: () => Promise<unknown>) => expect.poll(check, { interval: 40 });

describe.each(clouds)('a watched folder at %s', (cloud) => {
  it('restores its files in LSN order, even if they arrive late or out of order, and ends with the last one', async () => {
    const folder = new BackupFolder(sandbox, cloud, `feed-${cloud}/`);
    const full = folder.make('D');
    const logs = [1, 2, 3, 4, 5].map(() => folder.make('L'));
    for (const each of [full, ...logs]) each.put();
    folder.make('D', { stripe: { number: 1, of: 2 } }).put({ key: `${folder.prefix}orders_stripe.bak` });
    folder.putText('readme.txt', 'hello');
    const later = [folder.make('L'), folder.make('L'), folder.make('L')];
    const tail = folder.make('L', { final: true });
    const asked = request(cloud, folder, { lastFile: tail.key.slice(folder.prefix.length) });
    const { instanceId } = asked.target;
    const created = await call('POST', '/migrations', asked);
    expect(created.status).toBe(202);
    expect([created.body.feed, created.body.source, created.body.backups]).toEqual([
      { bucket: folder.bucket, prefix: folder.prefix, watch: true, lastFile: tail.key.slice(folder.prefix.length) },
      undefined,
      [],
    ]);
    const { id } = created.body;
    await until(async () => (await see(id)).backups.filter(({ state }) => state === 'restored').length).toBe(6);

    later[2]?.put();
    await until(async () => (await see(id)).blocking.map(({ code }) => code)).toContain('log_chain_gap');
    const { blocking } = await see(id);
    expect(blocking[0]?.detail).toContain(logs[4]?.key);
    expect(blocking[0]?.detail).toContain(later[2]?.key);
    later[1]?.put();
    later[0]?.put();
    await until(async () => (await see(id)).backups.filter(({ state }) => state === 'restored').length).toBe(9);
    expect((await see(id)).progress.behindSeconds).toBe(0);
    tail.put();
    await until(async () => (await see(id)).state).toBe('succeeded');

    const order = [full, ...logs, ...later, tail].map(({ key }) => key.slice(folder.prefix.length));
    const subjects = restored(instanceId);
    expect(subjects).toHaveLength(order.length);
    for (const [index, name] of order.entries()) expect(subjects[index]).toContain(name);

    const { body } = await call('GET', `/migrations/${id}/feed`);
    const verdicts = Object.fromEntries(
      body.items.map(({ key, verdict }) => [key.slice(folder.prefix.length), verdict]),
    );
    expect(verdicts).toMatchObject({ 'orders_stripe.bak': 'refused', 'readme.txt': 'refused' });
    expect(Object.values(verdicts).filter((verdict) => verdict === 'taken')).toHaveLength(10);
    const events = (await call('GET', `/migrations/${id}/events?pageSize=200`)).body.items.map(({ type }) => type);
    expect(events.filter((type) => type === 'feed.file_taken')).toHaveLength(10);
    expect(events.filter((type) => type === 'feed.file_refused')).toHaveLength(2);
    expect(events).toEqual(expect.arrayContaining(['feed.gap_found', 'feed.gap_closed']));
  });

  it('gives the newest full backup to a migration of mode full', async () => {
    const folder = new BackupFolder(sandbox, cloud, `feed-full-${cloud}/`);
    folder.make('D').put();
    folder.make('L').put();
    const newest = folder.make('D');
    newest.put();
    const asked = request(cloud, folder, {}, 'full');
    const { body } = await call('POST', '/migrations', asked);
    await until(async () => (await see(body.id)).state).toBe('succeeded');
    expect(restored(asked.target.instanceId)).toEqual([
      expect.stringContaining(newest.key.slice(folder.prefix.length)),
    ]);
  });

  it('reports which file it waits for and is cancelled without any vendor task', async () => {
    const folder = new BackupFolder(sandbox, cloud, `feed-empty-${cloud}/`);
    folder.make('L').put();
    const asked = request(cloud, folder);
    const { body } = await call('POST', '/migrations', asked);
    await until(async () => (await see(body.id)).blocking.map(({ code }) => code)).toContain('awaiting_backup_file');
    const { items } = (await call('POST', `/migrations/${body.id}/feed/scan`)).body;
    expect(items).toEqual([expect.objectContaining({ verdict: 'needless', backupId: null })]);
    expect((await call('POST', `/migrations/${body.id}/cancel`)).body.state).toBe('cancelled');
    expect(restored(asked.target.instanceId)).toEqual([]);
  });

  it('ends at the newest file on request', async () => {
    const folder = new BackupFolder(sandbox, cloud, `feed-latest-${cloud}/`);
    const files = [folder.make('D'), folder.make('L')];
    for (const each of files) each.put();
    const asked = request(cloud, folder);
    const { body } = await call('POST', '/migrations', asked);
    await until(async () => (await see(body.id)).backups.filter(({ state }) => state === 'restored').length).toBe(2);
    const cutOver = () => call('POST', `/migrations/${body.id}/cutover`, { afterBackup: 'latest' });
    let cut = await cutOver();
    if (cloud !== 'alibaba') {
      expect([cut.status, cut.body.code]).toEqual([409, 'cutover_needs_final_backup']);
      // A file that a scan has just sent is no longer the last one; the next one is.
      for (let tries = 0; tries < 10 && cut.status === 409; tries++) {
        folder.make('L', { final: true }).put();
        cut = await cutOver();
      }
    }
    // A Tencent file name itself marks the last file.
    expect(cloud === 'tencent' ? [200, 202] : [202]).toContain(cut.status);
    await until(async () => (await see(body.id)).state).toBe('succeeded');
  });
});

describe('a watched folder', () => {
  it('that cannot be listed reports the missing permission and resumes once it can be read', async () => {
    const folder = new BackupFolder(sandbox, 'alibaba', 'feed-late/');
    const { body } = await call('POST', '/migrations', request('alibaba', folder));
    await until(async () => (await see(body.id)).blocking.map(({ code }) => code)).toContain('feed_unreadable');
    expect((await see(body.id)).blocking[0]?.detail).toContain('oss:ListObjects');
    folder.make('D').put();
    await until(async () => (await see(body.id)).backups.map(({ state }) => state)).toEqual(['restored']);
    expect((await see(body.id)).blocking).toEqual([]);
    await call('POST', `/migrations/${body.id}/cutover`);
  });

  it('reports a restored file that changes and does not send it again', async () => {
    const folder = new BackupFolder(sandbox, 'alibaba', 'feed-changed/');
    const full = folder.make('D');
    full.put();
    const asked = request('alibaba', folder);
    const { body } = await call('POST', '/migrations', asked);
    await until(async () => (await see(body.id)).backups.map(({ state }) => state)).toEqual(['restored']);
    full.put();
    await until(async () => (await see(body.id)).warnings.map(({ code }) => code)).toEqual(['backup_file_changed']);
    expect(restored(asked.target.instanceId)).toHaveLength(1);
    await call('POST', `/migrations/${body.id}/cutover`);
  });

  it('replaces the source of a request and is rejected beside one', async () => {
    const folder = new BackupFolder(sandbox, 'alibaba', 'feed-both/');
    const asked = request('alibaba', folder);
    const source = { type: 'object_storage', bucket: folder.bucket, keys: ['a.bak'] };
    expect((await call('POST', '/migrations', { ...asked, source })).body.code).toBe('invalid_request');
    const { feed, ...without } = asked;
    expect((await call('POST', '/migrations', without)).body.code).toBe('invalid_request');
    expect(
      (
        await call(
          'GET',
          `/migrations/${(await call('POST', '/migrations', { ...without, target: { ...asked.target, instanceId: 'rm-nofeed000001' }, source: { ...source, keys: ['unknown/a.bak'] } })).body.id}/feed`,
        )
      ).status,
    ).toBe(404);
  });
});
