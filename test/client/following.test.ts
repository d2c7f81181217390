import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGodwitWith } from '../../client/src/client.ts';
import {
  createGodwit,
  type Event,
  type Godwit,
  type GodwitWaitTimeout,
  hasEnded,
  type Migration,
  type MigrationRequest,
  type Reset,
} from '../../client/src/index.ts';
import { systemTiming, type Timing } from '../../client/src/timing.ts';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { freePort, startTestGateway, temporaryFolder } from '../support/gateway.ts';

let clouds: Sandbox;
let gateway: Gateway;
let port: number;
beforeAll(async () => {
  clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 300 });
  port = await freePort();
  gateway = await start(await temporaryFolder());
});
afterAll(async () => {
  await gateway.stop(0);
  await clouds.close();
});

async function start(folder: string): Promise<Gateway> {
  const config = { listen: { port } };
  return startTestGateway(sandboxAccounts(clouds), { storeUrl: `sqlite:${join(folder, 'godwit.db')}`, config });
}

/** Milliseconds without a byte after which a stream counts as broken. */
const silenceMs = 45_000;
/** Short pauses between tries. */
const impatient: Timing = {
  ...systemTiming,
  sleep: (ms, signal) => systemTiming.sleep(ms === silenceMs ? ms : Math.min(ms, 20), signal),
};
/** The limit of silence is short, too. */
const hasty: Timing = { ...systemTiming, sleep: (ms, signal) => systemTiming.sleep(Math.min(ms, 200), signal) };

interface Opened {
  readonly lastEventId: string | null;
}

/** A client that records its streams and applies `change` to each. */
function following(change: (response: Response, number: number) => Response, timing = impatient) {
  const streams: Opened[] = [];
  const looks: Request[] = [];
  const godwit = createGodwitWith(
    {
      url: gateway.url,
      async fetch(request) {
        const response = await fetch(request);
        if (request.headers.get('accept') !== 'text/event-stream') {
          looks.push(request);
          return response;
        }
        streams.push({ lastEventId: request.headers.get('last-event-id') });
        return change(response, streams.length);
      },
    },
    timing,
  );
  return { godwit, streams, looks };
}

/** The same answer, with a connection that breaks after that many bytes. */
function brokenAfter(bytes: number, { body, headers }: Response): Response {
  let left = bytes;
  const breaking = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      controller.enqueue(piece.subarray(0, left));
      left -= piece.length;
      if (left < 0) controller.error(new TypeError('terminated'));
    },
  });
  return new Response(body?.pipeThrough(breaking) ?? null, { headers });
}

let created = 0;
/** A request for a separate instance. */
function requestFor(provider: 'alibaba' | 'tencent', mode: 'full' | 'full_log' = 'full'): MigrationRequest {
  const instanceId = `${provider === 'alibaba' ? 'rm' : 'mssql'}-following${++created}`;
  const source = { type: 'object_storage' as const, bucket: 'acme-backups-1250000000', keys: ['prod/orders.bak'] };
  return { provider, mode, target: { instanceId, databases: [{ name: 'orders' }] }, source };
}

async function create(godwit: Godwit): Promise<string> {
  const { data } = await godwit.POST('/migrations', { body: requestFor('tencent') });
  return data.id;
}

async function allOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The events of one migration, while those of others arrive beside them. */
async function eventsUntilEnd(events: AsyncIterable<Event | Reset>, id: string): Promise<readonly (Event | Reset)[]> {
  const seen: (Event | Reset)[] = [];
  for await (const event of events) {
    if (event.type !== 'reset' && event.migrationId !== id) continue;
    seen.push(event);
    if (event.type === 'migration.state_changed' && event.data.to === 'succeeded') break;
  }
  return seen;
}

const eventsOf = (godwit: Godwit, id: string) =>
  allOf(godwit.paginate('/migrations/{id}/events', { params: { path: { id }, query: { pageSize: 3 } } }));

describe('events', () => {
  it('arrive once each and in order, although the stream is cut repeatedly', async () => {
    const { godwit, streams } = following((response, number) =>
      number < 4 ? brokenAfter(number * 350, response) : response,
    );
    const id = await create(godwit);
    const seen = await eventsUntilEnd(godwit.events({ migrationId: id }), id);
    expect(seen).toEqual(await eventsOf(godwit, id));
    expect(streams.length).toBeGreaterThanOrEqual(3);
    expect(streams[0]).toEqual({ lastEventId: null });
    expect(streams.at(-1)?.lastEventId).toMatch(/^evt_/);
  });

  it('reconnects when a connection is silent for too long', async () => {
    const silent = new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } });
    const { godwit, streams } = following((response, number) => (number === 1 ? silent : response), hasty);
    const id = await create(godwit);
    const { value } = await godwit.events({ migrationId: id }).next();
    expect(value).toMatchObject({ type: 'migration.created', migrationId: id });
    expect(streams).toHaveLength(2);
  });

  it('of all migrations start with the next event or after a given event', async () => {
    const { godwit } = following((response) => response);
    const id = await create(godwit);
    await godwit.waitFor(id);
    const [first, ...others] = await eventsOf(godwit, id);
    const rest = await eventsUntilEnd(godwit.events({ after: first?.id }), id);
    expect(rest).toEqual(others);
  });

  it('stop on abort and throw its reason', async () => {
    const { godwit } = following((response) => response);
    const abort = new AbortController();
    const next = godwit.events({ signal: abort.signal }).next();
    abort.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('of an unknown migration throw the problem', async () => {
    const { godwit, streams } = following((response) => response);
    const events = godwit.events({ migrationId: 'mig_00000000000000000000000000' });
    await expect(events.next()).rejects.toMatchObject({ code: 'not_found' });
    expect(streams).toHaveLength(1);
  });

  it('stop when the gateway is unreachable for longer than the patience', async () => {
    const tries: number[] = [];
    const godwit = createGodwitWith(
      { url: 'http://127.0.0.1:1', fetch: () => Promise.reject(tries.push(0)) },
      { ...impatient, monotonic: () => tries.length * 1000 },
    );
    const troubles: unknown[] = [];
    const events = godwit.events({ patienceMs: 3500, onTrouble: (error) => troubles.push(error) });
    await expect(events.next()).rejects.toMatchObject({ code: 'unreachable' });
    expect(tries).toHaveLength(5);
    expect(troubles).toHaveLength(4);
  });
});

describe('waitFor', () => {
  it('resolves with the final state', async () => {
    const godwit = createGodwit({ url: gateway.url });
    expect(await godwit.waitFor(await create(godwit))).toMatchObject({ state: 'succeeded' });
  });

  it.each([
    ['a proxy refuses streams', () => new Response('<html>', { status: 403 })],
    ['a proxy answers with a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    [
      'a proxy keeps streams back',
      () => new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } }),
    ],
  ])('polls when %s', async (_, change) => {
    const { godwit, looks } = following(change);
    expect(await godwit.waitFor(await create(godwit))).toMatchObject({ state: 'succeeded' });
    expect(looks.at(-1)?.headers.get('if-none-match')).toMatch(/^"mig_/);
  });

  it('resolves with the requested state, or with the final state if that is never reached', async () => {
    const godwit = createGodwit({ url: gateway.url });
    const { data } = await godwit.POST('/migrations', { body: requestFor('alibaba', 'full_log') });
    const rested = await godwit.waitFor(data.id, { until: ['awaiting_backup', 'cutting_over'] });
    expect(rested.state).toBe('awaiting_backup');
    await godwit.POST('/migrations/{id}/cancel', { params: { path: { id: data.id } } });
    expect(hasEnded(await godwit.waitFor(data.id, { until: 'awaiting_backup' }))).toBe(true);
  });

  it('rejects after its timeout with the last known migration', async () => {
    let seen = (): void => undefined;
    const over = new Promise<void>((done) => {
      seen = done;
    });
    const sleep: Timing['sleep'] = (ms, signal) => (ms === 3_600_000 ? over : impatient.sleep(ms, signal));
    const godwit = createGodwitWith({ url: gateway.url }, { ...impatient, sleep });
    const { data } = await godwit.POST('/migrations', { body: requestFor('alibaba', 'full_log') });
    const until = ({ state }: Migration): boolean => {
      if (state === 'awaiting_backup') seen();
      return false;
    };
    const error = await godwit.waitFor(data.id, { until, timeoutMs: 3_600_000 }).catch((reason: unknown) => reason);
    const { code, migration, message } = error as GodwitWaitTimeout;
    expect([code, migration?.state]).toEqual(['wait_timeout', 'awaiting_backup']);
    expect(message).toBe(`${data.id} is still awaiting_backup after 3600 s`);
    await godwit.POST('/migrations/{id}/cancel', { params: { path: { id: data.id } } });
  });

  it('ends with an abort, whose reason is thrown', async () => {
    const godwit = createGodwit({ url: gateway.url });
    const waiting = godwit.waitFor(await create(godwit), { signal: AbortSignal.abort(new Error('enough')) });
    await expect(waiting).rejects.toThrow('enough');
  });

  it('rejects at once for an unknown migration', async () => {
    const godwit = createGodwit({ url: gateway.url });
    await expect(godwit.waitFor('mig_00000000000000000000000000')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('watch', () => {
  it('yields the current migration, then each change, then the final state', async () => {
    const godwit = createGodwit({ url: gateway.url });
    const seen: readonly Migration[] = await allOf(godwit.watch(await create(godwit)));
    expect(seen[0]?.state).toMatch(/pending|restoring/);
    expect(seen.slice(0, -1).some(hasEnded)).toBe(false);
    expect(seen.at(-1)?.state).toBe('succeeded');
    const updates = seen.map(({ updatedAt, observedAt }) => `${updatedAt} ${observedAt}`);
    expect(new Set(updates).size).toBe(updates.length);
  });
});

describe('a gateway restart', () => {
  it('does not interrupt a wait', async () => {
    const folder = await temporaryFolder();
    await gateway.stop(0);
    gateway = await start(folder);
    const { godwit } = following((response) => response);
    const id = await create(godwit);
    const waiting = godwit.waitFor(id);
    const listening = eventsUntilEnd(godwit.events({ migrationId: id }), id);
    await gateway.stop(0);
    gateway = await start(folder);
    expect(await waiting).toMatchObject({ state: 'succeeded' });
    expect(await listening).toEqual(await eventsOf(godwit, id));
  });

  it('on another database reports the lost position: reset in a stream, events_gone for a page', async () => {
    const { godwit } = following((response) => response);
    const id = await create(godwit);
    await godwit.waitFor(id);
    const { data: page } = await godwit.GET('/migrations/events', { params: { query: { pageSize: 2 } } });
    await gateway.stop(0);
    gateway = await start(await temporaryFolder());
    const query = { pageToken: page.nextPageToken ?? '' };
    const gone = godwit.paginate('/migrations/events', { params: { query } }).next();
    await expect(gone).rejects.toMatchObject({ code: 'events_gone', status: 410 });
    const events = godwit.events({ after: page.items.at(-1)?.id });
    expect((await events.next()).value).toEqual({ type: 'reset' });
    const other = await create(godwit);
    const seen = await eventsUntilEnd(events, other);
    expect(seen).toEqual(await eventsOf(godwit, other));
  });
});
