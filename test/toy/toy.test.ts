import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedConfig } from '../../src/config/load.ts';
import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import { providerRegistry } from '../../src/domain/provider.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { providers } from '../../src/registry.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { backup, migration, reply } from '../providers/alibaba/fixture.ts';
import { lawsOf } from '../providers/contract/laws.ts';
import { quickEngine, testListen } from '../support/gateway.ts';
import { startPelicanCloud } from './cloud.ts';
import { pelican } from './pelican/index.ts';

const registry = providerRegistry([...providers.all, pelican]);
const key = 'pelican-key';
let cloud: Awaited<ReturnType<typeof startPelicanCloud>>;
let gateway: Gateway;

beforeAll(async () => {
  cloud = await startPelicanCloud(key);
  const account = {
    provider: 'pelican',
    name: 'pel-main',
    region: 'lagoon-1',
    credentials: { key },
    endpoints: { api: cloud.url },
  };
  const file = { listen: testListen, store: { url: 'sqlite::memory:' }, engine: quickEngine, accounts: [account] };
  const config = await checkedConfig(file, {}, false, registry);
  gateway = await startGateway(config, systemRuntime, createLog('silent'), 'test', null, registry);
});
afterAll(async () => {
  await gateway.stop(100);
  await cloud.close();
});

async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: MigrationRepresentation }> {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as MigrationRepresentation };
}

const source = (file: string) => ({ type: 'object_storage', bucket: 'acme', keys: [`prod/${file}`] });
const request = (mode: string, instanceId: string, file = 'orders_full.bak') => ({
  provider: 'pelican',
  mode,
  target: { instanceId, databases: [{ name: 'orders' }] },
  source: source(file),
});

async function until(id: string, state: string): Promise<MigrationRepresentation> {
  for (let tries = 0; tries < 400; tries++) {
    const { body } = await call('GET', `/migrations/${id}`);
    if (body.state === state) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it never was ${state}: ${JSON.stringify((await call('GET', `/migrations/${id}`)).body)}`);
}

describe('a fourth provider that src does not know', () => {
  it('restores a full backup', async () => {
    const created = await call('POST', '/migrations', request('full', 'pel-one'));
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    const ended = await until(created.body.id, 'succeeded');
    expect(ended).toMatchObject({ provider: 'pelican', providerStatus: 'done', error: null });
    expect(cloud.restores.filter(({ instance }) => instance === 'pel-one')).toMatchObject([
      { database: 'orders', file: 'acme/prod/orders_full.bak', last: true, after: null },
    ]);
  });

  it('restores a chain of a log and a final log that opens the database', async () => {
    const { id } = (await call('POST', '/migrations', request('full_log', 'pel-two'))).body;
    for (const final of [false, true]) {
      const added = await call('POST', `/migrations/${id}/backups`, {
        type: 'log',
        source: source(final ? 'tail.bak' : 'log_1.bak'),
        final,
      });
      expect(added.status).toBe(201);
    }
    const ended = await until(id, 'succeeded');
    expect(ended.backups.map(({ state }) => state)).toEqual(['restored', 'restored', 'restored']);
    const restores = cloud.restores.filter(({ instance }) => instance === 'pel-two');
    expect(restores.map(({ last }) => last)).toEqual([false, false, true]);
    expect(restores.map(({ after }) => after)).toEqual([null, restores[0]?.name, restores[1]?.name]);
  });

  it('explains a failed restore with the code that every vendor has for the cause', async () => {
    const { id } = (await call('POST', '/migrations', request('full', 'pel-three', 'corrupt.bak'))).body;
    expect((await until(id, 'failed')).error).toMatchObject({ code: 'backup_corrupt_or_newer', retryable: false });
  });

  it('appears in the gateway’s documents and lists', async () => {
    const document = JSON.stringify((await call('GET', '/openapi.json')).body);
    expect(document).toContain('"pelican"');
    expect((await call('GET', '/providers/pelican')).body).toMatchObject({
      id: 'pelican',
      modes: ['full', 'full_log'],
    });
    const refused = await call('POST', '/migrations', request('full_differential', 'pel-four'));
    expect(refused.body).toMatchObject({ code: 'unsupported_by_provider' });
    expect((await call('POST', '/migrations', { ...request('full', 'pel-five'), provider: 'heron' })).status).toBe(400);
  });
});

const restoring = migration({
  provider: 'pelican',
  account: 'pel-main',
  region: 'lagoon-1',
  target: { instanceId: 'pel-one', databases: [{ name: 'orders' }], overwrite: false },
  providerRefs: { restoreId: 'r1' },
  backups: [backup({ providerRefs: { restoreId: 'r1' } })],
});
const row = (status: string, more: object = {}) => ({ id: 'r1', name: 'bkp_full-1', status, reason: null, ...more });

lawsOf({
  provider: pelican,
  account: {
    provider: 'pelican',
    name: 'pel-main',
    region: 'lagoon-1',
    endpoints: {},
    limits: { readsPerSecond: 1, writesPerSecond: 1 },
  },
  credentials: [{ provider: 'pelican', key: new Secret(key) }],
  restoring,
  failed: (text) => reply({ restores: [row('failed', { reason: text })] }),
  migrations: [
    restoring,
    {
      ...restoring,
      mode: 'full_log',
      backups: [backup({ state: 'restored' }), backup({ id: 'bkp_log', type: 'log' })],
    },
  ],
  answers: [
    reply({ restores: [row('running'), row('done', { id: 'r2' })] }),
    reply({ restores: [row('failed', { reason: 'Msg 3241' })] }),
    reply({ restore: { id: 'r1' } }, 201),
    reply({ error: { code: 'InstanceBusy', message: 'wait' } }, 409),
    reply({ error: { code: 'BadKey', message: 'no' } }, 401),
  ],
});
