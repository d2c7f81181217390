import { describe, expect, it } from 'vitest';
import { json, sharedApp, testApp } from '../support/app.ts';
import { operations } from '../support/documented.ts';
import { createBody, idOf } from '../support/fixtures.ts';

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
