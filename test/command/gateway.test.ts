import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackupRequest, createGodwit } from '../../client/src/index.ts';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway, temporaryFolder } from '../support/gateway.ts';
import { godwit, type RunOptions } from './support.ts';

const secret = 'key-of-the-command';
const keys = [
  { name: 'command', sha256: createHash('sha256').update(secret).digest('hex'), scopes: ['admin'], accounts: ['*'] },
];

let clouds: Sandbox;
let gateway: Gateway;
let folder: string;
beforeAll(async () => {
  clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 300 });
  gateway = await startTestGateway(sandboxAccounts(clouds), { config: { auth: { keys } } });
  folder = await temporaryFolder();
});
afterAll(async () => {
  await gateway.stop(0);
  await clouds.close();
});

const run = (args: readonly string[], options: RunOptions = {}) =>
  godwit(args, { environment: { GODWIT_URL: gateway.url, GODWIT_API_KEY: secret }, ...options });

/** A request as YAML for a new instance. The key decides how its restore behaves. */
const request = (instance: string, key = 'prod/orders.bak', mode = 'full') => `
provider: ${instance.startsWith('rm-') ? 'alibaba' : 'tencent'}
mode: ${mode}
target: { instanceId: ${instance}, databases: [{ name: orders }] }
source: { type: object_storage, bucket: acme-backups-1250000000, keys: [${key}] }
`;

describe('restore', () => {
  it('starts a migration from standard input and prints its state', async () => {
    const { status, out } = await run(['restore', '-f', '-'], { input: request('mssql-command1') });
    expect(status).toBe(0);
    expect(out).toMatch(/^mig_\w{26} restoring$/);
  });

  it('with --wait prints a line per change and exits with 0 when the restore succeeds', async () => {
    const file = join(folder, 'request.yaml');
    await writeFile(file, request('mssql-command2'));
    const { status, out } = await run(['restore', '-f', file, '--wait']);
    expect(status).toBe(0);
    expect(out).toMatch(/^20\S+Z mig_\w+ restoring/);
    expect(out).toMatch(/\nmig_\w+ succeeded/);
  });

  it('with --wait exits with 3 and the vendor’s words when the restore fails', async () => {
    const { status, out } = await run(['restore', '-f', '-', '-w'], {
      input: request('mssql-command3', 'corrupt.bak'),
    });
    expect(status).toBe(3);
    expect(out).toMatch(/\nmig_\w+ failed\n.*\(backup_corrupt_or_newer\)\n {2}tencent \w+: .*\(request id [\w-]+\)/);
  });

  it('exits with 3 and names the migration when the vendor refuses it', async () => {
    const { status, err } = await run(['restore', '-f', '-'], { input: request('mssql-command4', 'missing.bak') });
    expect(status).toBe(3);
    expect(err).toMatch(
      /^godwit: .*\n {2}tencent \w+: ResourceNotFound\.BackupNotFound: .*\n {2}migration mig_\w+\n {2}request id req_\w+$/,
    );
  });

  it('with --until exits at that state, and with 4 when another caller cancels the migration', async () => {
    const args = ['restore', '-f', '-', '--until', 'awaiting_backup', '--json'];
    const { status, out } = await run(args, { input: request('rm-command5', 'prod/orders.bak', 'full_log') });
    const { id, state } = JSON.parse(out);
    expect({ status, state }).toEqual({ status: 0, state: 'awaiting_backup' });
    const headers = { authorization: `Bearer ${secret}` };
    await fetch(`${gateway.url}/migrations/${id}/cancel`, { method: 'POST', headers });
    expect((await run(['watch', id])).status).toBe(4);
  });

  it('with --until does not report success for a chain that waits because of a failed backup', async () => {
    const body = {
      provider: 'huawei',
      mode: 'full_log',
      target: { instanceId: 'commandfailed00000000000000000in04', databases: [{ name: 'orders' }] },
      source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders.bak'] },
    };
    const args = ['restore', '-f', '-', '--until', 'awaiting_backup', '--json'];
    const { id } = JSON.parse((await run(args, { input: JSON.stringify(body) })).out);
    const godwit = createGodwit({ url: gateway.url, credential: secret });
    const gap: BackupRequest = {
      type: 'log',
      source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_gap.bak'] },
    };
    await godwit.POST('/migrations/{id}/backups', { params: { path: { id } }, body: gap });
    await godwit.waitFor(id, { until: ({ stateReason }) => stateReason === 'backup_failed' });
    const { status, out } = await run(['watch', id, '--until', 'awaiting_backup']);
    expect(status).toBe(3);
    expect(out).toMatch(/\n {2}backup_failed: /);
  });

  it('is safe to repeat with an idempotency key', async () => {
    const args = ['restore', '-f', '-', '--json', '--idempotency-key', 'once'];
    const ids = [];
    for (let time = 0; time < 2; time++)
      ids.push(JSON.parse((await run(args, { input: request('mssql-command6') })).out).id);
    expect(ids[1]).toBe(ids[0]);
  });

  it('explains how to repeat it safely when no answer came', async () => {
    const environment = { GODWIT_URL: 'http://127.0.0.1:1' };
    const { status, err } = await run(['restore', '-f', '-'], { input: request('mssql-command7'), environment });
    expect(status).toBe(1);
    expect(err).toMatch(
      /To repeat it safely: --idempotency-key [\w-]{36}\ngodwit: http:\/\/127\.0\.0\.1:1 gives no answer/,
    );
  });

  it('with --dry-run shows the vendor requests or the reasons against them', async () => {
    const possible = await run(['restore', '-f', '-', '--dry-run'], { input: request('mssql-command8') });
    expect(possible.status).toBe(0);
    expect(possible.out).toMatch(/^possible\n[\s\S]* {2}1\. CreateBackupMigration\n {2}2\. StartBackupMigration$/);
    const not = await run(['restore', '-f', '-', '--dry-run'], {
      input: `${request('mssql-command8')}options: { precheck: true }`,
    });
    expect(not.status).toBe(3);
    expect(not.out).toMatch(/^not possible\n {2}\/options\/precheck: .*\(unsupported_by_provider\)/);
  });

  it.each([
    ['[1, 2]', 'standard input contains no request'],
    ['provider: [', 'standard input is neither JSON nor YAML: '],
  ])('rejects text that is not a request: %j', async (input, message) => {
    const { status, err } = await run(['restore', '-f', '-'], { input });
    expect(status).toBe(1);
    expect(err).toContain(`godwit: ${message}`);
  });

  it('prints each fault of a request with its location', async () => {
    const { status, err } = await run(['restore', '-f', '-'], { input: 'provider: tencent\ntaget: {}' });
    expect(status).toBe(1);
    expect(err).toMatch(/\(invalid_request, 400\)\n(?: {2}.*: .*\n)* {2}\/taget: /);
  });
});

describe('watch', () => {
  const begin = async (instance: string) =>
    JSON.parse((await run(['restore', '-f', '-', '--json'], { input: request(instance) })).out).id;

  it('updates one line on a terminal and never exceeds its width', async () => {
    const { status, lines, out } = await run(['watch', await begin('mssql-command10')], { width: 40 });
    expect(status).toBe(0);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.length).toBeLessThan(40);
    expect(out).toMatch(/^mig_\w+ succeeded/);
  });

  it('with --json prints one document per change', async () => {
    const { out } = await run(['watch', await begin('mssql-command11'), '--json']);
    const states = out.split('\n').map((line) => JSON.parse(line).state);
    expect(states.at(-1)).toBe('succeeded');
    expect(new Set(states.slice(0, -1)).has('succeeded')).toBe(false);
  });

  it('exits with 5 on timeout and 130 on interrupt, and says that the migration continues', async () => {
    const input = request('rm-command12', 'prod/orders.bak', 'full_log');
    const { id } = JSON.parse((await run(['restore', '-f', '-', '--json'], { input })).out);
    const over = await run(['watch', id, '--timeout', '1s']);
    expect([over.status, over.err]).toEqual([5, `godwit: timeout; ${id} continues`]);
    const interrupted = await run(['watch', id], { interrupted: AbortSignal.abort() });
    expect([interrupted.status, interrupted.err]).toEqual([130, `godwit: interrupted; ${id} continues`]);
  });

  it.each([
    ['an unknown migration', {}, /\(not_found, 404\)/],
    ['a wrong key', { GODWIT_API_KEY: 'wrong' }, /\(unauthenticated, 401\)/],
    [
      'a missing key file',
      { GODWIT_API_KEY: '', GODWIT_API_KEY_FILE: '/nowhere/key' },
      /\/nowhere\/key cannot be read: there is no such file/,
    ],
  ])('exits with 1 for %s', async (_, environment, words) => {
    const { status, err } = await run(['watch', 'mig_00000000000000000000000000'], {
      environment: { GODWIT_URL: gateway.url, GODWIT_API_KEY: secret, ...environment },
    });
    expect(status).toBe(1);
    expect(err).toMatch(words);
  });

  it('reads the API key from a file and prints a problem as JSON with --json', async () => {
    const file = join(folder, 'key');
    await writeFile(file, `${secret}\n`);
    const environment = { GODWIT_URL: gateway.url };
    const { err } = await run(['watch', 'mig_00000000000000000000000000', '--key-file', file, '--json'], {
      environment,
    });
    expect(JSON.parse(err)).toMatchObject({ code: 'not_found', status: 404 });
  });
});

describe('backups inspect', () => {
  it('shows the files and the chains of a folder', async () => {
    const args = ['backups', 'inspect', 'acme-backups/history/orders/', '--account', 'sandbox-alibaba'];
    const { status, out } = await run(args);
    expect(status).toBe(0);
    expect(out).toMatch(/^FILE +SIZE +TYPE/);
    expect(out).toMatch(/orders_stripe_1of2\.bak: The file is stripe 1 of 2.* \(backup_striped\)/);
    expect(out).toMatch(/\norders: complete\n {2}1\. history\/orders\/orders_FULL/);
    const { files } = JSON.parse((await run([...args, '--json', '--database', 'sales'])).out);
    expect(files.length).toBeGreaterThan(0);
  });

  it('exits with 3 when there is no chain and asks which account to use', async () => {
    const nothing = await run([
      'backups',
      'inspect',
      'acme-backups/history/orders/zip',
      '--account',
      'sandbox-alibaba',
    ]);
    expect([nothing.status, nothing.out]).toEqual([3, 'no files found']);
    const which = await run(['backups', 'inspect', 'acme-backups/history/']);
    expect(which.status).toBe(2);
    expect(which.err).toContain('--account is missing: sandbox-alibaba, sandbox-huawei, sandbox-tencent');
  });
});

describe('accounts check', () => {
  const check = async (accounts: readonly unknown[], args: readonly string[]) => {
    const path = join(folder, 'godwit.json');
    await writeFile(path, JSON.stringify({ accounts }));
    return godwit(['accounts', 'check', ...args], { environment: { GODWIT_CONFIG: path } });
  };

  it('calls each vendor and object store with reads only', async () => {
    const before = clouds.journal().length;
    const { status, out } = await check(sandboxAccounts(clouds), [
      '--bucket',
      'acme-backups-1250000000/history/orders/',
    ]);
    expect(out.match(/^ok {3}sandbox-\w+ \(.*\) restores: answers and accepts the credentials$/gm)).toHaveLength(3);
    expect(out).toMatch(
      /^ok {3}sandbox-tencent .* backups: lists acme-backups-1250000000\/history\/orders\/: \d+ objects$/m,
    );
    expect(clouds.journal()).toHaveLength(before);
    expect(status).toBe(3);
  });

  it('accepts a "not found" answer only when no instance is named', async () => {
    const code = { alibaba: 'InvalidDBInstanceId.NotFound', tencent: 'ResourceNotFound.InstanceNotFound' } as const;
    for (const cloud of ['alibaba', 'tencent'] as const) {
      clouds.faults.add({ cloud, operation: '*', kind: 'vendor_error_before', code: code[cloud], count: 1 });
      expect(await check(sandboxAccounts(clouds), [`sandbox-${cloud}`])).toMatchObject({ status: 0 });
    }
    const named = await check(sandboxAccounts(clouds), ['sandbox-alibaba', '--instance', 'rm-notfound']);
    expect(named.status).toBe(3);
    expect(named.out).toContain('InvalidDBInstanceId.NotFound');
    const huawei = await check(sandboxAccounts(clouds), [
      'sandbox-huawei',
      '--instance',
      'notfound00000000000000000000in04',
    ]);
    expect([huawei.status, huawei.out]).toEqual([3, expect.stringContaining('has no instance')]);
  });

  it('explains wrong credentials, clock skew and an unreachable vendor', async () => {
    const [alibaba, huawei, tencent] = sandboxAccounts(clouds);
    const wrong = { accessKeyId: 'LTAI5tWrongWrongWrong', accessKeySecret: 'x'.repeat(30) };
    const endpoints = { sqlserver: 'http://127.0.0.1:1' };
    clouds.setClock('huawei', -3_600_000);
    const accounts = [{ ...alibaba, credentials: wrong }, huawei, { ...tencent, endpoints }];
    const { status, out } = await check(accounts, []);
    clouds.setClock('huawei', 0);
    expect(status).toBe(3);
    expect(out).toMatch(/FAIL sandbox-alibaba[^\n]*\n[^\n]*InvalidAccessKeyId\.NotFound[\s\S]*Compare the credentials/);
    expect(out).toMatch(/sandbox-huawei[^\n]*\n[^\n]*clock is 3\d{3} s ahead of the vendor/);
    expect(out).toMatch(
      /FAIL sandbox-tencent[^\n]*cannot be reached[^\n]*\n[\s\S]*Check region, endpoints, proxy and firewall/,
    );
  });

  it('exits with 2 for an unconfigured account and 1 for an invalid configuration', async () => {
    const unknown = await check(sandboxAccounts(clouds), ['sandbox-alibba']);
    expect([unknown.status, unknown.err]).toEqual([2, expect.stringContaining('did you mean sandbox-alibaba?')]);
    const faulty = await check([{ name: 'x' }], ['--json']);
    expect([faulty.status, JSON.parse(faulty.err).error]).toEqual([
      1,
      expect.stringContaining('the configuration has'),
    ]);
  });
});

describe('accounts check through a gateway', () => {
  it('reports the gateway’s knowledge, calls the vendor for an instance, and changes nothing', async () => {
    const before = clouds.journal().length;
    const known = await run(['accounts', 'check']);
    expect(known.status).toBe(0);
    expect(
      known.out.match(/^ok {3}sandbox-\w+ \(.*\) restores: no call was refused for its credentials;/gm),
    ).toHaveLength(3);
    const folderArgs = ['--instance', 'mssql-command1', '--bucket', 'acme-backups-1250000000/history/orders/'];
    const asked = await run(['accounts', 'check', 'sandbox-tencent', ...folderArgs]);
    expect(asked).toMatchObject({ status: 0 });
    expect(asked.out.split('\n')).toEqual([
      'ok   sandbox-tencent (tencent, ap-guangzhou) restores: answers and accepts the credentials',
      expect.stringMatching(/ backups: lists acme-backups-1250000000\/history\/orders\/: \d+ files/),
    ]);
    expect(clouds.journal()).toHaveLength(before);
  });

  it('explains rejections in the vendors’ words', async () => {
    const args = ['--instance', 'rm-notfound', '--bucket', 'private-bucket/prod/'];
    const { status, out } = await run(['accounts', 'check', 'sandbox-alibaba', ...args]);
    expect(status).toBe(3);
    expect(out).toMatch(/FAIL sandbox-alibaba [^\n]* restores: [^\n]*\n {5}\w+: InvalidDBInstanceId\.NotFound/);
    expect(out).toMatch(/FAIL sandbox-alibaba [^\n]* backups: [^\n]*\n {5}\w+: AccessDenied/);
  });

  it('explains gateway credentials that a vendor rejects', async () => {
    const [alibaba] = sandboxAccounts(clouds);
    const credentials = { accessKeyId: 'LTAI5tWrongWrongWrong', accessKeySecret: 'x'.repeat(30) };
    const other = await startTestGateway([{ ...alibaba, credentials }]);
    const args = ['accounts', 'check', '--url', other.url, '--instance', 'rm-command1', '--json'];
    const { status, out } = await godwit(args);
    await other.stop(0);
    expect(status).toBe(3);
    expect(JSON.parse(out).findings).toMatchObject([
      { ok: false, remedy: expect.stringContaining('credentials'), vendor: { code: 'InvalidAccessKeyId.NotFound' } },
    ]);
  });

  it('is used for GODWIT_URL without a configuration; a wrong key is an error', async () => {
    const path = join(folder, 'local.json');
    await writeFile(path, JSON.stringify({ accounts: sandboxAccounts(clouds) }));
    const environment = { GODWIT_URL: 'http://127.0.0.1:1', GODWIT_CONFIG: path };
    expect(await godwit(['accounts', 'check'], { environment })).toMatchObject({ status: 0 });
    const wrong = await godwit(['accounts', 'check', '--url', gateway.url, '--key', 'wrong'], { environment });
    expect([wrong.status, wrong.err]).toEqual([1, expect.stringContaining('unauthenticated, 401')]);
    const unknown = await run(['accounts', 'check', 'sandbox-alibba']);
    expect([unknown.status, unknown.err]).toEqual([2, expect.stringContaining('did you mean sandbox-alibaba?')]);
  });
});
