import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { checkedConfig } from '../support/configuration.ts';
import { quickEngine, testListen } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

const lines: Record<string, unknown>[] = [];
let gateway: Gateway;

/** One account with an unreachable vendor: every submission stays pending. */
beforeAll(async () => {
  const sha256 = (name: string) => createHash('sha256').update(name).digest('hex');
  const accounts = ['ali-main', 'ali-other'].map((name) => ({
    name,
    provider: 'alibaba',
    region: 'cn-hangzhou',
    credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
    endpoints: { rds: 'http://127.0.0.1:9' },
  }));
  const file = {
    listen: testListen,
    store: { url: 'sqlite::memory:' },
    encryption: { key: Buffer.alloc(32, 1).toString('base64') },
    // The unsendable call is tried once, because a cancellation is refused while a call is under way.
    engine: { ...quickEngine, pollMinMs: 60_000, pollMaxMs: 60_000 },
    accounts,
    auth: {
      keys: [
        { name: 'ci', sha256: sha256('ci'), scopes: ['migrations:write'], accounts: ['*'] },
        { name: 'root', sha256: sha256('root'), scopes: ['admin'], accounts: ['*'] },
        { name: 'part', sha256: sha256('part'), scopes: ['admin'], accounts: ['ali-other'] },
      ],
    },
  };
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  gateway = await startGateway(await checkedConfig(file, {}, false), systemRuntime, log, 'test');
});
afterAll(() => gateway.stop(0));

async function send(method: string, path: string, key: string | null, body?: unknown, requestId?: string) {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(key !== null && { 'x-api-key': key }),
      ...(requestId !== undefined && { 'x-request-id': requestId }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      prefer: 'respond-async',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

type AuditItem = Record<string, unknown>;

async function recordsOf(query = '', key = 'root'): Promise<AuditItem[]> {
  return (await send('GET', `/audit${query}`, key)).body.items;
}

/** Polls, because the record of a rejected change follows its answer. */
const toldAs = (records: () => Promise<AuditItem[]>, shown: (record: AuditItem) => unknown) =>
  expect.poll(async () => (await records()).map(shown));

const request = { ...requestFor('alibaba'), account: 'ali-main' };

describe('the audit', () => {
  it('records every requested change with caller, resource and outcome', async () => {
    const created = await send('POST', '/migrations', 'ci', request, 'request-create');
    const { id } = created.body;
    const { target } = request;
    const shown = async () => (await send('GET', `/migrations/${id}`, 'root')).body;
    await expect.poll(async () => (await shown()).blocking).toMatchObject([{ code: 'provider_unavailable' }]);
    await send('POST', '/migrations', 'ci', request, 'request-busy');
    await send('POST', `/migrations/${id}/cancel`, 'ci', undefined, 'request-scope');
    await send('PATCH', `/migrations/${id}`, 'ci', { description: 'CANARY-text' }, 'request-patch');
    await send('DELETE', `/migrations/${id}`, 'ci', undefined, 'request-early');
    await send('POST', `/migrations/${id}/cancel`, 'root', undefined, 'request-cancel');
    await expect.poll(async () => (await shown()).state).toBe('cancelled');
    await send('DELETE', `/migrations/${id}`, 'part', undefined, 'request-foreign');
    await send('DELETE', `/migrations/${id}`, 'ci', undefined, 'request-delete');

    const about = { account: 'ali-main', instanceId: target.instanceId, migrationId: id };
    const ofMigration = () => recordsOf(`?migrationId=${id}`);
    await toldAs(ofMigration, ({ requestId, caller, status, outcome }) => [requestId, caller, status, outcome]).toEqual(
      [
        ['request-delete', 'ci', 204, 'ok'],
        ['request-foreign', 'part', 404, 'not_found'],
        ['request-cancel', 'root', 202, 'ok'],
        ['request-early', 'ci', 409, 'invalid_state'],
        ['request-patch', 'ci', 200, 'ok'],
        ['request-scope', 'ci', 403, 'forbidden'],
        ['request-create', 'ci', 202, 'ok'],
      ],
    );
    const found = await ofMigration();
    for (const each of found) expect(each).toMatchObject(about);
    expect(found.at(-1)).toMatchObject({ operation: 'createMigration', method: 'POST', remoteAddress: '127.0.0.1' });
    const [busy] = (await recordsOf('?caller=ci')).filter((each) => each.requestId === 'request-busy');
    expect(busy).toMatchObject({ status: 409, outcome: 'target_busy', account: 'ali-main' });
    expect(JSON.stringify(await recordsOf())).not.toContain('CANARY');
  });

  it('records which webhook was created, changed and deleted, without its URL', async () => {
    const url = 'https://hooks.invalid/CANARY-path?token=CANARY';
    const { id } = (await send('POST', '/webhooks', 'root', { url }, 'request-hook')).body;
    await send('PATCH', `/webhooks/${id}`, 'root', { enabled: false }, 'request-hook-patch');
    await send('DELETE', `/webhooks/${id}`, 'root', undefined, 'request-hook-delete');
    await send('POST', '/webhooks', 'root', { url: 'CANARY' }, 'request-hook-bad');
    const newest = () => recordsOf('?pageSize=4');
    await toldAs(newest, ({ requestId, operation, webhookId }) => [requestId, operation, webhookId]).toEqual([
      ['request-hook-bad', 'createWebhook', null],
      ['request-hook-delete', 'deleteWebhook', id],
      ['request-hook-patch', 'updateWebhook', id],
      ['request-hook', 'createWebhook', id],
    ]);
    expect(JSON.stringify(await newest())).not.toContain('CANARY');
  });

  it('records unauthenticated requests without their contents', async () => {
    await send('POST', '/migrations', null, request, 'request-nobody');
    await send('POST', '/migrations', 'CANARY-key', request, 'request-wrong');
    await send('POST', '/nothing', 'CANARY-key', request, 'request-nowhere');
    const newest = () => recordsOf('?pageSize=3');
    await toldAs(newest, ({ requestId, caller, status, account }) => [requestId, caller, status, account]).toEqual([
      ['request-nowhere', null, 404, null],
      ['request-wrong', null, 401, null],
      ['request-nobody', null, 401, null],
    ]);
    expect(JSON.stringify([await recordsOf(), lines])).not.toContain('CANARY');
  });

  it('records only well-formed names of an invalid body', async () => {
    const body = { ...request, account: 'CANARY with spaces', target: { instanceId: { a: 'CANARY' } } };
    await send('POST', '/migrations', 'ci', body, 'request-invalid');
    await expect
      .poll(async () => (await recordsOf('?pageSize=1'))[0])
      .toMatchObject({
        requestId: 'request-invalid',
        status: 400,
        outcome: 'invalid_request',
        account: null,
        instanceId: null,
      });
  });

  it('matches the log', async () => {
    const logged = lines.filter((line) => line.audit === true).map(({ requestId }) => requestId);
    expect(logged).toEqual((await recordsOf('?pageSize=200')).map(({ requestId }) => requestId).reverse());
  });

  it('does not record reads', async () => {
    const before = (await recordsOf('?pageSize=200')).length;
    for (const path of ['/migrations', '/audit', '/accounts', '/readyz']) await send('GET', path, 'root');
    expect(await recordsOf('?pageSize=200')).toHaveLength(before);
  });

  it('is readable by admins for their accounts', async () => {
    expect((await send('GET', '/audit', 'ci')).status).toBe(403);
    await send('POST', '/migrations', 'ci', { ...request, account: 'ali-other' });
    await toldAs(
      () => recordsOf('', 'part'),
      ({ account }) => account,
    ).toEqual(['ali-other']);
  });

  it('is paged and filtered by time', async () => {
    const all = await recordsOf('?pageSize=200');
    const pages: unknown[] = [];
    let token: string | null = '';
    while (token !== null) {
      const { body } = await send('GET', `/audit?pageSize=4${token === '' ? '' : `&pageToken=${token}`}`, 'root');
      pages.push(...body.items);
      token = body.nextPageToken;
    }
    expect(pages).toEqual(all);
    const since = String(all[2]?.at);
    expect((await recordsOf(`?since=${since}&pageSize=200`)).length).toBeGreaterThanOrEqual(3);
    expect(await recordsOf('?since=2999-01-01T00:00:00Z')).toEqual([]);
    expect((await send('GET', '/audit?since=yesterday', 'root')).status).toBe(400);
  });

  it('is not filled by many anonymous requests', async () => {
    for (let round = 0; round < 15; round++)
      await Promise.all(Array.from({ length: 20 }, () => send('POST', '/migrations', null)));
    const strangers = [];
    let token: string | null = '';
    while (token !== null) {
      const { body } = await send('GET', `/audit?pageSize=200${token === '' ? '' : `&pageToken=${token}`}`, 'root');
      strangers.push(...body.items.filter((each: { caller: string | null }) => each.caller === null));
      token = body.nextPageToken;
    }
    expect(strangers.length).toBeGreaterThan(50);
    expect(strangers.length).toBeLessThan(140);
  });
});
