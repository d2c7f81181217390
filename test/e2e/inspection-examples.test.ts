import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { requestExamples, sandboxExampleAccounts } from '../../src/http/schemas/examples.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway } from '../support/gateway.ts';
import { providers } from '../support/providers.ts';

const { inspectBackups = {} } = requestExamples(sandboxExampleAccounts(providers.all), providers.all);
let clouds: Sandbox;
let gateway: Gateway;
beforeAll(async () => {
  clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  gateway = await startTestGateway(sandboxAccounts(clouds), { sandbox: true });
});
afterAll(async () => {
  await gateway?.stop(0);
  await clouds?.close();
});

it.each(['alibaba_inspect', 'huawei_inspect', 'tencent_inspect'])(
  'the example %s finds a whole chain',
  async (name) => {
    const response = await fetch(`${gateway.url}/backups/inspect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(inspectBackups[name]?.value),
    });
    expect(response.status).toBe(200);
    const { chains } = (await response.json()) as { chains: unknown };
    expect(chains).toEqual([expect.objectContaining({ database: 'orders', complete: true })]);
  },
);
