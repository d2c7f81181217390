import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/domain/problem.ts';
import { StoreUnavailable } from '../../../src/domain/store.ts';
import { json, sharedApp, testApp } from '../support/app.ts';
import { webhookSecret } from '../support/fake-webhooks.ts';
import { aWebhook, idOf } from '../support/fixtures.ts';
import { idsOfAllPages } from '../support/paging.ts';

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

describe('an invalid webhook', () => {
  const app = sharedApp();
  const faults: readonly (readonly [name: string, body: unknown, pointer: string, detail: RegExp])[] = [
    ['no URL', {}, '/url', /is required/],
    ['text that is not a URL', { url: 'receiver.example' }, '/url', /must be a URL/],
    ['a URL over 2048 characters', { url: `https://a.example/${'a'.repeat(2048)}` }, '/url', /at most 2048/],
    ['a description over 500 characters', { ...body, description: 'a'.repeat(501) }, '/description', /at most 500/],
    ['an unknown event type', { ...body, eventTypes: ['migration.create'] }, '/eventTypes/0', /did you mean/],
    ['a duplicate event type', { ...body, eventTypes: ['call.sent', 'call.sent'] }, '/eventTypes', /are the same/],
    ['an empty list of accounts', { ...body, accounts: [] }, '/accounts', /at least 1 item/],
    [
      'more than 100 accounts',
      { ...body, accounts: Array.from({ length: 101 }, (_, n) => `a${n}`) },
      '/accounts',
      /at most 100/,
    ],
    ['a duplicate account', { ...body, accounts: ['a', 'a'] }, '/accounts', /are the same/],
    ['a malformed account name', { ...body, accounts: ['a b'] }, '/accounts/0', /name of an account, or `\*`/],
    ['text for a boolean', { ...body, enabled: 'true' }, '/enabled', /must be/],
    ['a misspelt member', { ...body, eventType: [] }, '/eventType', /did you mean `eventTypes`/],
    ['a secret chosen by the caller', { ...body, secret: 'whsec_AA==' }, '/secret', /is not a known field/],
  ];

  it.each(faults)('with %s is rejected', async (_name, request, pointer, detail) => {
    const { call, webhooks } = app();
    const response = await call('POST', '/webhooks', json(request));
    expect(response.statusCode).toBe(400);
    expect(response.json().errors).toContainEqual({ pointer, detail: expect.stringMatching(detail) });
    expect(webhooks.calls).toEqual([]);
  });

  it.each(faults.slice(1))('with %s is rejected in a change', async (_name, request, pointer, detail) => {
    const { call, webhooks } = app();
    const response = await call('PATCH', path, json(request));
    expect(response.json().errors).toContainEqual({ pointer, detail: expect.stringMatching(detail) });
    expect(webhooks.calls).toEqual([]);
  });

  it('is rejected in a change that clears any member but the description', async () => {
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
    expect(await idsOfAllPages(call, '/webhooks?pageSize=2')).toEqual(all.map(({ id }) => id));
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
