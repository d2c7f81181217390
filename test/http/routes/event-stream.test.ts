import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/store.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { anEvent, idOf } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}/events`;
const streaming = (more: Record<string, string> = {}) => ({ headers: { accept: 'text/event-stream', ...more } });

/** An app whose feed continues until the test ends it, with a frozen clock. */
async function endlessApp(maxEventStreams = 1000): Promise<TestApp & { readonly signals: AbortSignal[] }> {
  const app = await testApp({ settings: { maxEventStreams }, keepOpen: true });
  const signals: AbortSignal[] = [];
  const until = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  Object.assign(app.runtime, { sleep: (_ms: number, signal?: AbortSignal) => until(signal) });
  app.service.followEvents = async (_id, _after, _context, signal) => {
    signals.push(signal);
    const events = (async function* () {
      yield [anEvent(1)];
      await until(signal);
    })();
    return { events, reset: false };
  };
  return { ...app, signals };
}

async function listening({ app }: TestApp): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

describe('an event stream', () => {
  it('sends the events of the page one by one, with keep-alives between them', async () => {
    const { call } = await testApp();
    const page = await call('GET', path);
    const { statusCode, headers, body } = await call('GET', path, streaming());
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const messages = body.split('\n\n');
    expect(messages.shift()).toBe('retry: 2000');
    expect(messages.splice(-2)).toEqual([':', '']);
    const items = page.json<{ items: { id: string; type: string }[] }>().items;
    expect(messages).toEqual(items.map((item) => `id: ${item.id}\nevent: ${item.type}\ndata: ${JSON.stringify(item)}`));
  });

  it('resumes after Last-Event-ID', async () => {
    const { call, service } = await testApp();
    const { body } = await call('GET', path, streaming({ 'last-event-id': idOf('evt', 1) }));
    expect(body).not.toContain(idOf('evt', 1));
    expect(body).toContain(idOf('evt', 2));
    expect(service.argumentsOf('followEvents').slice(0, 2)).toEqual([idOf('mig', 1), idOf('evt', 1)]);
  });

  it('of all migrations works without a migration id', async () => {
    const { call, service } = await testApp();
    await call('GET', '/migrations/events', streaming());
    expect(service.argumentsOf('followEvents').slice(0, 2)).toEqual([null, null]);
  });

  it.each([
    ['an unknown migration', `/migrations/${idOf('mig', 9)}/events`, {}, 404],
    ['a malformed event id', path, { 'last-event-id': 'evt_1' }, 400],
    ['a page size', `${path}?pageSize=2`, {}, 400],
    ['another media type', path, { accept: 'text/html' }, 406],
  ])('is rejected with a problem for %s', async (_what, url, headers, status) => {
    const { call } = await testApp();
    const response = await call('GET', url, streaming(headers));
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['*/*', 'application/json', 'text/event-stream;q=0.5, application/json'])(
    'is a page for clients that accept %s',
    async (accept) => {
      const { call } = await testApp();
      expect((await call('GET', path, { headers: { accept } })).json().items).toHaveLength(2);
    },
  );

  it('has no body for HEAD and leaves nothing open', async () => {
    const app = await endlessApp(1);
    for (let times = 0; times < 3; times++) {
      const response = await app.call('HEAD', path, streaming());
      expect(response.headers['content-type']).toContain('text/event-stream');
      expect(response.body).toBe('');
    }
    await app.app.close();
  });

  it('first reports a lost `Last-Event-ID` position and makes the client forget it', async () => {
    const { call, service } = await testApp();
    const events = (async function* () {
      yield [anEvent(1)];
    })();
    service.followEvents = async () => ({ events, reset: true });
    const { body } = await call('GET', path, streaming({ 'last-event-id': idOf('evt', 9) }));
    expect(body.split('\n\n')[1]).toBe('id:\nevent: reset\ndata: {}');
  });

  it('ends when the feed fails, so that the client reconnects', async () => {
    const { call, service, log } = await testApp();
    const events = (async function* () {
      yield [anEvent(1)];
      throw new StoreUnavailable('the database is gone');
    })();
    service.followEvents = async () => ({ events, reset: false });
    const { body } = await call('GET', path, streaming());
    expect(body.endsWith('\n\n')).toBe(true);
    expect(body).toContain(idOf('evt', 1));
    expect(log.map(({ msg }) => msg)).toContain('an event stream has ended early');
  });

  it('ends when the app closes', async () => {
    const app = await endlessApp();
    const response = await fetch(`${await listening(app)}${path}`, streaming());
    const text = response.text();
    await app.app.close();
    expect(await text).toContain(idOf('evt', 1));
  });

  it('frees its slot when the client leaves before the first event', async () => {
    const app = await endlessApp(1);
    const url = `${await listening(app)}${path}`;
    const { followEvents } = app.service;
    const left = new Promise<void>((resolve) => {
      app.service.followEvents = async (id, after, context, signal) => {
        leave.abort();
        await new Promise((gone) => signal.addEventListener('abort', gone, { once: true }));
        setImmediate(resolve);
        return followEvents(id, after, context, signal);
      };
    });
    const leave = new AbortController();
    await expect(fetch(url, { ...streaming(), signal: leave.signal })).rejects.toThrow();
    await left;
    app.service.followEvents = followEvents;
    const next = await fetch(url, streaming());
    expect(next.status).toBe(200);
    await app.app.close();
    await next.text();
  });

  it('is limited in number, and a closed one frees its slot', async () => {
    const app = await endlessApp(1);
    const url = `${await listening(app)}${path}`;
    const leave = new AbortController();
    const first = await fetch(url, { ...streaming(), signal: leave.signal });
    expect(first.status).toBe(200);
    const second = await fetch(url, streaming());
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('5');
    expect(await second.json()).toMatchObject({ code: 'overloaded' });
    const left = new Promise((resolve) => app.signals[0]?.addEventListener('abort', resolve, { once: true }));
    leave.abort();
    await left;
    const third = await fetch(url, streaming());
    expect(third.status).toBe(200);
    await app.app.close();
    await third.text();
  });
});
