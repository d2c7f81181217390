import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupRepresentation } from '../../src/domain/answer-schema.ts';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { openStore } from '../../src/store/open.ts';
import { getMigration, hasEnded, post, startTestGateway, temporaryFolder, untilMigration } from '../support/gateway.ts';
import { Mood, type Outage } from '../support/moody-store.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 100 });
});
afterAll(() => sandbox.close());

/** Longer than any answer, shorter than a lease. */
const awayMs = 300;
const outages: readonly Outage[] = [
  { atCommit: 1, answer: 'kept', awayMs },
  { atCommit: 2, answer: 'kept', awayMs },
  { atCommit: 1, answer: 'lost', awayMs },
];

interface Prepared {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Whether the requested change took effect. */
  readonly isSo: () => Promise<boolean>;
}

interface Scene {
  readonly url: string;
  readonly database: string;
}

const source = (key: string) => ({ type: 'object_storage', bucket: 'acme-backups-1250000000', keys: [key] });
const creation = (database: string, mode: string, key = 'prod/orders_full.bak') => ({
  provider: 'alibaba',
  mode,
  name: database,
  target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: database }] },
  source: source(key),
});

async function created({ url, database }: Scene, mode: string, key?: string): Promise<string> {
  const { status, body } = await post(`${url}/migrations`, creation(database, mode, key), { prefer: 'respond-async' });
  expect(status).toBe(202);
  return body.id;
}

async function items<T>(url: string): Promise<readonly T[]> {
  return ((await (await fetch(url)).json()) as { readonly items: readonly T[] }).items;
}

async function chain(scene: Scene): Promise<string> {
  const id = await created(scene, 'full_log');
  await untilMigration(scene.url, id, ({ state }) => state === 'awaiting_backup');
  return id;
}

/** Every change that a caller can make, each from a state that allows it. */
const requests: Readonly<Record<string, (scene: Scene) => Promise<Prepared>>> = {
  creation: async ({ url, database }) => ({
    method: 'POST',
    path: '/migrations',
    body: creation(database, 'full'),
    isSo: async () => (await items(`${url}/migrations?name=${database}`)).length === 1,
  }),
  'backup of a chain': async (scene) => {
    const id = await chain(scene);
    return {
      method: 'POST',
      path: `/migrations/${id}/backups`,
      body: { type: 'log', source: source('prod/orders_1.trn') },
      isSo: async () => (await items<BackupRepresentation>(`${scene.url}/migrations/${id}/backups`)).length === 2,
    };
  },
  cutover: async (scene) => {
    const id = await chain(scene);
    const ends = ['cutting_over', 'succeeded'];
    const isSo = async () => ends.includes((await getMigration(scene.url, id)).state);
    return { method: 'POST', path: `/migrations/${id}/cutover`, isSo };
  },
  cancellation: async (scene) => {
    const id = await chain(scene);
    const ends = ['cancelling', 'cancelled'];
    const isSo = async () => ends.includes((await getMigration(scene.url, id)).state);
    return { method: 'POST', path: `/migrations/${id}/cancel`, isSo };
  },
  retry: async (scene) => {
    const id = await created(scene, 'full', 'prod/no-space.bak');
    await untilMigration(scene.url, id, hasEnded);
    const isSo = async () => (await attemptsOf(scene, id)) === 2;
    return { method: 'POST', path: `/migrations/${id}/retry`, isSo };
  },
  'change of the description': async (scene) => {
    const id = await chain(scene);
    const isSo = async () => (await getMigration(scene.url, id)).description === 'changed';
    return { method: 'PATCH', path: `/migrations/${id}`, body: { description: 'changed' }, isSo };
  },
  deletion: async (scene) => {
    const id = await created(scene, 'full');
    await untilMigration(scene.url, id, hasEnded);
    const isSo = async () => (await fetch(`${scene.url}/migrations/${id}`)).status === 404;
    return { method: 'DELETE', path: `/migrations/${id}`, isSo };
  },
  webhook: async ({ url, database }) => ({
    method: 'POST',
    path: '/webhooks',
    body: { url: 'http://127.0.0.1:9/hook', description: database },
    isSo: async () =>
      (await items<{ description: string }>(`${url}/webhooks`)).filter(({ description }) => description === database)
        .length === 1,
  }),
};

async function attemptsOf({ url }: Scene, id: string): Promise<number> {
  const events = await items<{ type: string }>(`${url}/migrations/${id}/events?pageSize=200`);
  return events.filter(({ type }) => type === 'call.sent').length;
}

const postgres = await findPostgres();
const reason = postgres.available ? '' : ` (skipped: ${postgres.reason})`;

describe('a gateway whose SQLite store goes away', () => {
  storeThatGoesAway(async () => `sqlite:${await temporaryFolder()}/godwit.db`);
});

describe.skipIf(!postgres.available)(`a store on PostgreSQL that goes away${reason}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    if (!postgres.available) return;
    server = await postgres.start(async (template) => {
      await (await openStore(template, { runtime: systemRuntime })).close();
    });
  }, 120_000);
  afterAll(() => server?.stop(), 120_000);
  storeThatGoesAway(() => server.createDatabase());
});

let count = 0;

function storeThatGoesAway(newUrl: () => Promise<string>): void {
  const running: { readonly outage: Outage; readonly gateway: Gateway; readonly mood: Mood }[] = [];
  beforeAll(async () => {
    for (const outage of outages) {
      const mood = new Mood();
      const storeUrl = await newUrl();
      const open: typeof openStore = async (url, options) => mood.wrap(await openStore(url, options));
      const config = { encryption: { key: Buffer.alloc(32, 1).toString('base64') } };
      running.push({
        outage,
        mood,
        gateway: await startTestGateway(sandboxAccounts(sandbox), { storeUrl, config, open }),
      });
    }
  });
  afterAll(() => Promise.all(running.map(({ gateway }) => gateway.stop(0))));

  it.concurrent.each(outages)(
    'gives every change one true outcome: at commit $atCommit, its answer $answer',
    async (outage) => {
      const found = running.find((each) => each.outage === outage);
      if (found === undefined) throw new Error('no gateway');
      // Only a creation has a second commit, for the vendor's answer.
      const names = outage.atCommit === 1 ? Object.keys(requests) : ['creation'];
      for (const name of names) await judged(found.gateway, name, outage, found.mood);
    },
  );

  async function judged(gateway: Gateway, name: string, outage: Outage, mood: Mood): Promise<void> {
    const scene = { url: gateway.url, database: `away-${++count}` };
    const prepared = await requests[name]?.(scene);
    if (prepared === undefined) throw new Error(name);
    const { method, path, body, isSo } = prepared;
    const key = method === 'POST' ? { 'idempotency-key': `key-${count}` } : {};
    const ask = async () => {
      const response = await fetch(`${scene.url}${path}`, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...key },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const said = (text === '' ? {} : JSON.parse(text)) as { id?: string; code?: string; retryable?: boolean };
      return { status: response.status, replayed: response.headers.get('idempotency-replayed'), said };
    };

    mood.expect(outage);
    const { status, said } = await ask();
    if (outage.answer === 'kept') expect([200, 201, 202, 204], `${name} ${JSON.stringify(said)}`).toContain(status);
    else
      expect([name, status, said.code, said.retryable]).toEqual([
        name,
        503,
        'store_outcome_unknown',
        method === 'POST',
      ]);

    await mood.over();
    while (!(await isSo())) await systemRuntime.sleep(20);
    if (method === 'POST') {
      const again = await ask();
      expect([name, again.replayed], JSON.stringify(again.said)).toEqual([name, 'true']);
      if (outage.answer === 'kept') expect(again.said.id).toBe(said.id);
      expect(await isSo(), name).toBe(true);
    }
    if (name !== 'creation') return;
    const [migration] = await items<{ id: string }>(`${scene.url}/migrations?name=${scene.database}`);
    await untilMigration(scene.url, migration?.id ?? '', hasEnded);
    const restores = sandbox
      .journal()
      .filter(({ effect, subject }) => effect === 'restore' && subject.includes(scene.database));
    expect(restores).toHaveLength(1);
  }
}
