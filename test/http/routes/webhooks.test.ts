import { describe, expect, it } from 'vitest';
import type { AuditLog, NewAuditRecord } from '../../../src/domain/audit.ts';
import { Problem } from '../../../src/domain/problem.ts';
import { StoreUnavailable } from '../../../src/domain/store.ts';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { noAudit } from '../../../src/http/plugins/audit.ts';
import { json, sharedApp, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { webhookSecret } from '../support/fake-webhooks.ts';
import { aDelivery, aWebhook, createBody, idOf, noon } from '../support/fixtures.ts';

const path = `/webhooks/${idOf('whk', 1)}`;
const tag = `${idOf('whk', 1)}.3`;
const body = { url: 'https://receiver.example/godwit?right=CANARY' };
const shown = {
  id: idOf('whk', 1),
  url: 'https://receiver.example/godwit',
  description: null,
  eventTypes: ['migration.state_changed'],
  accounts: ['ali-main'],
  headerNames: [],
  caCertificates: null,
  enabled: true,
  disabledReason: null,
  previousSecretUntil: null,
  caller: 'anonymous',
  createdAt: '2026-11-21T19:08:00.000Z',
  updatedAt: '2026-11-21T19:08:00.000Z',
};

describe('POST /webhooks', () => {
  it('answers 201 with Location, ETag and the secret, which nothing else shows', async () => {
    const { call, webhooks } = await testApp();
    const response = await call('POST', '/webhooks', json(body));
    expect(response.statusCode).toBe(201);
    expect(response.headers).toMatchObject({ location: path, etag: `"${tag}"`, 'cache-control': 'no-store' });
    expect(response.headers).not.toHaveProperty('idempotency-replayed');
    expect(response.json()).toEqual({ ...shown, secret: webhookSecret });
    expect(webhooks.argumentsOf('create')).toMatchObject([
      body,
      { caller: 'anonymous', accounts: ['*'], audit: { status: 201 } },
      undefined,
    ]);
    for (const [method, url] of [
      ['GET', path],
      ['GET', '/webhooks'],
      ['PATCH', path],
      ['GET', `${path}/deliveries`],
    ] as const) {
      const other = await call(method, url, method === 'PATCH' ? json({}) : {});
      expect(other.statusCode).toBe(200);
      expect(other.body).not.toMatch(/secret|whsec_|sealed/);
    }
  });

  it('passes on every member', async () => {
    const { call, webhooks } = await testApp();
    const request = {
      ...body,
      description: 'Tells the team',
      eventTypes: ['migration.created', 'call.settled'],
      accounts: ['*', 'ali-main'],
      enabled: false,
    };
    expect((await call('POST', '/webhooks', json(request))).statusCode).toBe(201);
    expect(webhooks.argumentsOf('create')[0]).toEqual(request);
  });

  it('passes on the idempotency key and marks a replay', async () => {
    const { call, webhooks, service } = await testApp();
    const first = await call('POST', '/webhooks', json(body, { 'idempotency-key': 'k-1' }));
    const second = await call('POST', '/webhooks', json(body, { 'idempotency-key': '"k-1"' }));
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.body).toBe(first.body);
    const keys = webhooks.calls.map((each) => each.arguments[2]);
    expect(keys[0]).toEqual({ caller: 'anonymous', key: 'k-1', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(keys[1]).toEqual(keys[0]);
    await call('POST', '/webhooks', json({ ...body, enabled: false }, { 'idempotency-key': 'k-1' }));
    expect(webhooks.calls.at(-1)?.arguments[2]).not.toEqual(keys[0]);
    expect(service.calls).toEqual([]);
  });

  it.each([
    ['invalid_state', 409],
    ['idempotency_key_reused', 422],
    ['unknown_account', 422],
    ['encryption_key_required', 422],
    ['forbidden', 403],
    ['invalid_request', 400],
  ] as const)('answers %s as %i', async (code, status) => {
    const { call, webhooks } = await testApp();
    webhooks.create = async () => {
      throw new Problem(code, 'So it is.', { errors: [{ pointer: '/url', detail: 'is not one to call.' }] });
    };
    const response = await call('POST', '/webhooks', json(body));
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ code, errors: [{ pointer: '/url' }] });
  });

  it('answers 503 when the store is unavailable', async () => {
    const { call, webhooks } = await testApp();
    webhooks.create = async () => {
      throw new StoreUnavailable('gone');
    };
    expect((await call('POST', '/webhooks', json(body))).statusCode).toBe(503);
  });
});

describe('invalid webhooks', () => {
  const app = sharedApp();
  const faults: readonly (readonly [name: string, body: unknown, pointer: string, detail: RegExp])[] = [
    ['no URL', {}, '/url', /is required/],
    ['a text that is no URL', { url: 'receiver.example' }, '/url', /must be a URL/],
    ['an endless URL', { url: `https://a.example/${'a'.repeat(2048)}` }, '/url', /at most 2048/],
    ['a long description', { ...body, description: 'a'.repeat(501) }, '/description', /at most 500/],
    ['an unknown type of events', { ...body, eventTypes: ['migration.create'] }, '/eventTypes/0', /did you mean/],
    ['a type twice', { ...body, eventTypes: ['call.sent', 'call.sent'] }, '/eventTypes', /are the same/],
    ['no account', { ...body, accounts: [] }, '/accounts', /at least 1 item/],
    [
      'many accounts',
      { ...body, accounts: Array.from({ length: 101 }, (_, n) => `a${n}`) },
      '/accounts',
      /at most 100/,
    ],
    ['an account twice', { ...body, accounts: ['a', 'a'] }, '/accounts', /are the same/],
    ['an account that is no name', { ...body, accounts: ['a b'] }, '/accounts/0', /name of an account, or `\*`/],
    ['a text for a boolean', { ...body, enabled: 'true' }, '/enabled', /must be/],
    ['a misspelt member', { ...body, eventType: [] }, '/eventType', /did you mean `eventTypes`/],
    ['a secret of the caller', { ...body, secret: 'whsec_AA==' }, '/secret', /is not a known field/],
  ];

  it.each(faults)('%s', async (_name, request, pointer, detail) => {
    const { call, webhooks } = app();
    const response = await call('POST', '/webhooks', json(request));
    expect(response.statusCode).toBe(400);
    expect(response.json().errors).toContainEqual({ pointer, detail: expect.stringMatching(detail) });
    expect(webhooks.calls).toEqual([]);
  });

  it.each(faults.slice(1))('%s, in a change', async (_name, request, pointer, detail) => {
    const { call, webhooks } = app();
    const response = await call('PATCH', path, json(request));
    expect(response.json().errors).toContainEqual({ pointer, detail: expect.stringMatching(detail) });
    expect(webhooks.calls).toEqual([]);
  });

  it('cannot clear anything but the description', async () => {
    const { call, webhooks } = app();
    expect((await call('PATCH', path, json({ description: null }))).statusCode).toBe(200);
    expect(webhooks.argumentsOf('patch')[1]).toEqual({ description: null });
    for (const member of ['url', 'eventTypes', 'accounts', 'enabled'])
      expect((await call('PATCH', path, json({ [member]: null }))).statusCode, member).toBe(400);
  });
});

describe('GET /webhooks', () => {
  it('shows 50 webhooks for the caller', async () => {
    const { call, webhooks } = await testApp();
    const response = await call('GET', '/webhooks');
    expect(response.json()).toEqual({ items: [shown], nextPageToken: null });
    expect(response.headers).not.toHaveProperty('link');
    expect(webhooks.argumentsOf('list')).toEqual([
      { size: 50 },
      { kind: 'anonymous', caller: 'anonymous', accounts: ['*'] },
    ]);
  });

  it('shows each webhook once across all pages', async () => {
    const { call, webhooks } = await testApp();
    const all = [1, 2, 3, 4, 5].map((n) => aWebhook({ id: idOf('whk', n) }));
    webhooks.list = async ({ size, after }) => all.filter(({ id }) => after === undefined || id > after).slice(0, size);
    expect(await walk(call, '/webhooks?pageSize=2')).toEqual(all.map(({ id }) => id));
  });
});

describe('GET /webhooks/{id}', () => {
  it('shows the webhook with its entity tag, and 304 while it is unchanged', async () => {
    const { call, webhooks } = await testApp();
    const first = await call('GET', path);
    expect(first.statusCode).toBe(200);
    expect(first.json()).toEqual(shown);
    expect(first.headers).toMatchObject({ etag: `"${tag}"`, 'cache-control': 'private, no-cache, no-transform' });
    const headers = { 'if-none-match': `W/"other", "${tag}"` };
    const second = await call('GET', path, { headers });
    expect(second.statusCode).toBe(304);
    expect(second.headers.etag).toBe(first.headers.etag);
    webhooks.get = async () => aWebhook({ version: 4 });
    expect((await call('GET', path, { headers })).statusCode).toBe(200);
    expect((await call('GET', path, { headers: { 'if-none-match': 'bare' } })).statusCode).toBe(400);
  });

  it('explains why the gateway disabled it', async () => {
    const { call, webhooks } = await testApp();
    webhooks.get = async () =>
      aWebhook({ enabled: false, disabledReason: 'the receiver answered 410', eventTypes: [] });
    expect((await call('GET', path)).json()).toMatchObject({
      enabled: false,
      disabledReason: 'the receiver answered 410',
      eventTypes: [],
    });
  });

  it.each([idOf('mig', 1), 'whk_1', idOf('whk', 2), '%00', 'x'.repeat(500)])('%s is not found', async (id) => {
    const { call } = await testApp();
    for (const [method, url, options] of [
      ['GET', `/webhooks/${id}`, {}],
      ['PATCH', `/webhooks/${id}`, json({})],
      ['DELETE', `/webhooks/${id}`, {}],
      ['GET', `/webhooks/${id}/deliveries`, {}],
      ['POST', `/webhooks/${id}/deliveries/${idOf('dlv', 1)}/redeliver`, {}],
    ] as const) {
      const response = await call(method, url, options);
      expect(response.statusCode, `${method} ${url}`).toBe(404);
      expect(response.json().code).toBe('not_found');
    }
  });
});

describe('PATCH and DELETE /webhooks/{id}', () => {
  it.each(['application/merge-patch+json', 'application/json'])('accepts %s', async (type) => {
    const { call, webhooks } = await testApp();
    const patch = { description: null, enabled: true, eventTypes: [] };
    const response = await call('PATCH', path, { payload: JSON.stringify(patch), headers: { 'content-type': type } });
    expect(response.statusCode).toBe(200);
    expect(response.headers.etag).toBe(`"${idOf('whk', 1)}.4"`);
    expect(webhooks.argumentsOf('patch')).toMatchObject([
      idOf('whk', 1),
      patch,
      { caller: 'anonymous', accounts: ['*'], audit: { status: 200 } },
    ]);
  });

  it('deletes with 204 and no body', async () => {
    const { call, webhooks } = await testApp();
    const response = await call('DELETE', path);
    expect(response.statusCode).toBe(204);
    expect(response.body).toBe('');
    expect(webhooks.argumentsOf('remove')).toMatchObject([
      idOf('whk', 1),
      { caller: 'anonymous', accounts: ['*'], audit: { status: 204 } },
    ]);
  });

  it.each([
    ['PATCH', `"${tag}"`, 200, tag],
    ['PATCH', '*', 200, undefined],
    ['PATCH', `"other", "${tag}"`, 200, tag],
    ['PATCH', '"other"', 412, 'other'],
    ['PATCH', '"one", "two"', 412, null],
    ['PATCH', `W/"${tag}"`, 412, null],
    ['PATCH', tag, 400, null],
    ['DELETE', `"${tag}"`, 204, tag],
    ['DELETE', '"other"', 412, 'other'],
  ] as const)('%s with If-Match: %s → %i', async (method, header, status, passed) => {
    const { call, webhooks } = await testApp();
    const condition = { 'if-match': header };
    const response = await call(method, path, method === 'PATCH' ? json({}, condition) : { headers: condition });
    expect(response.statusCode).toBe(status);
    const change = webhooks.calls.find(({ name }) => name === 'patch' || name === 'remove');
    if (passed === null) expect(change).toBeUndefined();
    else expect((change?.arguments.at(-1) as { ifMatch?: string } | undefined)?.ifMatch).toBe(passed);
  });
});

describe('deliveries', () => {
  const delivery = `${path}/deliveries/${idOf('dlv', 1)}`;

  it('are shown with their outcome', async () => {
    const { call, webhooks } = await testApp();
    const response = await call('GET', `${path}/deliveries?state=pending`);
    expect(response.json()).toEqual({
      items: [
        {
          id: idOf('dlv', 1),
          webhookId: idOf('whk', 1),
          eventId: idOf('evt', 1),
          eventType: 'migration.state_changed',
          migrationId: idOf('mig', 1),
          account: 'ali-main',
          state: 'pending',
          attempts: 1,
          lastAttemptAt: '2026-11-21T19:08:00.000Z',
          lastStatus: 503,
          lastError: 'the receiver answered 503',
          nextAttemptAt: '2026-11-21T19:08:05.000Z',
          createdAt: '2026-11-21T19:08:00.000Z',
        },
      ],
      nextPageToken: null,
    });
    expect(webhooks.argumentsOf('deliveries')).toEqual([
      idOf('whk', 1),
      { state: 'pending' },
      { size: 50 },
      { kind: 'anonymous', caller: 'anonymous', accounts: ['*'] },
    ]);
  });

  it('that have ended have no next attempt', async () => {
    const { call, webhooks } = await testApp();
    webhooks.deliveries = async () => [
      aDelivery({ state: 'delivered', dueAt: null, lastStatus: 204, lastError: null }),
      aDelivery({ state: 'pending', attempts: 0, lastAttemptAt: null, lastStatus: null, lastError: null, dueAt: noon }),
    ];
    expect((await call('GET', `${path}/deliveries`)).json().items).toMatchObject([
      { state: 'delivered', nextAttemptAt: null },
      { attempts: 0, lastAttemptAt: null, lastStatus: null, nextAttemptAt: '2026-11-21T19:08:00.000Z' },
    ]);
  });

  it('are paged with tokens that belong to the webhook and the state', async () => {
    const { call, webhooks } = await testApp();
    const all = [5, 4, 3, 2, 1].map((n) => aDelivery({ id: idOf('dlv', n) }));
    webhooks.deliveries = async (_id, _filter, { size, after }) =>
      all.filter(({ id }) => after === undefined || id < after).slice(0, size);
    expect(await walk(call, `${path}/deliveries?pageSize=2&state=failed`)).toEqual(all.map(({ id }) => id));
    const { nextPageToken: token } = (await call('GET', `${path}/deliveries?pageSize=2&state=failed`)).json();
    for (const url of [
      `${path}/deliveries?pageToken=${token}`,
      `${path}/deliveries?state=pending&pageToken=${token}`,
      `/webhooks/${idOf('whk', 2)}/deliveries?state=failed&pageToken=${token}`,
      `/webhooks?pageToken=${token}`,
    ]) {
      const response = await call('GET', url);
      expect(response.statusCode, url).toBe(400);
      expect(response.json().errors[0].detail).toMatch(/other filters/);
    }
  });

  it.each(['state=sent', 'state=failed&state=pending', 'pageSize=0', 'type=x'])('%s is rejected', async (query) => {
    const { call, webhooks } = await testApp();
    expect((await call('GET', `${path}/deliveries?${query}`)).statusCode).toBe(400);
    expect(webhooks.calls).toEqual([]);
  });

  it.each([
    ['without a body', {}],
    ['with an empty object', json({})],
    ['with an idempotency key', { headers: { 'idempotency-key': 'k-1' } }],
  ])('are redelivered %s', async (_name, options) => {
    const { call, webhooks } = await testApp();
    for (let times = 0; times < 2; times++) {
      const response = await call('POST', `${delivery}/redeliver`, options);
      expect(response.statusCode).toBe(202);
      expect(response.json()).toMatchObject({ id: idOf('dlv', 1), state: 'pending', attempts: 0 });
      expect(response.headers).not.toHaveProperty('idempotency-replayed');
    }
    expect(webhooks.calls[0]?.arguments).toMatchObject([
      idOf('whk', 1),
      idOf('dlv', 1),
      { kind: 'anonymous', caller: 'anonymous', accounts: ['*'] },
    ]);
  });

  it.each([
    ['a member', json({ now: true }), 400],
    ['a broken idempotency key', { headers: { 'idempotency-key': 'with space' } }, 400],
    ['text', { payload: 'x', headers: { 'content-type': 'text/plain' } }, 415],
  ])('are not redelivered with %s', async (_name, options, status) => {
    const { call, webhooks } = await testApp();
    expect((await call('POST', `${delivery}/redeliver`, options)).statusCode).toBe(status);
    expect(webhooks.calls).toEqual([]);
  });

  it.each([idOf('dlv', 2), idOf('evt', 1), 'x'])('%s is not found', async (id) => {
    const { call } = await testApp();
    expect((await call('POST', `${path}/deliveries/${id}/redeliver`)).statusCode).toBe(404);
  });
});

describe('the webhook resource', () => {
  const app = sharedApp();

  it.each([
    ['PUT', '/webhooks', 'GET, HEAD, POST'],
    ['POST', path, 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', `${path}/deliveries`, 'GET, HEAD'],
    ['GET', `${path}/deliveries/${idOf('dlv', 1)}/redeliver`, 'POST'],
  ] as const)('%s %s is not allowed', async (method, url, allow) => {
    const response = await app().call(method, url);
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe(allow);
  });

  it('accepts and returns JSON only', async () => {
    const { call, webhooks } = app();
    expect((await call('POST', '/webhooks', json(body, { accept: 'text/csv' }))).statusCode).toBe(406);
    const text = { payload: JSON.stringify(body), headers: { 'content-type': 'text/plain' } };
    expect((await call('POST', '/webhooks', text)).statusCode).toBe(415);
    const patch = { payload: '{}', headers: { 'content-type': 'application/merge-patch+json' } };
    expect((await call('POST', '/webhooks', patch)).statusCode).toBe(415);
    expect((await call('GET', '/webhooks?page=1')).statusCode).toBe(400);
    expect((await call('POST', '/webhooks?dryRun=true', json(body))).statusCode).toBe(400);
    expect(webhooks.calls).toEqual([]);
  });

  it('is linked from the root', async () => {
    expect((await app().call('GET', '/')).json().links.webhooks).toBe('/webhooks');
  });
});

describe('authorization', () => {
  const stranger = keyNamed('stranger', { accounts: ['tc-main'] });
  const writer = keyNamed('writer', { scopes: ['migrations:write'] });
  const auth = createStaticKeyAuthenticator([stranger.entry, writer.entry]);

  it('rejects a webhook of a caller who may not read events', async () => {
    const { call, webhooks } = await testApp({ auth });
    const headers = { 'x-api-key': writer.secret };
    for (const [method, url] of [
      ['POST', '/webhooks'],
      ['PATCH', path],
    ] as const) {
      const response = await call(method, url, json({ broken: true }, headers));
      expect(response.statusCode).toBe(403);
      expect(response.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('migrations:read') });
      expect(response.headers['www-authenticate']).toContain('scope="migrations:read"');
    }
    expect(webhooks.calls).toEqual([]);
    expect((await call('DELETE', path, { headers })).statusCode).toBe(204);
  });

  it('hides a webhook of other accounts', async () => {
    const { call, webhooks } = await testApp({ auth });
    const headers = { 'x-api-key': stranger.secret };
    expect((await call('GET', path, { headers })).statusCode).toBe(404);
    expect((await call('GET', '/webhooks', { headers })).json().items).toEqual([]);
    expect(webhooks.argumentsOf('list')[1]).toEqual({ kind: 'key', caller: 'stranger', accounts: ['tc-main'] });
  });
});

describe('the audit of webhooks', () => {
  it('records changes without a migration id and without the body', async () => {
    const records: NewAuditRecord[] = [];
    const asked: string[] = [];
    const audit: AuditLog = {
      ...noAudit,
      appendAudit: async (record) => void records.push(record),
      placeOf: async (id) => {
        asked.push(id);
        return null;
      },
    };
    const { call, log } = await testApp({ audit });
    await call('POST', '/webhooks', json({ ...body, description: 'CANARY' }));
    await call('PATCH', path, json({ accounts: ['CANARY'] }));
    await call('POST', `${path}/deliveries/${idOf('dlv', 1)}/redeliver`);
    await call('DELETE', path);
    await call('DELETE', `/webhooks/${idOf('mig', 1)}`);
    await call('GET', path);
    expect(records.map(({ operation, status }) => [operation, status])).toEqual([
      ['createWebhook', 201],
      ['updateWebhook', 200],
      ['redeliverEvent', 202],
      ['deleteWebhook', 204],
      ['deleteWebhook', 404],
    ]);
    for (const record of records) expect(record).toMatchObject({ migrationId: null, instanceId: null });
    expect(records.map(({ account }) => account)).toEqual(['ali-main', 'ali-main', 'ali-main', 'ali-main', null]);
    expect(asked).toEqual([]);
    expect(JSON.stringify([records, log])).not.toMatch(/CANARY|whsec_/);
  });

  it('does not mistake a webhook’s idempotency key for a migration’s', async () => {
    const records: NewAuditRecord[] = [];
    const audit: AuditLog = { ...noAudit, appendAudit: async (record) => void records.push(record) };
    const { call, service } = await testApp({ audit });
    service.findReplay = async (key) => ({
      ...key,
      fingerprint: 'of another request',
      resource: { type: 'webhook', id: idOf('whk', 1) },
      createdAt: noon,
      answer: null,
      heldBy: 'nobody',
    });
    const response = await call('POST', '/migrations', json(createBody, { 'idempotency-key': 'k-1' }));
    expect(response.json().code).toBe('idempotency_key_reused');
    expect(records).toMatchObject([{ operation: 'createMigration', migrationId: null, account: 'ali-main' }]);
  });
});

/** Ids of all pages, by their links. */
async function walk(call: Awaited<ReturnType<typeof testApp>>['call'], first: string): Promise<readonly string[]> {
  const seen: string[] = [];
  let url: string | undefined = first;
  for (let pages = 0; url !== undefined && pages < 10; pages++) {
    const response = await call('GET', url);
    const { items, nextPageToken } = response.json<{ items: { id: string }[]; nextPageToken: string | null }>();
    seen.push(...items.map(({ id }) => id));
    url = /^<([^>]+)>; rel="next"$/.exec(String(response.headers.link ?? ''))?.[1];
    expect(url === undefined).toBe(nextPageToken === null);
  }
  return seen;
}
