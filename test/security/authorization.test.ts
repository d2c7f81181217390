import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { operations } from '../http/support/documented.ts';
import { accessOf } from '../support/access.ts';
import { startTestGateway } from '../support/gateway.ts';
import { audience, type JwtIssuer, jwtIssuer } from '../support/jwt-issuer.ts';
import { requestFor } from '../support/simulation.ts';

/** Accounts with an unreachable vendor: every submission stays pending. */
const closed = 'http://127.0.0.1:9';
const accounts = ['ali-main', 'ali-other'].map((name) => ({
  name,
  provider: 'alibaba',
  region: 'cn-hangzhou',
  credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
  endpoints: { rds: closed },
}));

const keys: readonly {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly accounts: readonly string[];
}[] = [
  { name: 'read', scopes: ['migrations:read'], accounts: ['*'] },
  { name: 'write', scopes: ['migrations:write'], accounts: ['*'] },
  { name: 'read.write', scopes: ['migrations:read', 'migrations:write'], accounts: ['*'] },
  { name: 'cutover', scopes: ['migrations:cutover'], accounts: ['*'] },
  { name: 'admin', scopes: ['admin'], accounts: ['*'] },
  { name: 'foreign', scopes: ['admin'], accounts: ['ali-other'] },
  { name: 'nobody', scopes: [], accounts: ['*'] },
  { name: 'nowhere', scopes: ['admin'], accounts: [] },
];
const secretOf = (name: string) => `key-of-${name}`;

let issuer: JwtIssuer;
let gateway: Gateway;
let id: string;
let webhookId: string;

beforeAll(async () => {
  issuer = await jwtIssuer();
  gateway = await startTestGateway(accounts, {
    config: {
      auth: {
        keys: keys.map((key) => ({
          ...key,
          sha256: createHash('sha256').update(secretOf(key.name)).digest('hex'),
        })),
        jwt: { issuer: issuer.issuer, audience, jwksUri: issuer.jwksUri },
      },
    },
  });
  id = (await create('admin', {})).id;
  const webhook = await send('POST', '/webhooks', as('admin'), { ...aWebhook, accounts: ['ali-main'] });
  webhookId = JSON.parse(webhook.text).id;
});
afterAll(async () => {
  await gateway.stop(0);
  await issuer.close();
});

type Headers = Record<string, string>;
const as = (name: string): Headers => ({ 'x-api-key': secretOf(name) });

async function create(name: string, more: Headers, body: object = {}) {
  const { status, text } = await send(
    'POST',
    '/migrations',
    { ...as(name), prefer: 'respond-async', ...more },
    {
      ...requestFor('alibaba'),
      account: 'ali-main',
      ...body,
    },
  );
  return { status, ...JSON.parse(text) };
}

/** Sends through `node:http`, which keeps every header unchanged. */
function send(method: string, path: string, headers: Headers, body?: unknown) {
  return new Promise<{ status: number; headers: Headers; text: string }>((done, fail) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = httpRequest(
      `${gateway.url}${path}`,
      { method, headers: { ...headers, ...(payload !== undefined && { 'content-type': 'application/json' }) } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
          if (answer.headers['content-type']?.startsWith('text/event-stream')) answer.destroy();
        });
        answer.on('close', () => done({ status: answer.statusCode ?? 0, headers: answer.headers as Headers, text }));
      },
    );
    outgoing.on('error', fail);
    outgoing.end(payload);
  });
}

/** Disabled, so that nothing is sent. */
const aWebhook = { url: 'https://receiver.invalid/', enabled: false };

const bodies: Readonly<Record<string, unknown>> = {
  createMigration: { ...requestFor('alibaba'), account: 'ali-main' },
  dryRunMigration: { ...requestFor('alibaba'), account: 'ali-main' },
  createMigrationBatch: { labels: { wave: '1' }, migrations: [{ ...requestFor('alibaba'), account: 'ali-main' }] },
  cutOverMigrations: { selector: { labels: { wave: '1' } } },
  cancelMigrations: { selector: { labels: { wave: '1' } } },
  inspectBackups: { provider: 'alibaba', bucket: 'acme', prefix: 'orders/' },
  addBackup: { type: 'log', source: { type: 'object_storage', bucket: 'acme', keys: ['a.bak'] } },
  updateMigration: { description: 'seen' },
  createWebhook: aWebhook,
  updateWebhook: { description: 'seen' },
};

/** All operations of the contract. Deletions come last. */
const table = operations
  .map(({ method, path, operation }) => ({
    operation: operation.operationId,
    method,
    path,
    takes: accessOf[operation.operationId] ?? 'admin',
    body: bodies[operation.operationId] ?? (method === 'POST' ? {} : undefined),
  }))
  .sort((one, other) => Number(one.method === 'DELETE') - Number(other.method === 'DELETE'));

const filled = (path: string) =>
  path
    .replace('/providers/{id}', '/providers/alibaba')
    .replace('/webhooks/{id}', `/webhooks/${webhookId}`)
    .replace('{deliveryId}', `dlv_${'0'.repeat(26)}`)
    .replace('{id}', id)
    .replace('{code}', 'internal')
    .replace(/\{\w+\}/g, `bkp_${'0'.repeat(26)}`);

const seconds = () => Math.floor(Date.now() / 1000);
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const everything = { scope: 'admin', accounts: ['*'] };

/** Invalid credentials. */
const refused: readonly (readonly [name: string, headers: () => Headers | Promise<Headers>])[] = [
  ['nothing', () => ({})],
  ['an empty key', () => ({ 'x-api-key': '' })],
  ['an empty bearer', () => ({ authorization: 'Bearer ' })],
  ['a key in another case', () => ({ 'x-api-key': secretOf('admin').toUpperCase() })],
  ['the beginning of a key', () => ({ 'x-api-key': secretOf('admin').slice(0, -1) })],
  ['the digest of a key', () => ({ 'x-api-key': createHash('sha256').update(secretOf('admin')).digest('hex') })],
  ['the name of a key', () => ({ 'x-api-key': 'admin' })],
  ['a key as basic', () => ({ authorization: `Basic ${Buffer.from(`a:${secretOf('admin')}`).toString('base64')}` })],
  [
    'two different keys in two headers',
    () => ({ authorization: `Bearer ${secretOf('admin')}`, 'x-api-key': secretOf('reader') }),
  ],
  ['a key in the wrong header', () => ({ 'x-auth-token': secretOf('admin'), cookie: `key=${secretOf('admin')}` })],
  ['an expired token', () => bearer({ exp: seconds() - 60 })],
  ['a token for later', () => bearer({ nbf: seconds() + 600 })],
  ['a token for another audience', () => bearer({ aud: 'other' })],
  ['a token without audience', () => bearer({ aud: null })],
  ['a token of another issuer', () => bearer({ iss: 'https://other.example' })],
  ['a token without end', () => bearer({ exp: null })],
  ['a token without subject', () => bearer({ sub: null })],
  ['a token with a changed body', changed],
  ['a token without signature', async () => ({ authorization: `Bearer ${(await token()).replace(/[^.]*$/, '')}` })],
  ['a token of algorithm none', () => forged({ alg: 'none' }, () => '')],
  ['a token of algorithm NONE', () => forged({ alg: 'NONE' }, () => '')],
  ['a token signed with the public key as a secret', hmac],
  ['a token that names its own key', () => forged({ alg: 'ES256', kid: 'k1', jku: 'http://127.0.0.1:1/' }, () => 'AA')],
  ['a token as an API key', async () => ({ 'x-api-key': await token() })],
];

function token(claims: Record<string, unknown> = {}): Promise<string> {
  return issuer.token({ ...everything, ...claims });
}
async function bearer(claims: Record<string, unknown> = {}): Promise<Headers> {
  return { authorization: `Bearer ${await token(claims)}` };
}
async function changed(): Promise<Headers> {
  const [head, body = '', signature] = (await issuer.token({ scope: 'migrations:read', accounts: ['*'] })).split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  return { authorization: `Bearer ${[head, encode({ ...claims, ...everything }), signature].join('.')}` };
}
function forged(head: object, sign: (text: string) => string): Headers {
  const claims = { iss: issuer.issuer, aud: audience, sub: 'svc', exp: seconds() + 600, ...everything };
  const text = `${encode(head)}.${encode(claims)}`;
  return { authorization: `Bearer ${text}.${sign(text)}` };
}
async function hmac(): Promise<Headers> {
  const published = await (await fetch(issuer.jwksUri)).text();
  return forged({ alg: 'HS256', kid: 'k1' }, (text) =>
    createHmac('sha256', published).update(text).digest('base64url'),
  );
}

describe.each(table)('$method $path takes $takes', ({ operation, method, path, takes, body }) => {
  it('rejects every caller without valid credentials', async () => {
    for (const [name, headers] of refused) {
      const answer = await send(method, filled(path), await headers(), body);
      if (takes === 'open') expect(answer.status, name).toBe(200);
      else {
        expect(answer.status, name).toBe(401);
        expect(JSON.parse(answer.text), name).toMatchObject({ code: 'unauthenticated', status: 401 });
        expect(answer.headers['www-authenticate'], name).toMatch(/^Bearer realm="godwit"/);
      }
    }
  });

  it('rejects every caller without the scope', async () => {
    for (const name of ['nobody', 'read', 'write', 'cutover']) {
      if (takes === 'open' || takes === `migrations:${name}`) continue;
      const byToken = await bearer({ scope: name === 'nobody' ? '' : `migrations:${name}` });
      for (const headers of [as(name), byToken]) {
        const answer = await send(method, filled(path), headers, body);
        expect(answer.status, name).toBe(403);
        expect(JSON.parse(answer.text).code, name).toBe('forbidden');
      }
    }
  });

  it('hides every resource of an account that is not the caller’s', async () => {
    for (const headers of [
      as('foreign'),
      as('nowhere'),
      await bearer({ accounts: ['ali-other'] }),
      await bearer({ accounts: null }),
    ]) {
      const answer = await send(method, filled(path), headers, body);
      if (/\/(migrations|webhooks)\/\{id\}/.test(path)) expect(answer.status).toBe(404);
      if (operation === 'createMigration') expect(answer.status).toBe(403);
      expect(answer.text).not.toContain('ali-main');
    }
  });

  it('admits the permitted callers', async () => {
    const right = takes === 'open' ? ['admin'] : [takes.replace('migrations:', ''), 'admin'];
    for (const name of right) {
      const scope = name === 'admin' ? 'admin' : name.replace(/^|\./g, ' migrations:').trim();
      for (const headers of [as(name), await bearer({ scope })]) {
        const answer = await send(method, filled(path), { ...headers, prefer: 'respond-async' }, body);
        expect([401, 403, 500], `${name}: ${answer.text}`).not.toContain(answer.status);
      }
    }
  });

  it('applies to every method', async () => {
    if (takes === 'open') return;
    for (const other of ['HEAD', 'OPTIONS', 'PUT', 'TRACE', 'DELETE', 'QUERY']) {
      const answer = await send(other, filled(path), {});
      expect([401, 404, 405], `${other}: ${answer.status}`).toContain(answer.status);
    }
  });
});

describe('a path in another spelling', () => {
  it.each([
    '/migrations/',
    '//migrations',
    '/MIGRATIONS',
    '/./migrations',
    '/docs/../migrations',
    '/%6digrations',
    '/migrations;a=b',
    '/migrations%00',
    '/livez/../migrations',
    '/livez/%2e%2e/migrations',
  ])('%s bypasses no check', async (path) => {
    const answer = await send('GET', path, {});
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('ali-main');
  });
});

describe('lists', () => {
  it('contain only the caller’s accounts, and naming another account is rejected', async () => {
    const own = await create('admin', {}, { account: 'ali-other' });
    for (const headers of [as('foreign'), await bearer({ accounts: 'ali-other' })]) {
      for (const path of ['/migrations', '/migrations/events', '/accounts', '/migrations?account=ali-other']) {
        const { items } = JSON.parse((await send('GET', path, headers)).text);
        expect(items.length, path).toBeGreaterThan(0);
        expect(JSON.stringify(items), path).not.toContain('ali-main');
      }
      expect((await send('GET', '/migrations?account=ali-main', headers)).status).toBe(403);
      expect((await send('GET', `/migrations/${own.id}`, headers)).status).toBe(200);
    }
    for (const path of ['/migrations', '/migrations/events', '/accounts'])
      expect(JSON.parse((await send('GET', path, as('nowhere'))).text).items, path).toEqual([]);
  });
});

describe('an idempotency key', () => {
  it('belongs to its caller: another caller gets neither the answer nor a conflict', async () => {
    const target = { target: { instanceId: 'rm-keys0000001', databases: [{ name: 'keys' }] } };
    const first = await create('admin', { 'idempotency-key': 'shared' }, target);
    expect(first.status).toBe(202);
    expect((await create('admin', { 'idempotency-key': 'shared' }, target)).id).toBe(first.id);
    const other = await create('write', { 'idempotency-key': 'shared' }, target);
    expect(other).toMatchObject({ status: 409, code: 'target_busy' });
    const elsewhere = { target: { instanceId: 'rm-keys0000002', databases: [{ name: 'keys' }] } };
    const foreign = await create('write', { 'idempotency-key': 'shared' }, elsewhere);
    expect(foreign.status).toBe(202);
    expect(foreign.id).not.toBe(first.id);
  });
});
