import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Migration } from '../../src/domain/migration.ts';
import type { Store } from '../../src/domain/store.ts';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { openStore } from '../../src/store/open.ts';
import { post, startTestGateway, temporaryFolder } from '../support/gateway.ts';
import { findPostgresPrograms, type OwnServer } from '../support/postgres-programs.ts';
import { sampleMigration } from '../support/samples.ts';
import { lease, noLease } from './samples.ts';
import { startProxy } from './tcp-proxy.ts';

const programs = findPostgresPrograms();
const reason = programs.available ? '' : ` (skipped: ${programs.reason})`;
const password = 'first';
/** Time to full recovery once connections lead to the primary, in milliseconds. */
const recoveryMs = 10_000;

const urlOf = (...servers: readonly OwnServer[]) =>
  `postgres://postgres:${password}@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres`;

describe.skipIf(!programs.available)(`A PostgreSQL that fails over${reason}`, () => {
  let sandbox: Sandbox;
  let primary: OwnServer;
  let standby: OwnServer;
  beforeAll(async () => {
    sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 100 });
  });
  afterAll(() => sandbox?.close());

  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function startServer(): Promise<void> {
    if (!programs.available) return;
    primary = await programs.start(password);
    cleanups.push(() => primary.remove());
  }
  async function startPair(): Promise<void> {
    await startServer();
    standby = await primary.standby();
    cleanups.push(() => standby.remove());
  }
  async function startGateway(storeUrl: string): Promise<Gateway> {
    const gateway = await startTestGateway(sandboxAccounts(sandbox), { storeUrl });
    cleanups.push(() => gateway.stop(0));
    return gateway;
  }
  async function open(url: string, currentUrl?: () => string): Promise<Store> {
    const store = await openStore(url, { runtime: systemRuntime, currentUrl });
    cleanups.push(() => store.close());
    return store;
  }
  /** Promotes the standby. The old primary returns as a standby that replicates nothing. */
  async function switchOver(): Promise<void> {
    await primary.stop();
    await standby.promote();
    await primary.startAsStandby();
  }

  it('loses no acknowledged write and leaves the demoted server', async () => {
    await startPair();
    const proxy = await startProxy(urlOf(primary));
    cleanups.push(() => proxy.close());
    const { url } = await startGateway(proxy.url);
    const load = startLoad(url);
    cleanups.push(() => load.stop());
    await load.until(({ acknowledged }) => acknowledged.length >= 10);

    await switchOver();
    const answeredBefore = load.acknowledged.length;
    load.statuses.length = 0;
    // The name still resolves to the old server.
    await load.until(({ statuses }) => statuses.length >= 8);
    // Reads from it fail too, because its data may be stale.
    expect((await fetch(`${url}/migrations/${load.acknowledged[0]}`)).status).toBe(503);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect(new Set(load.statuses)).toEqual(new Set([503]));
    expect(load.acknowledged).toHaveLength(answeredBefore);

    proxy.leadTo(urlOf(standby));
    const end = performance.now() + recoveryMs;
    await load.until(({ acknowledged }) => acknowledged.length > answeredBefore);
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), {
      timeout: Math.max(end - performance.now(), 1),
    });
    load.statuses.length = 0;
    await load.until(({ statuses }) => statuses.length >= 40);
    await load.stop();
    expect(load.statuses.filter((status) => status >= 400)).toEqual([]);
    // The old server never answered in place of the new one.
    expect(load.lost).toEqual([]);
    for (const id of load.acknowledged) expect((await fetch(`${url}/migrations/${id}`)).status).toBe(200);
    expect(await connectionsTo(primary)).toBe(0);
    expect(await connectionsTo(standby)).toBeGreaterThan(0);
  });

  it('continues from a standby’s state and discards commits it lacks', async () => {
    await startPair();
    const hosts = urlOf(primary, standby);
    const store = await open(hosts);
    const [kept, lost] = [sampleMigration(), sampleMigration()];
    const created = await store.create(kept, lease());
    if (created.outcome !== 'created') throw new Error(created.outcome);
    await vi.waitFor(
      async () => expect(await standby.query(`select 1 from migrations where id = '${kept.id}'`)).toHaveLength(1),
      {
        timeout: recoveryMs,
      },
    );
    await standby.stop();
    await store.update(kept.id, (current) => ({ ...current, description: 'lost' }), { fence: created.fence });
    await store.create(lost, noLease);
    const place = (await store.latestEvent()) ?? '';
    await primary.kill();
    await standby.start();
    await standby.promote();

    const other = await open(hosts);
    const change = (name: string) => (current: Migration) => ({ ...current, name });
    await vi.waitFor(() => other.update(kept.id, change('of another process')), { timeout: recoveryMs, interval: 100 });
    // The same version as the lost record, with another state: nothing that this process stored before may be a base.
    const options = { fence: created.fence };
    const own = await vi.waitFor(() => store.update(kept.id, (current) => ({ ...current, percent: 7 }), options), {
      timeout: recoveryMs,
      interval: 100,
    });
    expect(own).toMatchObject({
      outcome: 'updated',
      migration: { version: 3, name: 'of another process', percent: 7 },
    });
    expect(own).toMatchObject({ migration: { description: kept.description } });
    expect(await store.get(lost.id)).toBeNull();
    // A reader of the lost events receives every new event.
    const next = await store.events({}, { size: 200 });
    expect(next.map(({ id }) => id)).not.toContain(place);
    // It also learns that the position of a lost event is gone, although new positions may have passed it.
    expect(await store.hasPlace(place)).toBe(false);
  });

  it('is found among several hosts, also after it moves', async () => {
    await startPair();
    const store = await open(`${urlOf(standby, primary)}?target_session_attrs=read-write`);
    const [before, after] = [sampleMigration(), sampleMigration()];
    await store.create(before, noLease);
    expect(await connectionsTo(standby)).toBe(0);

    await switchOver();
    await vi.waitFor(() => store.create(after, noLease), { timeout: recoveryMs, interval: 100 });
    expect(await store.get(before.id)).toEqual(before);
    expect(await store.get(after.id)).toEqual(after);
    expect(await connectionsTo(primary)).toBe(0);
    await store.check();
  });

  it('is not ready while it is read-only, even if its connections hold', async () => {
    await startServer();
    const { url } = await startGateway(urlOf(primary));
    const ready = async () => (await fetch(`${url}/readyz`)).status;
    expect(await ready()).toBe(200);

    await primary.query('alter system set default_transaction_read_only = on');
    await primary.query('select pg_reload_conf()');
    await vi.waitFor(async () => expect(await ready()).toBe(503), { timeout: recoveryMs });
    expect((await post(`${url}/migrations`, creation(1))).status).toBe(503);

    await primary.query('alter system reset default_transaction_read_only');
    await primary.query('select pg_reload_conf()');
    await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: recoveryMs });
    expect((await post(`${url}/migrations`, creation(2))).status).toBeLessThan(300);
  });

  it('uses a password rotated in its file and survives a broken file', async () => {
    await startServer();
    const file = join(await temporaryFolder(), 'url');
    await writeFile(file, `${urlOf(primary)}\n`);
    const gateway = await startTestGateway(sandboxAccounts(sandbox), { config: { store: { url: { file } } } });
    cleanups.push(() => gateway.stop(0));
    const created = async (number: number) => (await post(`${gateway.url}/migrations`, creation(number))).status;
    expect(await created(1)).toBeLessThan(300);
    const endConnections = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'godwit'";

    await primary.query("alter role postgres password 'second'");
    await writeFile(file, urlOf(primary).replace(password, 'second'));
    await primary.query(endConnections);
    await vi.waitFor(async () => expect(await created(2)).toBeLessThan(300), { timeout: recoveryMs });

    await writeFile(file, 'neither here nor there');
    await primary.query(endConnections);
    await vi.waitFor(async () => expect(await created(3)).toBeLessThan(300), { timeout: recoveryMs });
  });
});

async function connectionsTo(server: OwnServer): Promise<number> {
  const rows = await server.query("select 1 from pg_stat_activity where application_name = 'godwit'");
  return rows.length;
}

const creation = (number: number) => ({
  provider: 'alibaba',
  mode: 'full',
  target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: `orders_${number}` }] },
  source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orders_full.bak'] },
});

/** Callers that create without a pause and read each new migration at once. */
interface Load {
  /** The ids of the creations that were answered with success. */
  readonly acknowledged: readonly string[];
  /** Those of them that a later read answered with 404. */
  readonly lost: readonly string[];
  /** The statuses of the creations. */
  readonly statuses: number[];
  until(condition: (load: Load) => boolean): Promise<void>;
  stop(): Promise<void>;
}

function startLoad(url: string): Load {
  const acknowledged: string[] = [];
  const lost: string[] = [];
  const statuses: number[] = [];
  const stopping = new AbortController();
  let number = 0;
  async function caller(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { status, body } = await post(`${url}/migrations`, creation(++number), { prefer: 'respond-async' });
      statuses.push(status);
      if (status >= 300) continue;
      acknowledged.push(body.id);
      if ((await fetch(`${url}/migrations/${body.id}`)).status === 404) lost.push(body.id);
    }
  }
  const callers = Promise.all(Array.from({ length: 3 }, caller));
  const load: Load = {
    acknowledged,
    lost,
    statuses,
    until: (condition) =>
      vi.waitFor(
        () => {
          if (!condition(load)) throw new Error(`not so after: ${statuses.join(' ')}`);
        },
        { timeout: recoveryMs, interval: 20 },
      ),
    stop: async () => {
      stopping.abort();
      await callers;
    },
  };
  return load;
}
