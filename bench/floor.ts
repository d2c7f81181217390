import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { Pool } from 'undici';
import { startGateway } from '../src/gateway.ts';
import { systemRuntime } from '../src/runtime.ts';
import { sandboxAccounts } from '../src/sandbox/accounts.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { createLog } from '../src/telemetry/log.ts';
import { checkedConfig } from '../test/support/configuration.ts';
import { compare, timed } from './measure.ts';

const requests = 2000;
const atOnce = 16;

const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'));
const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 100 });
const file = {
  listen: { port: 0 },
  store: { url: `sqlite:${join(folder, 'godwit.db')}` },
  accounts: sandboxAccounts(sandbox),
};
const log = createLog('info', { write: () => undefined });
const gateway = await startGateway(await checkedConfig(file, {}, false), systemRuntime, log, 'bench');

const created = await fetch(`${gateway.url}/migrations`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    provider: 'tencent',
    target: { instanceId: 'mssql-rdc0gajn' },
    source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders.bak'] },
  }),
});
const { id } = (await created.json()) as { readonly id: string };
const path = `/migrations/${id}`;
const answer = await (await fetch(`${gateway.url}${path}`)).text();

const bare = fastify();
bare.get('/migrations/:id', (_request, reply) => reply.type('application/json; charset=utf-8').send(answer));
const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });

async function load(pool: Pool): Promise<void> {
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({ method: 'GET', path });
      await body.dump();
      if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const pools = [bareUrl, gateway.url].map((url) => new Pool(url, { connections: atOnce }));
const [ofBare, ofGateway] = pools;
if (ofBare === undefined || ofGateway === undefined) throw new Error('no pools');
await compare(
  `${requests} reads of a migration, ${atOnce} at a time, client and server in one process`,
  [
    { name: 'bare Fastify, the same bytes from memory', run: () => timed(() => load(ofBare)) },
    { name: 'Godwit, from SQLite', run: () => timed(() => load(ofGateway)) },
  ],
  7,
);
await Promise.all(pools.map((pool) => pool.close()));
await bare.close();
await gateway.stop(1000);
await sandbox.close();
