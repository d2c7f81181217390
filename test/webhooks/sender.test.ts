import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSender, type Resolve, type SenderSettings } from '../../src/webhooks/sender.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver on this machine that records messages and gives the answers of the test. */
async function receiver(answer: (response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ method: request.method, path: request.url, headers: request.headers, body });
    answer(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return { port: (server.address() as AddressInfo).port, received };
}

function sender(settings: Partial<SenderSettings> = {}, resolve?: Resolve) {
  const made = createSender(
    { timeoutMs: 5000, privateAddresses: true, plainHttp: true, ...settings },
    () => Date.now(),
    resolve,
  );
  cleanups.push(() => made.close());
  return made;
}

/** A resolver that knows one name. */
const names =
  (known: Readonly<Record<string, readonly string[]>>): Resolve =>
  (name, _options, done) => {
    const addresses = known[name];
    if (addresses === undefined) done(Object.assign(new Error(name), { code: 'ENOTFOUND' }), []);
    else
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  };

describe('a webhook message', () => {
  it('arrives unchanged at the full URL', async () => {
    const { port, received } = await receiver((response) => response.writeHead(204).end());
    const result = await sender().post(`http://127.0.0.1:${port}/hook?token=a%20b`, { 'x-own': '1' }, '{"a":"ü"}');
    expect(result).toEqual({ status: 204, retryAfterMs: null });
    expect(received).toMatchObject([
      { method: 'POST', path: '/hook?token=a%20b', body: '{"a":"ü"}', headers: { 'x-own': '1' } },
    ]);
  });

  it.each([301, 302, 307, 308])('does not follow a %i redirect', async (status) => {
    const { port, received } = await receiver((response) =>
      response.writeHead(status, { location: `http://127.0.0.1:1/elsewhere` }).end(),
    );
    expect(await sender().post(`http://127.0.0.1:${port}/`, {}, '')).toEqual({ status, retryAfterMs: null });
    expect(received).toHaveLength(1);
  });

  it('returns Retry-After of the response and nothing of its body', async () => {
    const { port } = await receiver((response) => {
      response.writeHead(503, { 'retry-after': '120' });
      response.end('x'.repeat(1_000_000));
    });
    expect(await sender().post(`http://127.0.0.1:${port}/`, {}, '')).toEqual({ status: 503, retryAfterMs: 120_000 });
  });

  it('is delivered to a receiver that sends an unrequested "100 Continue"', async () => {
    const { port } = await receiver((response) => {
      response.writeContinue();
      response.writeHead(204).end();
    });
    expect(await sender().post(`http://127.0.0.1:${port}/`, {}, '{}')).toEqual({ status: 204, retryAfterMs: null });
  });

  it('is resent at once when the kept-alive connection was just closed', async () => {
    let answered = 0;
    const { port, received } = await receiver((response) => {
      answered += 1;
      response.writeHead(204, { 'keep-alive': 'timeout=60' }).end(() => response.socket?.resetAndDestroy());
    });
    const { post } = sender();
    for (let turn = 0; turn < 5; turn++)
      expect(await post(`http://127.0.0.1:${port}/`, {}, '{}')).toMatchObject({ status: 204 });
    expect([answered, received.length]).toEqual([5, 5]);
  });

  it('is resent after a closed connection within the one deadline of the attempt', async () => {
    const timeoutMs = 1000;
    let requests = 0;
    const server = createServer((request, response) => {
      requests++;
      if (requests === 1) response.writeHead(204).end();
      // The second request finds the connection closed late; the third is never answered.
      if (requests === 2) setTimeout(() => request.socket.resetAndDestroy(), 0.6 * timeoutMs);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    cleanups.push(async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });
    const { port } = server.address() as AddressInfo;
    const { post } = sender({ timeoutMs });
    await post(`http://127.0.0.1:${port}/`, {}, '');
    const late = new Promise((done) => setTimeout(done, 1.5 * timeoutMs, 'later than the deadline'));
    const result = await Promise.race([post(`http://127.0.0.1:${port}/`, {}, ''), late]);
    expect(result).toMatchObject({ status: null, timedOut: true });
    expect(requests).toBe(3);
  });

  it.each(['soon', '-1', '2026-10-21'])('ignores the Retry-After %j', async (wish) => {
    const { port } = await receiver((response) => response.writeHead(429, { 'retry-after': wish }).end());
    expect(await sender().post(`http://127.0.0.1:${port}/`, {}, '')).toEqual({ status: 429, retryAfterMs: null });
  });
});

describe('an unreachable receiver', () => {
  it('is reported in Godwit’s words', async () => {
    const { port } = await receiver((response) => response.destroy());
    const { post } = sender();
    expect(await post(`http://127.0.0.1:${port}/?token=x`, {}, '')).toEqual({
      status: null,
      error: 'the connection was lost',
    });
    expect(await post('http://127.0.0.1:1/?token=x', {}, '')).toEqual({
      status: null,
      error: 'the connection was refused',
    });
    const unknown = sender({}, names({}));
    expect(await unknown.post('http://nowhere.test/?token=x', {}, '')).toEqual({
      status: null,
      error: 'the host name nowhere.test does not resolve',
    });
  });

  it('is reported as a receiver without TLS', async () => {
    const { port } = await receiver((response) => response.writeHead(204).end());
    expect(await sender().post(`https://127.0.0.1:${port}/?token=x`, {}, '')).toEqual({
      status: null,
      error: '127.0.0.1 does not speak TLS on this port',
    });
  });

  it('is not awaited beyond the deadline, whether silent or endless', async () => {
    const silent = await receiver(() => undefined);
    const endless = await receiver((response) => response.writeHead(200).write('{'));
    const { post } = sender({ timeoutMs: 200 });
    expect(await post(`http://127.0.0.1:${silent.port}/`, {}, '')).toEqual({
      status: null,
      error: 'no answer in time',
      timedOut: true,
    });
    // The status arrived with the header.
    expect(await post(`http://127.0.0.1:${endless.port}/`, {}, '')).toMatchObject({ status: 200 });
  });
});

describe('a forbidden address', () => {
  it('is not called under any name', async () => {
    const { port, received } = await receiver((response) => response.writeHead(200).end());
    const resolve = names({ 'hooks.test': ['127.0.0.1', '10.0.0.1'], 'metadata.test': ['169.254.169.254'] });
    const strict = sender({ privateAddresses: false }, resolve);
    expect(await strict.post(`http://hooks.test:${port}/`, {}, '')).toEqual({
      status: null,
      error: 'hooks.test resolves to no address that Godwit may call',
    });
    expect(await sender({}, resolve).post('http://metadata.test/', {}, '')).toEqual({
      status: null,
      error: 'metadata.test resolves to no address that Godwit may call',
    });
    expect(received).toEqual([]);
    expect(await sender({}, resolve).post(`http://hooks.test:${port}/`, {}, '')).toMatchObject({ status: 200 });
  });

  it('is skipped when the name has other addresses', async () => {
    const { port, received } = await receiver((response) => response.writeHead(200).end());
    const mixed = sender({}, names({ 'hooks.test': ['169.254.169.254', '127.0.0.1'] }));
    expect(await mixed.post(`http://hooks.test:${port}/`, {}, '')).toMatchObject({ status: 200 });
    expect(received).toHaveLength(1);
  });

  it('is rejected after a configuration change that forbids it', async () => {
    expect(await sender({ privateAddresses: false }).post('https://10.0.0.1/', {}, '')).toEqual({
      status: null,
      error: 'the URL is an address of a private network',
    });
  });
});

describe('a receiver with a private authority’s certificate', () => {
  const file = (name: string) => readFileSync(`test/support/tls/${name}`);

  it('is reached only with that authority’s certificate', async () => {
    const server = createTlsServer({ key: file('server.key'), cert: file('server.pem') }, (_request, response) =>
      response.writeHead(204).end(),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    cleanups.push(async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });
    const url = `https://hooks.test:${(server.address() as AddressInfo).port}/`;
    const made = sender({}, names({ 'hooks.test': ['127.0.0.1'] }));
    const ca = file('ca.pem').toString();
    expect(await made.post(url, {}, '{}', ca)).toMatchObject({ status: 204 });
    expect(await made.post(url, {}, '{}', ca)).toMatchObject({ status: 204 });
    expect(await made.post(url, {}, '{}')).toMatchObject({ status: null, error: expect.stringMatching(/not trusted/) });
  });
});
