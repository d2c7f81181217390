import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { requestExamples, sandboxExampleAccounts } from '../../src/http/schemas/examples.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway } from '../support/gateway.ts';
import { providers } from '../support/providers.ts';

const { inspectBackups = {}, createMigration = {} } = requestExamples(
  sandboxExampleAccounts(providers.all),
  providers.all,
);
let clouds: Sandbox;
let gateway: Gateway;
beforeAll(async () => {
  clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  gateway = await startTestGateway(sandboxAccounts(clouds), { sandbox: true, config: { feed: { scanMs: 60 } } });
});
afterAll(async () => {
  await gateway?.stop(0);
  await clouds?.close();
});

it.each(['alibaba_inspect', 'huawei_inspect', 'tencent_inspect'])(
  'the example %s finds a complete chain',
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

it.each(['alibaba_folder', 'huawei_folder', 'tencent_folder'])(
  'the example %s restores a chain from a folder of its cloud',
  async (name) => {
    const response = await fetch(`${gateway.url}/migrations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(createMigration[name]?.value),
    });
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    const see = async () =>
      (await (await fetch(`${gateway.url}/migrations/${id}`)).json()) as {
        readonly state: string;
        readonly backups: readonly { readonly state: string; readonly source: { readonly keys: readonly string[] } }[];
      };
    const rests = name === 'tencent_folder' ? 'awaiting_backup' : 'succeeded';
    await expect.poll(async () => (await see()).state, { interval: 40 }).toBe(rests);
    const newest = ({ backups }: Awaited<ReturnType<typeof see>>) => backups.at(-1)?.source.keys[0];
    await expect.poll(async () => newest(await see()), { interval: 40 }).toContain('20261127021500');
    // The newest full backup is copy-only, and Tencent chains accept no file of that name.
    const [full] = (await see()).backups;
    expect(full?.source.keys[0]).toMatch(name === 'huawei_folder' ? /_copy_only\.bak$/ : /full/i);
  },
);
