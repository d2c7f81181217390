import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { VendorError, type VendorFailure } from '../../src/domain/vendor.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createVendorClient } from '../../src/transport/client.ts';
import { createExchange } from '../../src/transport/exchange.ts';
import { exchangeFailure } from '../../src/transport/failure.ts';
import { account, fakeProvider, key, only, request, socketError } from './fixtures.ts';

const ending: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

const callTimeoutMs = 150;

/** Sends one write to a server. Returns the failure, or null when it was answered. */
async function failureAt(port: number): Promise<VendorFailure | null> {
  const exchange = createExchange({ callTimeoutMs, maxBodyBytes: 2000 });
  ending.push(() => exchange.close());
  const provider = fakeProvider();
  const client = createVendorClient({
    providers: only(provider),
    exchangeOf: () => exchange,
    runtime: systemRuntime,
    credentialsOf: async () => key(),
  });
  const at = { ...account, endpoints: { sqlserver: `http://127.0.0.1:${port}` } };
  try {
    await client.execute(at, 'r', request('write'));
    return null;
  } catch (error) {
    if (error instanceof VendorError) return error.failure;
    throw error;
  }
}

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ending.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const web = (handle: RequestListener) => listening(createServer(handle));
const tcp = (handle: (socket: Socket) => void) =>
  listening(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      ending.push(() => socket.destroy());
      handle(socket);
    }),
  );

describe('a byte range of an object', () => {
  const part = { method: 'GET', headers: {}, body: undefined, cutAt: 1000 };
  const exchange = () => {
    const made = createExchange({ callTimeoutMs: 2000, maxBodyBytes: 2_000_000 });
    ending.push(() => made.close());
    return made;
  };

  it('is cut off when the store sends more than requested', async () => {
    let gone = false;
    const port = await web((_request, response) => {
      response.on('close', () => {
        gone = true;
      });
      response.writeHead(200, { 'content-length': '1000000000000' });
      response.write(Buffer.alloc(50_000, 7));
    });
    const reply = await exchange().send({ ...part, url: `http://127.0.0.1:${port}/k` }, Date.now);
    expect(reply.bytes).toEqual(Buffer.alloc(1000, 7));
    await expect.poll(() => gone).toBe(true);
  });

  it('is raw bytes, while an error is text', async () => {
    const bytes = Buffer.from([0, 255, 254, 13, 10]);
    const port = await web((request, response) => {
      response.writeHead(request.url === '/k' ? 206 : 404).end(request.url === '/k' ? bytes : '<Error/>');
    });
    const send = (path: string) => exchange().send({ ...part, url: `http://127.0.0.1:${port}${path}` }, Date.now);
    expect((await send('/k')).bytes).toEqual(bytes);
    expect(await send('/gone')).toMatchObject({ httpStatus: 404, body: '<Error/>' });
  });

  it.each(['/k', '/p/./x', '/p/../x', '/p%2F%20x?prefix=a/../b', '?list'])(
    'is requested exactly as signed: %s',
    async (path) => {
      const port = await web((request, response) => {
        response.end(request.url);
      });
      const reply = await exchange().send({ ...part, url: `http://127.0.0.1:${port}${path}` }, Date.now);
      expect(reply.bytes?.toString()).toBe(path.replace(/^\?/, '/?'));
    },
  );

  it('is never fetched from a redirect’s target', async () => {
    let visits = 0;
    const elsewhere = await web((_request, response) => {
      visits++;
      response.end();
    });
    const port = await web((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere}/k` }).end();
    });
    const reply = await exchange().send({ ...part, url: `http://127.0.0.1:${port}/k` }, Date.now);
    expect([reply.httpStatus, visits]).toEqual([307, 0]);
  });
});

describe('a request over a real socket', () => {
  it('to a closed port was not sent', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    await new Promise((done) => server.close(done));
    expect(await failureAt(port)).toMatchObject({ kind: 'not_sent', code: 'provider_unavailable' });
  });

  it.each([
    ['is cut after it was read', (socket: Socket) => void socket.once('data', () => socket.destroy())],
    ['is reset after it was read', (socket: Socket) => void socket.once('data', () => socket.resetAndDestroy())],
    ['is closed at once', (socket: Socket) => void socket.destroy()],
    ['gets no answer', () => undefined],
    ['gets half a header', (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Ty')],
    [
      'gets a header and half a body',
      (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a"'),
    ],
    [
      'gets half a body and the end',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a"'),
    ],
    [
      'gets a body that never ends',
      (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'),
    ],
  ] as [string, (socket: Socket) => void][])('that %s may have been processed', async (_name, handle) => {
    expect(await failureAt(await tcp(handle))).toMatchObject({ kind: 'timeout', code: 'provider_timeout' });
  });

  it.each([
    ['not HTTP', (socket: Socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))],
    [
      'larger than the limit',
      (socket: Socket) => void socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n${'x'.repeat(3000)}`),
    ],
    [
      'over the limit of headers',
      (socket: Socket) => void socket.end(`HTTP/1.1 200 OK\r\nX-Much: ${'x'.repeat(200_000)}\r\n\r\n`),
    ],
  ] as [string, (socket: Socket) => void][])(
    'whose reply is %s may have been processed and counts as malformed',
    async (_name, handle) => {
      expect(await failureAt(await tcp(handle))).toMatchObject({ kind: 'malformed', code: 'provider_protocol_error' });
    },
  );

  it('that waits for a connection until its deadline is never sent', async () => {
    const arrived: (string | undefined)[] = [];
    const port = await web((request, response) => {
      arrived.push(request.url);
      if (request.url !== '/first') response.end('{}');
    });
    const exchange = createExchange({ callTimeoutMs: 500, connections: 1 });
    ending.push(() => exchange.close());
    const send = (path: string) =>
      exchange.send({ method: 'GET', url: `http://127.0.0.1:${port}${path}`, headers: {}, body: undefined }, Date.now);
    // With the pool made, both deadlines begin in the same moment.
    await send('/before');
    const [first, second] = await Promise.allSettled([send('/first'), send('/second')]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    expect((await send('/third')).httpStatus).toBe(200);
    expect(arrived).toEqual(['/before', '/first', '/third']);
  });

  it('returns text without its byte order mark, in any number of chunks', async () => {
    const port = await tcp((socket) =>
      socket.once('data', async () => {
        for (const part of ['HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\xef\xbb', '\xbf"\xc3', '\xa4"\n']) {
          await new Promise((written) => socket.write(part, 'latin1', written));
          await new Promise(setImmediate);
        }
      }),
    );
    const exchange = createExchange({ callTimeoutMs: 2000 });
    ending.push(() => exchange.close());
    const request = { method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {}, body: undefined };
    const { body } = await exchange.send(request, Date.now);
    expect(body).toBe('"ä"\n');
  });

  it('accepts a response header of 100 kB, as tokens have', async () => {
    const port = await web((_request, response) =>
      response.writeHead(200, { 'x-much': 'x'.repeat(100_000) }).end('{}'),
    );
    expect(await failureAt(port)).toBeNull();
  });

  it('follows no redirect, because its secrets are meant for this host alone', async () => {
    let followed = 0;
    const elsewhere = await web((_request, response) => {
      followed++;
      response.end('{}');
    });
    const port = await web((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere}/` }).end('{}'),
    );
    await failureAt(port);
    expect(followed).toBe(0);
  });
});

describe('a connection error', () => {
  it.each([
    ['ECONNREFUSED', undefined, 'not_sent'],
    ['ENOTFOUND', 'getaddrinfo', 'not_sent'],
    ['EAI_AGAIN', 'getaddrinfo', 'not_sent'],
    ['EHOSTUNREACH', undefined, 'not_sent'],
    ['EHOSTUNREACH', 'connect', 'not_sent'],
    ['EHOSTUNREACH', 'read', 'timeout'],
    ['ENETUNREACH', 'write', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined, 'not_sent'],
    ['ETIMEDOUT', 'connect', 'not_sent'],
    ['ETIMEDOUT', 'read', 'timeout'],
    ['ECONNRESET', 'connect', 'not_sent'],
    ['ECONNRESET', 'read', 'timeout'],
    ['EPIPE', 'write', 'timeout'],
    ['CERT_HAS_EXPIRED', undefined, 'not_sent'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, 'not_sent'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', undefined, 'not_sent'],
    ['UND_ERR_SOCKET', undefined, 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', undefined, 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', undefined, 'timeout'],
    ['UND_ERR_ABORTED', undefined, 'timeout'],
    ['HPE_INVALID_CONSTANT', undefined, 'malformed'],
    ['UND_ERR_HEADERS_OVERFLOW', undefined, 'malformed'],
    ['SOMETHING_NEW', undefined, 'timeout'],
  ])('%s (%s) means %s', (code, syscall, kind) => {
    const given = exchangeFailure(socketError(code, syscall), request('write'), 'tencent', 'host.example');
    expect(given.kind).toBe(kind);
    expect(given.detail).toContain('host.example');
  });

  it('is found inside wrapping errors', () => {
    const inner = socketError('ECONNREFUSED', 'connect');
    for (const wrapped of [
      new Error('fetch failed', { cause: inner }),
      new AggregateError([inner, socketError('EHOSTUNREACH')]),
      new Error('outer', { cause: new AggregateError([inner]) }),
    ])
      expect(exchangeFailure(wrapped, request('write'), 'tencent', 'h').kind).toBe('not_sent');
  });

  it.each([undefined, null, 'text', 7, {}])('%j is an unknown outcome', (thrown) => {
    expect(exchangeFailure(thrown, request('write'), 'tencent', 'h').kind).toBe('timeout');
  });
});
