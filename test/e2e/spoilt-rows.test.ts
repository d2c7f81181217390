import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { hasEnded, post, startTestGateway, temporaryFolder, untilMigration } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

let sandbox: Sandbox;
let gateway: Gateway;
let file: string;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
  file = `${await temporaryFolder()}/godwit.db`;
  gateway = await startTestGateway(sandboxAccounts(sandbox), { storeUrl: `sqlite:${file}` });
});
afterAll(async () => {
  await gateway.stop(0);
  await sandbox.close();
});

interface Body {
  readonly items: readonly { readonly id: string }[];
  readonly detail: string;
  readonly checks: readonly unknown[];
}

async function get(path: string) {
  const response = await fetch(`${gateway.url}${path}`);
  return { status: response.status, body: (await response.json()) as Body };
}

it('a row of invalid JSON stops no other migration and is named in its answer and in readiness', async () => {
  const spoilt = await post(`${gateway.url}/migrations`, requestFor('huawei'), { prefer: 'respond-async' });
  // With another version, so that the cached representation is not used.
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(
    `update migrations set document = '{"id": "mig', version = version + 1, due_at = 0 where id = '${spoilt.body.id}'`,
  );
  database.close();

  const whole = await post(`${gateway.url}/migrations`, requestFor('alibaba'));
  expect(whole.status).toBe(201);
  const ended = await untilMigration(gateway.url, whole.body.id, hasEnded);
  expect(ended.state).toBe('succeeded');
  const list = await get('/migrations');
  expect([list.status, list.body.items.map(({ id }) => id)]).toEqual([200, [whole.body.id]]);
  const asked = await get(`/migrations/${spoilt.body.id}`);
  expect(asked).toMatchObject({ status: 500, body: { code: 'internal', retryable: false } });
  expect(asked.body.detail).toContain(spoilt.body.id);
  const ready = await get('/readyz?verbose=true');
  expect(ready.status).toBe(200);
  expect(ready.body.checks).toContainEqual({
    name: 'stored records',
    ok: false,
    detail: expect.stringContaining(spoilt.body.id),
  });
});
