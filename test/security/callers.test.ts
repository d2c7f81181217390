import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { checkedConfig } from '../support/configuration.ts';
import { quickEngine, temporaryFolder, testListen } from '../support/gateway.ts';
import { audience, type JwtIssuer, jwtIssuer } from '../support/jwt-issuer.ts';
import { requestFor } from '../support/simulation.ts';

/** Unreachable vendors: every submission stays pending. */
const accounts = ['ali-main', 'ali-other'].map((name) => ({
  name,
  provider: 'alibaba',
  region: 'cn-hangzhou',
  credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
  endpoints: { rds: 'http://127.0.0.1:9' },
}));
const keyEntry = (name: string, scopes: readonly string[], grants: readonly string[]) => ({
  name,
  sha256: createHash('sha256').update(name).digest('hex'),
  scopes,
  accounts: grants,
});

const lines: Record<string, unknown>[] = [];
let folder: string;
let issuer: JwtIssuer;
let gateway: Gateway;

async function started(keys: readonly object[]): Promise<Gateway> {
  const file = {
    listen: testListen,
    store: { url: `sqlite:${folder}/godwit.db` },
    engine: quickEngine,
    accounts,
    auth: { keys, jwt: { issuer: issuer.issuer, audience, jwksUri: issuer.jwksUri } },
  };
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  return startGateway(await checkedConfig(file, {}, false), systemRuntime, log, 'test');
}
const everything = [
  keyEntry('alice', ['admin'], ['*']),
  keyEntry('writer', ['migrations:write', 'migrations:read'], ['ali-main']),
  keyEntry('operator', ['migrations:write', 'migrations:cutover'], ['*']),
];

beforeAll(async () => {
  folder = await temporaryFolder();
  issuer = await jwtIssuer();
  gateway = await started(everything);
});
afterAll(async () => {
  await gateway.stop(0);
  await issuer.close();
});

async function send(
  method: string,
  path: string,
  credential: string,
  body?: unknown,
  more: Record<string, string> = {},
) {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${credential}`,
      prefer: 'respond-async',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...more,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    replayed: response.headers.get('idempotency-replayed'),
    body: text === '' ? null : JSON.parse(text),
  };
}

const submission = (instanceId: string, more: object = {}) => ({
  ...requestFor('alibaba'),
  account: 'ali-main',
  target: { instanceId, databases: [{ name: 'orders' }] },
  ...more,
});

describe('the identity of a caller', () => {
  it('is issuer plus subject, so that a token of the subject `alice` is not the key `alice`', async () => {
    const token = await issuer.token({ sub: 'alice', scope: 'admin', accounts: ['*'] });
    const key = { 'idempotency-key': 'same' };
    const first = await send('POST', '/migrations', 'alice', submission('rm-alice000001'), key);
    expect(first.status).toBe(202);
    const other = await send('POST', '/migrations', token, submission('rm-alice000001'), key);
    expect(other).toMatchObject({ status: 409, replayed: null, body: { code: 'target_busy' } });
    const hook = { url: 'https://hooks.invalid/', enabled: false };
    const mine = await send('POST', '/webhooks', 'alice', hook, { 'idempotency-key': 'hook' });
    const theirs = await send('POST', '/webhooks', token, hook, { 'idempotency-key': 'hook' });
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.secret).not.toBe(mine.body.secret);
    expect(theirs.body.caller).toBe(`${issuer.issuer}#alice`);
    const path = `/audit?caller=${encodeURIComponent(`${issuer.issuer}#alice`)}`;
    const outcomes = async () =>
      (await send('GET', path, 'alice')).body.items.map(({ outcome }: { outcome: string }) => outcome);
    await expect.poll(outcomes).toEqual(['ok', 'target_busy']);
  });

  it('is found in the audit for an issuer and subject of any length', async () => {
    const sub = `svc-${'x'.repeat(300)}`;
    const token = await issuer.token({ sub, scope: 'migrations:write', accounts: ['*'] });
    await send('POST', '/migrations', token, {});
    const path = `/audit?caller=${encodeURIComponent(`${issuer.issuer}#${sub}`)}`;
    await expect.poll(async () => (await send('GET', path, 'alice')).body.items).toMatchObject([{ status: 400 }]);
  });

  it('cannot add a final backup without the scope for cutovers', async () => {
    const chain = submission('rm-chain000001', { mode: 'full_log' });
    const { body } = await send('POST', '/migrations', 'writer', chain);
    const backup = { type: 'log', source: { type: 'object_storage', bucket: 'acme', keys: ['a.trn'] } };
    const path = `/migrations/${body.id}/backups`;
    expect((await send('POST', path, 'writer', backup)).status).toBe(201);
    const last = { ...backup, source: { ...backup.source, keys: ['b.trn'] }, final: true };
    expect(await send('POST', path, 'writer', last)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await send('POST', path, 'operator', last)).status).toBe(201);
  });

  it('gets a replayed answer only with the current permission', async () => {
    const key = { 'idempotency-key': 'taken-away' };
    const body = submission('rm-away0000001');
    expect((await send('POST', '/migrations', 'writer', body, key)).status).toBe(202);
    expect((await send('POST', '/migrations', 'writer', body, key)).replayed).toBe('true');
    await gateway.stop(0);
    gateway = await started([...everything.slice(0, 1), keyEntry('writer', ['migrations:write'], ['ali-other'])]);
    const { account: _account, ...nameless } = body;
    for (const each of [body, nameless]) {
      const again = await send('POST', '/migrations', 'writer', each, key);
      expect([403, 404, 422]).toContain(again.status);
      expect(JSON.stringify(again.body)).not.toContain('rm-away0000001');
    }
    await gateway.stop(0);
    gateway = await started(everything);
  });
});

describe('the audit', () => {
  const recent = async () => (await send('GET', '/audit?pageSize=20', 'alice')).body.items as Record<string, unknown>[];

  it('distinguishes a replayed answer from a second creation', async () => {
    const key = { 'idempotency-key': 'twice' };
    for (const id of ['request-first', 'request-again'])
      await send('POST', '/migrations', 'alice', submission('rm-twice000001'), { ...key, 'x-request-id': id });
    const newest = async () => (await recent()).slice(0, 2).map(({ requestId, replayed }) => [requestId, replayed]);
    await expect.poll(newest).toEqual([
      ['request-again', true],
      ['request-first', false],
    ]);
  });

  it.each([
    ['a path that cannot be decoded', 'POST /migrations/%zz HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n', 400],
    ['an overlong id', `DELETE /migrations/${'m'.repeat(200)} HTTP/1.1\r\nhost: x\r\n\r\n`, 404],
    [
      'an unsupported Expect',
      'POST /migrations HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\ncontent-length: 0\r\n\r\n',
      400,
    ],
    [
      'two Content-Length headers',
      'POST /migrations HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
    ],
  ])('and the log record a change that is rejected for %s before routing', async (_name, text, status) => {
    lines.splice(0);
    const { port } = new URL(gateway.url);
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    await new Promise((done) => socket.once('data', done));
    socket.destroy();
    const method = text.split(' ')[0];
    await expect.poll(async () => (await recent())[0]).toMatchObject({ caller: null, method, status, operation: null });
    expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ method, status, route: 'unknown' });
  });
});

describe('records of an earlier version', () => {
  it('belong to the token’s subject if no key has that name', async () => {
    const token = await issuer.token({ sub: 'bob', scope: 'admin', accounts: ['*'] });
    const other = await issuer.token({ sub: 'alice', scope: 'admin', accounts: ['*'] });
    const { DatabaseSync } = await import('node:sqlite');
    const body = submission('rm-older000001');
    const key = { 'idempotency-key': 'older' };
    const first = await send('POST', '/migrations', token, body, key);
    expect(first.status).toBe(202);
    // The format from before the issuer was part of the name.
    await gateway.stop(0);
    const database = new DatabaseSync(`${folder}/godwit.db`);
    const digest = (caller: string) =>
      createHash('sha256')
        .update(JSON.stringify([caller, 'older']))
        .digest('hex');
    for (const [was, is] of [[`${issuer.issuer}#bob`, 'bob']])
      database
        .prepare('update idempotency_keys set digest = ? where digest = ?')
        .run(digest(is ?? ''), digest(was ?? ''));
    database.close();
    gateway = await started(everything);
    expect(await send('POST', '/migrations', token, body, key)).toMatchObject({
      replayed: 'true',
      body: { id: first.body.id },
    });
    expect((await send('POST', '/migrations', other, body, key)).replayed).toBeNull();
  });
});
