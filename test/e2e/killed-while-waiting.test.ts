import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import {
  configFile,
  type GatewayProcess,
  hasEnded,
  post,
  spawnGateway,
  temporaryFolder,
  untilMigration,
} from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

let folder: string;
let sandbox: Sandbox;
let gateway: GatewayProcess;
beforeAll(async () => {
  folder = await temporaryFolder();
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
  gateway = await spawnGateway(folder, configFile(sandbox, folder));
});
afterEach(() => sandbox.faults.clear());
afterAll(async () => {
  await gateway.end('SIGKILL');
  await sandbox.close();
});

interface AuditItem {
  readonly requestId: string;
  readonly caller: string;
  readonly status: number | null;
  readonly outcome: string;
  readonly migrationId: string;
}

async function items<T>(path: string): Promise<readonly T[]> {
  return ((await (await fetch(`${gateway.url}${path}`)).json()) as { readonly items: readonly T[] }).items;
}

async function recordOf(requestId: string): Promise<AuditItem | undefined> {
  return (await items<AuditItem>('/audit?pageSize=200')).find((each) => each.requestId === requestId);
}

async function killAndRestart(): Promise<void> {
  await gateway.end('SIGKILL');
  gateway = await spawnGateway(folder, configFile(sandbox, folder));
}

const request = (database: string) => {
  const body = requestFor('alibaba');
  return { ...body, name: database, target: { ...body.target, databases: [{ name: database }] } };
};

it('a creation stays in the audit and its key is answered at once when the process is killed before answering', async () => {
  sandbox.faults.add({ cloud: 'alibaba', operation: 'CreateMigrateTask', kind: 'delay_before', ms: 6000 });
  const headers = { 'idempotency-key': 'killed-waiting', 'x-request-id': 'request-killed' };
  const waiting = post(`${gateway.url}/migrations`, request('killed-waiting'), headers).catch(() => null);
  let found: readonly { readonly id: string; readonly createdBy: string }[] = [];
  while (found.length === 0) found = await items('/migrations?name=killed-waiting');
  expect(found[0]?.createdBy).toBe('anonymous');
  await killAndRestart();
  expect(await waiting).toBeNull();

  expect(await recordOf(headers['x-request-id'])).toMatchObject({
    caller: 'anonymous',
    migrationId: found[0]?.id,
    status: null,
    outcome: 'stored',
  });
  const again = await post(`${gateway.url}/migrations`, request('killed-waiting'), headers);
  expect([again.status, again.body.id]).toEqual([202, found[0]?.id]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  sandbox.faults.clear();
  await untilMigration(gateway.url, again.body.id, hasEnded);
});

it('a creation answered with 202 just before its process is killed is in the audit with that answer', async () => {
  const ids: string[] = [];
  for (let number = 0; number < 3; number++) {
    const requestId = `request-async-${number}`;
    const headers = { prefer: 'respond-async', 'x-request-id': requestId };
    const { status } = await post(`${gateway.url}/migrations`, request(`async-${number}`), headers);
    expect(status).toBe(202);
    ids.push(requestId);
    await killAndRestart();
  }
  for (const requestId of ids)
    expect(await recordOf(requestId)).toMatchObject({ status: 202, outcome: 'ok', caller: 'anonymous' });
});
