import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { errorForLog } from '../../../src/http/error-for-log.ts';
import { answerBrokenRequest } from '../../../src/http/plugins/broken-requests.ts';
import { json, sharedApp, type TestApp, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { operations } from '../support/documented.ts';
import { aMigration, createBody, idOf } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}`;

describe('request ids', () => {
  const app = sharedApp();
  it.each(['abcdefgh', 'A.b_c-1234', 'x'.repeat(128)])('%s is kept', async (id) => {
    const response = await app().call('GET', '/livez', { headers: { 'x-request-id': id } });
    expect(response.headers['x-request-id']).toBe(id);
  });
  it.each(['short', 'x'.repeat(129), 'with space', 'a,b,c,d,e', 'späße-12', '<script>x</script>'])(
    '%s is replaced',
    async (id) => {
      const response = await app().call('GET', '/livez', { headers: { 'x-request-id': id } });
      expect(response.headers['x-request-id']).toMatch(/^req_[0-9a-z]{26}$/);
    },
  );
});

describe('paths and methods', () => {
  const app = sharedApp();
  it.each(['/nope', '/migrations/', `${path}/nope`, '/migrations/x/y/z', '//migrations', '/Migrations', '/docs'])(
    '%s is not found',
    async (url) => {
      const response = await app().call('GET', url);
      expect(response.statusCode).toBe(404);
    },
  );
  it.each([
    ['PUT', '/migrations', 'GET, HEAD, POST'],
    ['DELETE', '/migrations', 'GET, HEAD, POST'],
    ['OPTIONS', '/migrations', 'GET, HEAD, POST'],
    ['POST', path, 'DELETE, GET, HEAD, PATCH'],
    ['GET', `${path}/cutover`, 'POST'],
    ['PUT', `${path}/backups/${idOf('bkp', 1)}`, 'DELETE, GET, HEAD'],
    ['POST', '/readyz', 'GET, HEAD'],
    ['POST', '/migrations/events', 'GET, HEAD'],
    ['POST', '/?x=1', 'GET, HEAD'],
  ] as const)('%s %s is 405 with Allow: %s', async (method, url, allow) => {
    const response = await app().call(method, url, { payload: 'not json', headers: { 'content-type': 'text/plain' } });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe(allow);
  });
  it('a body for an unknown path is not read', async () => {
    const response = await app().call('POST', '/nope', { payload: 'x', headers: { 'content-type': 'text/plain' } });
    expect(response.statusCode).toBe(404);
  });
});

describe('Accept', () => {
  const app = sharedApp();
  it('a DELETE is answered for a client that accepts only problem documents', async () => {
    const headers = { accept: 'application/problem+json' };
    const { call, service } = await testApp();
    service.remove = async () => undefined;
    expect((await call('DELETE', path, { headers })).statusCode).toBe(204);
    expect((await call('GET', path, { headers })).statusCode).toBe(406);
  });
  const gets = operations.filter(
    ({ method, path: each }) => method === 'GET' && !['/', '/livez', '/readyz'].includes(each),
  );
  it.each(gets.map(({ path: each }) => each))('%s is JSON only', async (template) => {
    const queries = { 'backup-command': '?database=orders&type=full', tasks: '?instanceId=rm-uf6wjk5' };
    const query = queries[template.slice(template.lastIndexOf('/') + 1) as keyof typeof queries] ?? '';
    const url = `${template}${query}`
      .replace('/webhooks/{id}', `/webhooks/${idOf('whk', 1)}`)
      .replace('{id}', template.startsWith('/providers') ? 'huawei' : idOf('mig', 1))
      .replace('{backupId}', idOf('bkp', 1))
      .replace('{name}', 'ali-main')
      .replace('{code}', 'internal');
    const refused = await app().call('GET', url, { headers: { accept: 'text/csv, application/json;q=0' } });
    expect(refused.statusCode).toBe(406);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect((await app().call('GET', url, { headers: { accept: 'text/html, */*;q=0.1' } })).statusCode).toBe(200);
  });
  it('is checked before anything changes', async () => {
    const { call, service } = app();
    expect((await call('POST', '/migrations', json(createBody, { accept: 'application/xml' }))).statusCode).toBe(406);
    expect(service.calls).toEqual([]);
  });
});

describe('security headers', () => {
  it('are on every kind of response', async () => {
    const { app, service } = await testApp({ settings: { explorer: true } });
    service.get = async () => {
      throw new Error('boom');
    };
    for (const url of [
      '/',
      '/livez',
      '/migrations',
      path,
      '/nope',
      '/openapi.json',
      '/docs/',
      '/docs/static/swagger-ui.css',
      '/migrations/%zz',
    ]) {
      const { headers } = await app.inject(url);
      expect(headers, url).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
      expect(headers['content-security-policy'], url).toContain("default-src 'none'");
      expect(headers['cache-control'], url).toBeDefined();
      expect(headers, url).not.toHaveProperty('server');
      expect(headers, url).not.toHaveProperty('x-powered-by');
    }
  });

  it('allow the explorer’s own scripts and nothing inline', async () => {
    const { app } = await testApp({ settings: { explorer: true } });
    const page = await app.inject('/docs/');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(page.body).not.toMatch(/<script>|<script(?![^>]*src=)/);
    for (const [, source] of page.body.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await app.inject(new URL(String(source), 'http://localhost/docs/').pathname)).statusCode, source).toBe(
        200,
      );
    expect((await app.inject('/docs')).headers.location).toBe('docs/');
  });

  it('keep responses out of shared caches', async () => {
    const { call } = await testApp();
    expect((await call('GET', '/migrations')).headers['cache-control']).toBe('no-store');
    expect((await call('GET', path)).headers['cache-control']).toBe('private, no-cache, no-transform');
    expect((await call('GET', '/nope')).headers['cache-control']).toBe('no-store');
  });
});

describe('the rate limit', () => {
  const settings = { rateLimit: { requests: 2, windowSeconds: 10 } };

  it('is off unless configured', async () => {
    const { call } = await testApp();
    expect((await call('GET', '/migrations')).headers).not.toHaveProperty('ratelimit');
  });

  it('rejects with Retry-After and refills over time', async () => {
    const { call, runtime } = await testApp({ settings });
    const first = await call('GET', '/migrations');
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"caller";q=2;w=10', ratelimit: '"caller";r=1;t=0' });
    await call('GET', '/migrations');
    const refused = await call('GET', '/migrations');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({ 'retry-after': '5', ratelimit: '"caller";r=0;t=5' });
    runtime.advance(4999);
    expect((await call('GET', '/migrations')).statusCode).toBe(429);
    runtime.advance(1);
    expect((await call('GET', '/migrations')).statusCode).toBe(200);
    expect((await call('GET', '/migrations')).statusCode).toBe(429);
    runtime.advance(3_600_000);
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await call('GET', '/migrations')).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('does not count the web pages and their files', async () => {
    const { app } = await testApp({ settings: { ...settings, explorer: true } });
    const pages = ['/docs/', '/docs/static/swagger-ui.css', '/board/', '/board/static/board.js'];
    for (const url of [...pages, ...pages]) {
      const response = await app.inject({ url });
      expect([url, response.statusCode]).toEqual([url, 200]);
      expect(response.headers).not.toHaveProperty('ratelimit');
    }
    expect((await app.inject({ url: '/migrations' })).headers.ratelimit).toBe('"caller";r=1;t=0');
  });

  it('also counts forbidden requests', async () => {
    const reader = keyNamed('reader', { scopes: ['migrations:read'] });
    const { call } = await testApp({ settings, auth: createStaticKeyAuthenticator([reader.entry]) });
    const statuses = [];
    for (let n = 0; n < 3; n++)
      statuses.push((await call('GET', '/audit', { headers: { 'x-api-key': reader.secret } })).statusCode);
    expect(statuses).toEqual([403, 403, 429]);
  });

  it('counts each caller separately and ignores probes', async () => {
    const [one, other] = [keyNamed('one'), keyNamed('other')];
    const { call } = await testApp({ settings, auth: createStaticKeyAuthenticator([one.entry, other.entry]) });
    const status = async (secret: string) =>
      (await call('GET', '/migrations', { headers: { 'x-api-key': secret } })).statusCode;
    expect([await status(one.secret), await status(one.secret), await status(one.secret)]).toEqual([200, 200, 429]);
    expect(await status(other.secret)).toBe(200);
    for (let n = 0; n < 5; n++) expect((await call('GET', '/readyz')).statusCode).toBe(200);
  });
});

describe('the log', () => {
  it('has one line per request, without query, body or headers', async () => {
    const key = keyNamed('ci');
    const { call, log } = await testApp({ auth: createStaticKeyAuthenticator([key.entry]) });
    await call('GET', `${path}?secret=query`, { headers: { 'x-api-key': key.secret } });
    await call(
      'POST',
      '/migrations',
      json({ ...createBody, description: 'secret-body' }, { 'x-api-key': key.secret, 'idempotency-key': 'secret-key' }),
    );
    await call('GET', '/migrations/secret-path', { headers: { authorization: `Bearer ${key.secret}` } });
    const lines = log.filter((line) => line.audit !== true);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({
      method: 'GET',
      route: '/migrations/:id',
      status: 400,
      caller: 'ci',
      migrationId: idOf('mig', 1),
      durationMs: 0,
    });
    expect(lines[0]?.requestId).toMatch(/^req_/);
    expect(lines[1]).toMatchObject({ method: 'POST', route: '/migrations', status: 201, migrationId: idOf('mig', 1) });
    expect(lines[2]).not.toHaveProperty('migrationId');
    expect(JSON.stringify(log)).not.toContain('secret');
  });

  it('records an internal error in full, of which the caller learns nothing', async () => {
    const { call, service, log } = await testApp();
    service.get = async () => {
      throw Object.assign(new Error('cannot read https://bucket.example/a.bak?Signature=topsecret'), {
        headers: { authorization: 'topsecret' },
      });
    };
    const response = await call('GET', path);
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'internal', instance: response.headers['x-request-id'] });
    expect(response.body).not.toMatch(/bucket|at .*\.ts/);
    const line = log.find(({ msg }) => msg === 'request failed');
    expect(line).toMatchObject({
      requestId: response.headers['x-request-id'],
      error: { message: 'cannot read https://bucket.example/a.bak?[masked]' },
    });
    expect(JSON.stringify(log)).not.toContain('topsecret');
    expect(log.filter(({ level }) => level === 50)).toHaveLength(2);
  });

  it('does not record a caller’s mistake as an error', async () => {
    const { call, log } = await testApp();
    await call('GET', '/migrations/nope');
    expect(log.filter(({ level }) => Number(level) > 30)).toEqual([]);
  });

  it.each([
    [
      new Error('a', { cause: new TypeError('b') }),
      { name: 'Error', message: 'a', cause: { name: 'TypeError', message: 'b' } },
    ],
    ['text http://x/y#frag', { message: 'text http://x/y?[masked]' }],
    [undefined, { message: 'undefined' }],
  ])('shows %s', (error, shown) => expect(errorForLog(error)).toMatchObject(shown));
});

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
    // A request whose head is only half there keeps its connection open while the app closes.
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
  }, 5000);

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
  ])('%j', (error, said) => {
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

/** All that comes back on one connection. */
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
