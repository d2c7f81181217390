import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { openStore } from '../../src/store/open.ts';
import { startTestGateway } from '../support/gateway.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';

const postgres = await findPostgres();

interface Slowed {
  readonly account: string;
  readonly operation: string;
  readonly speed: number;
}

describe.skipIf(!postgres.available)('two gateways on one PostgreSQL database', () => {
  let server: PostgresServer;
  let sandbox: Sandbox;
  const running: Gateway[] = [];
  beforeAll(async () => {
    if (!postgres.available) return;
    server = await postgres.start(async (url) => (await openStore(url, { runtime: systemRuntime })).close());
    sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  }, 120_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.stop(1000)));
  });
  afterAll(async () => {
    await sandbox?.close();
    await server?.stop();
  });

  async function start(storeUrl: string): Promise<Gateway> {
    const gateway = await startTestGateway(sandboxAccounts(sandbox), { storeUrl });
    running.push(gateway);
    return gateway;
  }
  const slowedAt = async ({ url }: Gateway) =>
    ((await (await fetch(`${url}/providers/alibaba`)).json()) as { slowedOperations: Slowed[] }).slowedOperations;
  const tasksAt = async ({ url }: Gateway) =>
    (await fetch(`${url}/accounts/sandbox-alibaba/tasks?instanceId=rm-shared00000001`)).status;

  it('both slow down when the vendor throttles one of them, and so does a later one', async () => {
    const storeUrl = await server.createDatabase();
    const throttled = await start(storeUrl);
    const other = await start(storeUrl);
    expect(await slowedAt(other)).toEqual([]);
    sandbox.faults.add({ cloud: 'alibaba', operation: 'DescribeMigrateTasks', kind: 'throttled' });
    expect(await tasksAt(throttled)).toBe(503);
    const slowed = { account: 'sandbox-alibaba', region: 'cn-hangzhou', operation: 'DescribeMigrateTasks' };
    expect(await slowedAt(throttled)).toMatchObject([slowed]);
    await expect.poll(() => slowedAt(other), { interval: 50 }).toMatchObject([slowed]);
    const [[here], [there]] = await Promise.all([slowedAt(throttled), slowedAt(other)]);
    expect(Math.abs((here?.speed ?? 0) - (there?.speed ?? 1))).toBeLessThan(0.05);
    // The store keeps the slow-down, not the process that was throttled.
    await running.shift()?.stop(1000);
    expect(await slowedAt(await start(storeUrl))).toMatchObject([slowed]);
  });
});
