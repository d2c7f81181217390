import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import type { HttpSettings } from '../../../src/http/settings.ts';
import { testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { aMigration, idOf } from '../support/fixtures.ts';

async function listening(settings: Partial<HttpSettings> = {}) {
  const test = await testApp({ settings, keepOpen: true });
  await test.app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    test.app.server.closeAllConnections();
    return test.app.close();
  });
  const address = test.app.server.address();
  return { ...test, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

async function open(
  port: number,
  halfOpen = false,
): Promise<{ readonly socket: Socket; readonly closed: Promise<unknown> }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: halfOpen });
  socket.on('error', () => undefined);
  const closed = new Promise((done) => socket.once('close', done));
  await once(socket, 'connect');
  return { socket, closed };
}

describe('a connection', () => {
  it('that sends garbage and never closes is closed', async () => {
    const { port, app } = await listening();
    const { socket } = await open(port, true);
    socket.write('garbage\r\n\r\n');
    socket.resume();
    await once(socket, 'end');
    // The peer never closes its half of the connection.
    const connections = () => new Promise<number>((done) => app.server.getConnections((_error, count) => done(count)));
    await expect.poll(connections, { timeout: 3000 }).toBe(0);
    socket.destroy();
  });

  it('whose peer does not read the response is closed, while a reading peer gets all of it', async () => {
    const { port, service, app } = await listening({ stalledReaderMs: 200 });
    const long = { ...aMigration(), description: 'x'.repeat(20_000_000) };
    service.get = async () => long;
    const path = `/migrations/${idOf('mig', 1)}`;
    const accepted = once(app.server, 'connection') as Promise<[Socket]>;
    const { socket, closed } = await open(port);
    const [theirs] = await accepted;
    const cutOff = once(theirs, 'close');
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    expect((await answer.text()).length).toBeGreaterThan(20_000_000);
    await cutOff;
    socket.resume();
    await closed;
    expect(socket.bytesRead).toBeLessThan(20_000_000);
  });

  it.each([
    ['half a head', 'GET /migrations HTTP/1.1\r\nhost: loc'],
    [
      'half a body',
      'POST /migrations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    ],
  ])(
    'with %s does not delay the shutdown',
    async (_name, text) => {
      const { port, app } = await listening();
      const accepted = once(app.server, 'connection') as Promise<[Socket]>;
      const { socket, closed } = await open(port);
      const [theirs] = await accepted;
      socket.write(text);
      await expect.poll(() => theirs.bytesRead).toBe(text.length);
      await app.close();
      await closed;
      // Node alone waits 15 seconds for a header and 30 for a body.
    },
    12_000,
  );

  it('is refused when its address already holds half of all connections', async () => {
    const { port } = await listening({ maxConnections: 4 });
    const kept = [await open(port), await open(port)];
    const third = await open(port);
    await third.closed;
    expect(kept.map(({ socket }) => socket.destroyed)).toEqual([false, false]);
    for (const { socket } of kept) socket.destroy();
  });

  it('of a trusted proxy counts for its clients, so the proxy gets all connections', async () => {
    const { port, app } = await listening({ maxConnections: 4, trustedProxies: ['127.0.0.0/8'] });
    const kept = [await open(port), await open(port), await open(port), await open(port)];
    for (const { socket } of kept) {
      const answer = once(socket, 'data');
      socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
      expect(String(await answer)).toMatch(/^HTTP\/1\.1 200/);
    }
    const connections = () => new Promise<number>((done) => app.server.getConnections((_error, count) => done(count)));
    expect(await connections()).toBe(4);
    for (const { socket } of kept) socket.destroy();
  });
});

describe('an event stream', () => {
  it('ends when the token it was opened with expires', async () => {
    const key = keyNamed('reader');
    const keys = createStaticKeyAuthenticator([key.entry]);
    const { app, runtime, service } = await testApp({
      auth: {
        schemes: keys.schemes,
        authenticate: async (presented) => {
          const identity = await keys.authenticate(presented);
          return identity === null ? null : { ...identity, expiresAt: runtime.now() + 7000 };
        },
      },
    });
    const slept: number[] = [];
    runtime.sleep = async (ms) => void slept.push(ms);
    service.followEvents = async () => ({ events: (async function* () {})(), reset: false });
    await app.inject({ url: '/migrations/events', headers: { accept: 'text/event-stream', 'x-api-key': key.secret } });
    expect(slept).toContain(7000);
  });
});
