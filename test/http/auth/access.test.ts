import { describe, expect, it } from 'vitest';
import { anyOf } from '../../../src/http/auth/any-of.ts';
import { authenticatorOf } from '../../../src/http/auth/configured.ts';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { accessOf } from '../../support/access.ts';
import { json, sharedApp, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { operations } from '../support/documented.ts';
import { aRuntime, createBody, idOf } from '../support/fixtures.ts';

const reader = keyNamed('reader', { scopes: ['migrations:read'] });
const writer = keyNamed('writer', { scopes: ['migrations:write'] });
const editor = keyNamed('editor', { scopes: ['migrations:read', 'migrations:write'] });
const operator = keyNamed('operator', { scopes: ['migrations:cutover'] });
const admin = keyNamed('admin', { scopes: ['admin'] });
const nobody = keyNamed('nobody', { scopes: [] });
const stranger = keyNamed('stranger', { scopes: ['admin'], accounts: ['tc-main'] });
const auth = createStaticKeyAuthenticator(
  [reader, writer, editor, operator, admin, nobody, stranger].map((key) => key.entry),
);

/** The key that an access is named after; the editor has the scopes of reader and writer. */
const keyFor = {
  open: 'open',
  'migrations:read': 'reader',
  'migrations:write': 'writer',
  'migrations:read.write': 'editor',
  'migrations:cutover': 'operator',
  admin: 'admin',
} as const;

const parameters: Readonly<Record<string, string>> = {
  id: idOf('mig', 1),
  backupId: idOf('bkp', 1),
  deliveryId: idOf('dlv', 1),
  code: 'internal',
  name: 'ali-main',
};
const table = operations.map(({ path, method, operation: { operationId } }) => {
  const filled = {
    ...parameters,
    ...(path.startsWith('/providers/') && { id: 'tencent' }),
    ...(path.startsWith('/webhooks/') && { id: idOf('whk', 1) }),
  } as Record<string, string>;
  const queries: Record<string, string> = {
    getBackupCommand: '?database=orders&type=full',
    listForeignTasks: '?instanceId=rm-uf6wjk5',
  };
  const query = queries[operationId] ?? '';
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => filled[name] ?? '') + query;
  const bodies: Record<string, unknown> = {
    createMigration: createBody,
    dryRunMigration: createBody,
    createMigrationBatch: { labels: { wave: '1' }, migrations: [createBody] },
    cutOverMigrations: { selector: { labels: { wave: '1' } } },
    cancelMigrations: { selector: { labels: { wave: '1' } } },
    inspectBackups: { provider: 'alibaba', bucket: 'acme', prefix: 'orders/' },
    addBackup: { type: 'log', source: createBody.source },
    updateMigration: {},
    createWebhook: { url: 'https://receiver.example/' },
    updateWebhook: {},
  };
  const body = bodies[operationId];
  const send = (headers: Record<string, string>) => (body === undefined ? { headers } : json(body, headers));
  return { operationId, method: method as 'GET', url, send, allowed: keyFor[accessOf[operationId] ?? 'admin'] };
});

describe('access to operations', () => {
  const app = sharedApp({ auth });

  it('is defined for every operation', () => {
    expect(Object.keys(accessOf).sort()).toEqual(table.map(({ operationId }) => operationId).sort());
  });

  describe.each(table)('$operationId', ({ method, url, send, allowed }) => {
    it.each([
      ['nothing', {}],
      ['an unknown key', { 'x-api-key': 'wrong' }],
      ['an unknown bearer', { authorization: 'Bearer wrong' }],
      ['an empty key', { 'x-api-key': '' }],
      ['another scheme', { authorization: 'Basic YTpi' }],
      ['two different keys', { authorization: `Bearer ${admin.secret}`, 'x-api-key': reader.secret }],
    ] as [string, Record<string, string>][])('with %s', async (_name, headers) => {
      const { call, service, webhooks } = app();
      const response = await call(method, url, send(headers));
      if (allowed === 'open') return expect(response.statusCode).toBe(200);
      expect(response.statusCode).toBe(401);
      expect(response.json().code).toBe('unauthenticated');
      expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="godwit"/);
      expect([...service.calls, ...webhooks.calls]).toEqual([]);
    });

    it.each([
      ['reader', reader.secret],
      ['writer', writer.secret],
      ['editor', editor.secret],
      ['operator', operator.secret],
      ['nobody', nobody.secret],
      ['admin', admin.secret],
    ])('as %s', async (name, secret) => {
      const { call, service, webhooks } = app();
      const edits = name === 'editor' && ['reader', 'writer'].includes(allowed ?? '');
      for (const headers of [
        { 'x-api-key': secret },
        { authorization: `bearer ${secret}` },
        { authorization: `Bearer ${secret}`, 'x-api-key': secret },
      ] as Record<string, string>[]) {
        const response = await call(method, url, send(headers));
        if (allowed === 'open' || name === 'admin' || name === allowed || edits) {
          expect(response.statusCode).toBeLessThan(300);
          continue;
        }
        expect(response.statusCode).toBe(403);
        expect(response.json().code).toBe('forbidden');
        expect(response.headers['www-authenticate']).toMatch(/error="insufficient_scope", scope="(migrations:|admin)/);
        expect([...service.calls, ...webhooks.calls]).toEqual([]);
      }
    });
  });
});

describe('grants for accounts', () => {
  const app = sharedApp({ auth });
  const headers = { 'x-api-key': stranger.secret };

  it('are required to name an account', async () => {
    const { call, service } = app();
    const created = await call('POST', '/migrations', json(createBody, headers));
    const listed = await call('GET', '/migrations?account=ali-main', { headers });
    expect([created.statusCode, listed.statusCode]).toEqual([403, 403]);
    expect(service.calls).toEqual([]);
  });

  it('determine which resources a caller sees', async () => {
    const { call, service } = app();
    expect((await call('GET', `/migrations/${idOf('mig', 1)}`, { headers })).statusCode).toBe(404);
    expect((await call('GET', '/migrations', { headers })).json().items).toEqual([]);
    expect(service.argumentsOf('list')[0]).toEqual({ visibleAccounts: ['tc-main'] });
    expect((await call('GET', '/accounts', { headers })).json().items).toEqual([]);
    expect(service.argumentsOf('accounts')[0]).toMatchObject({ caller: 'stranger', accounts: ['tc-main'] });
  });

  it('are also checked in a dry run', async () => {
    const { call } = app();
    expect((await call('POST', '/migrations?dryRun=true', json(createBody, headers))).statusCode).toBe(403);
  });
});

describe('documentation', () => {
  it('is open when it is public', async () => {
    const { app } = await testApp({ auth, settings: { explorer: true } });
    for (const url of ['/docs/', '/docs/static/swagger-ui.css', '/openapi.json', '/', '/problems'])
      expect((await app.inject(url)).statusCode, url).toBe(200);
  });

  it('requires credentials of any scope when it is not public', async () => {
    const { app } = await testApp({ auth, settings: { explorer: true, publicDocumentation: false } });
    for (const url of ['/docs/', '/docs/static/swagger-ui.css', '/openapi.json', '/', '/problems']) {
      expect((await app.inject(url)).statusCode, url).toBe(401);
      expect((await app.inject({ url, headers: { 'x-api-key': nobody.secret } })).statusCode, url).toBe(200);
    }
    expect((await app.inject('/livez')).statusCode).toBe(200);
  });

  it('lists authentication schemes only when authentication is configured', async () => {
    const { app } = await testApp({ auth });
    expect((await app.inject('/openapi.json')).json().components.securitySchemes).toHaveProperty('apiKey');
    const { app: open } = await testApp();
    expect((await open.inject('/openapi.json')).json().components.securitySchemes).toBeUndefined();
  });
});

describe('a route that another module registers', () => {
  it('requires the scope admin unless it declares another one', async () => {
    const { app } = await testApp({ auth });
    app.get('/extra', async () => ({ ok: true }));
    app.get('/open', { config: { access: 'open' } }, async () => ({ ok: true }));
    expect((await app.inject('/extra')).statusCode).toBe(401);
    expect((await app.inject({ url: '/extra', headers: { 'x-api-key': reader.secret } })).statusCode).toBe(403);
    expect((await app.inject({ url: '/extra', headers: { 'x-api-key': admin.secret } })).statusCode).toBe(200);
    expect((await app.inject('/open')).statusCode).toBe(200);
  });
});

describe('authenticators', () => {
  it('reject a malformed configured digest', () => {
    expect(() => createStaticKeyAuthenticator([{ ...reader.entry, sha256: 'abc' }])).toThrow(/64 hex digits/);
  });
  it('accept a digest in upper or lower case', async () => {
    const upper = createStaticKeyAuthenticator([{ ...reader.entry, sha256: reader.entry.sha256.toUpperCase() }]);
    expect(await upper.authenticate({ scheme: 'bearer', value: reader.secret })).toMatchObject({ caller: 'reader' });
  });
  it('allow anonymous callers when nothing is configured', async () => {
    const open = await authenticatorOf({ keys: [], issuers: [] }, aRuntime());
    expect(open.schemes).toEqual([]);
    expect(await open.authenticate(null)).toEqual({
      kind: 'anonymous',
      expiresAt: null,
      caller: 'anonymous',
      scopes: ['admin'],
      accounts: ['*'],
    });
  });
  it('are tried in order, and a failing one does not hide the next', async () => {
    const broken = { schemes: ['bearer'] as const, authenticate: async () => Promise.reject(new Error('out')) };
    const both = anyOf([broken, auth]);
    expect(both.schemes).toEqual(['bearer', 'api_key']);
    expect(await both.authenticate({ scheme: 'bearer', value: reader.secret })).toMatchObject({ caller: 'reader' });
    await expect(both.authenticate({ scheme: 'bearer', value: 'wrong' })).rejects.toThrow('out');
  });
});
