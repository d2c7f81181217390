import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerBrokenRequest } from '../../../src/http/plugins/broken-requests.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { aMigration, idOf } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}`;

describe('on the wire', () => {
  it('a non-HTTP message gets a problem document', async () => {
    const { app } = await testApp();
    const answer = await exchange(await portOf(app), (socket) => socket.write('GET / HTTX\r\n\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain('"detail":"This is not a valid HTTP request."');
  });

  it('an unsupported Expect header gets a problem document', async () => {
    const { app } = await testApp();
    const answer = await exchange(await portOf(app), (socket) =>
      socket.write('GET /livez HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\n\r\n'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain('"parameter":"Expect"');
  });

  it.each([
    ['a body of a kind that is not taken', 'content-type: text/plain\r\ncontent-length: 5', /^HTTP\/1\.1 415 /],
    ['a body that is too large', 'content-type: application/json\r\ncontent-length: 5000000', /^HTTP\/1\.1 413 /],
    ['a body that is welcome', 'content-type: application/json\r\ncontent-length: 2', /^HTTP\/1\.1 100 Continue/],
  ])('a client that asks before it sends %s gets an immediate answer', async (_name, head, answer) => {
    const { app } = await testApp();
    const text = await exchange(await portOf(app), (socket) => {
      socket.write(`POST ${path}/cancel HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n${head}\r\n\r\n`);
      socket.once('data', (chunk) => {
        if (chunk.includes('100 Continue')) socket.end('{}');
      });
    });
    expect(text).toMatch(answer);
    if (!text.includes('100 Continue')) expect(text.toLowerCase()).toContain('connection: close');
    else expect(text).toContain('HTTP/1.1 202 ');
  });

  it.each(['utf8', 'UTF-8', 'us-ascii', '"utf-8"'])('JSON in %s is accepted', async (charset) => {
    const { call } = await testApp();
    const headers = { 'content-type': `application/json; charset=${charset}` };
    expect((await call('POST', `${path}/cancel`, { payload: '{}', headers })).statusCode).toBe(202);
  });

  it('Accept with a lone asterisk accepts everything', async () => {
    const { call } = await testApp();
    expect((await call('GET', path, { headers: { accept: '*' } })).statusCode).toBe(200);
  });

  it('open requests are finished when the app closes, and later ones are told to reconnect', async () => {
    const { app, service } = await testApp({ keepOpen: true });
    const port = await portOf(app);
    let closed: Promise<void> = Promise.resolve();
    let late: Socket | null = null;
    // An incomplete request header keeps its connection open while the app closes.
    const [half = '', rest = ''] = [request('/migrations').slice(0, 20), request('/migrations').slice(20)];
    const elsewhere = exchange(port, (socket) => {
      late = socket;
      socket.write(half);
    });
    const answer = await exchange(port, (socket) => {
      service.get = async () => {
        closed = app.close();
        await new Promise<void>((resolve) => late?.write(rest, () => resolve()));
        await elsewhere;
        return aMigration();
      };
      socket.write(request(path));
    });
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(await elsewhere).toMatch(/^HTTP\/1\.1 503 /);
    expect(await elsewhere).toContain('"code":"draining"');
  });

  it('an unused connection does not delay the shutdown', async () => {
    const { app } = await testApp({ keepOpen: true });
    const port = await portOf(app);
    const accepted = new Promise((resolve) => app.server.once('connection', resolve));
    const unused = connect(port, '127.0.0.1');
    const ended = new Promise((resolve) => unused.on('error', () => undefined).once('close', resolve));
    await accepted;
    await app.close();
    await ended;
    // Node alone waits 15 seconds for a header.
  }, 12_000);

  it('the server limits time and number of requests', async () => {
    const { app } = await testApp();
    expect(app.server).toMatchObject({
      requestTimeout: 30_000,
      headersTimeout: 15_000,
      keepAliveTimeout: 75_000,
      maxConnections: 10_000,
    });
  });

  it.each([
    [{ code: 'HPE_HEADER_OVERFLOW' }, /headers are too large/],
    [{ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, /did not arrive in time/],
    [{}, /not a valid HTTP request/],
  ])('the parser error %j is explained', (error, said) => {
    const written: string[] = [];
    const end = (text: string) => written.push(text);
    const socket = { destroyed: false, writable: true, end, destroy: () => undefined };
    answerBrokenRequest(error, socket as never, 'req_1', 'https://apis.example.com/godwit');
    expect(written.join('')).toMatch(said);
    expect(written.join('')).toContain('x-content-type-options: nosniff');
    expect(written.join('')).toContain('"type":"https://apis.example.com/godwit/problems/invalid_request"');
    answerBrokenRequest({ code: 'ECONNRESET' }, socket as never, 'req_1', '');
    answerBrokenRequest(error, { ...socket, destroyed: true } as never, 'req_1', '');
    expect(written).toHaveLength(1);
  });
});

function request(url: string): string {
  return `GET ${url} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
}

async function portOf(app: TestApp['app']): Promise<number> {
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
}

/** Everything received on one connection. */
function exchange(port: number, begin: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => begin(socket));
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
