import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/domain/problem.ts';
import { json, testApp } from '../support/app.ts';
import { aBackup, aMigration, idOf, noon } from '../support/fixtures.ts';

describe('GET /migrations', () => {
  it('passes on every filter', async () => {
    const { call, service } = await testApp();
    const query =
      'provider=alibaba&account=ali-main&region=cn-hangzhou&state=restoring&state=failed&state=failed&instanceId=rm-1&name=orders' +
      '&label.team=orders&label.app.kubernetes.io%2Fname=x&createdAfter=2026-11-21T19%3A08%3A00Z&createdBefore=2026-11-22T00:00:00.5%2B08:00' +
      '&pageSize=7&sort=createdAt';
    const response = await call('GET', `/migrations?${query}`);
    expect(response.statusCode).toBe(200);
    expect(service.calls.find(({ name }) => name === 'list')?.arguments.slice(0, 2)).toEqual([
      {
        provider: 'alibaba',
        account: 'ali-main',
        region: 'cn-hangzhou',
        states: ['failed', 'restoring'],
        instanceId: 'rm-1',
        name: 'orders',
        labels: { team: 'orders', 'app.kubernetes.io/name': 'x' },
        createdAfter: noon,
        createdBefore: Date.UTC(2026, 10, 21, 16, 0, 0, 500),
      },
      { size: 8, order: 'oldest_first' },
    ]);
  });

  it('shows the 50 newest first by default', async () => {
    const { call, service } = await testApp();
    const response = await call('GET', '/migrations');
    expect(service.calls.find(({ name }) => name === 'list')?.arguments.slice(0, 2)).toEqual([
      {},
      { size: 51, order: 'newest_first' },
    ]);
    expect(response.json()).toMatchObject({ items: [{ id: idOf('mig', 1) }], nextPageToken: null });
    expect(response.headers).not.toHaveProperty('link');
  });

  it('shows each migration once across all pages', async () => {
    const { call, service } = await testApp();
    const all = [5, 4, 3, 2, 1].map((n) => aMigration({ id: idOf('mig', n) }));
    service.list = async (_filter, { size, after }) =>
      all.filter(({ id }) => after === undefined || id < after).slice(0, size);
    const seen: string[] = [];
    let url: string | null = '/migrations?pageSize=2&state=restoring';
    for (let pages = 0; url !== null && pages < 10; pages++) {
      const response = await call('GET', url);
      const { items, nextPageToken } = response.json<{ items: { id: string }[]; nextPageToken: string | null }>();
      seen.push(...items.map(({ id }) => id));
      const link = /^<([^>]+)>; rel="next"$/.exec(String(response.headers.link ?? ''))?.[1] ?? null;
      expect(link === null).toBe(nextPageToken === null);
      if (link !== null) expect(new URLSearchParams(link.split('?')[1]).get('pageToken')).toBe(nextPageToken);
      url = link;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1].map((n) => idOf('mig', n)));
  });

  it('returns no token when the last page is exactly full', async () => {
    const { call, service } = await testApp();
    service.list = async (_filter, { after }) => (after === undefined ? [aMigration()] : []);
    expect((await call('GET', '/migrations?pageSize=1')).json().nextPageToken).toBeNull();
  });

  it('rejects a token with other filters and accepts it with another page size', async () => {
    const { call, service } = await testApp();
    const all = [3, 2, 1].map((n) => aMigration({ id: idOf('mig', n) }));
    service.list = async (_filter, { size, after }) =>
      all.filter(({ id }) => after === undefined || id < after).slice(0, size);
    const token = (await call('GET', '/migrations?pageSize=1&state=failed')).json().nextPageToken;
    for (const filters of ['', 'state=restoring&', 'state=failed&sort=createdAt&', 'state=failed&label.team=x&']) {
      const response = await call('GET', `/migrations?${filters}pageToken=${token}`);
      expect(response.statusCode, filters).toBe(400);
      expect(response.json().errors).toEqual([
        { parameter: 'pageToken', detail: expect.stringMatching(/other filters/) },
      ]);
    }
    expect((await call('GET', `/migrations?state=failed&pageSize=5&pageToken=${token}`)).json().items).toHaveLength(2);
  });
});

describe('GET /migrations/{id}', () => {
  const path = `/migrations/${idOf('mig', 1)}`;

  it.each([
    ['pending', '2'],
    ['restoring', '5'],
    ['awaiting_backup', '30'],
    ['cutting_over', '2'],
    ['cancelling', '2'],
    ['succeeded', undefined],
    ['failed', undefined],
    ['cancelled', undefined],
  ] as const)('%s says Retry-After %s', async (state, seconds) => {
    const { call, service } = await testApp();
    service.get = async () => aMigration({ state });
    const response = await call('GET', path);
    expect(response.statusCode).toBe(200);
    expect(response.headers['retry-after']).toBe(seconds);
    expect(response.headers['cache-control']).toBe('private, no-cache, no-transform');
  });

  it('answers 304 while the representation is unchanged', async () => {
    const { call, service } = await testApp();
    const first = await call('GET', path);
    const headers = { 'if-none-match': `"other", ${first.headers.etag}` };
    const second = await call('GET', path, { headers });
    expect(second.statusCode).toBe(304);
    expect(second.body).toBe('');
    expect(second.headers.etag).toBe(first.headers.etag);
    service.get = async () => aMigration({ version: 4 });
    expect((await call('GET', path, { headers })).statusCode).toBe(200);
  });

  it('rejects a malformed If-None-Match by name', async () => {
    const { call } = await testApp();
    const response = await call('GET', path, { headers: { 'if-none-match': 'mig.3' } });
    expect(response.json().errors).toEqual([expect.objectContaining({ parameter: 'If-None-Match' })]);
  });

  it('answers HEAD like GET without the body', async () => {
    const { call } = await testApp();
    const response = await call('HEAD', path);
    expect(response.statusCode).toBe(200);
    expect(response.body).toBe('');
    expect(response.headers.etag).toBeDefined();
  });

  it('shows URLs without their query', async () => {
    const { call, service } = await testApp();
    const source = { type: 'url', urls: [{ display: 'https://example.com/a.bak', sealed: 'sealed-bytes' }] } as const;
    service.get = async () => aMigration({ backups: [aBackup({ source })] });
    const response = await call('GET', path);
    expect(response.json().source).toEqual({ type: 'url', urls: ['https://example.com/a.bak'] });
    expect(response.body).not.toContain('sealed');
  });

  it.each([
    'mig_unknown',
    'mig_01KBZQ3M8E0000000000000001',
    idOf('bkp', 1),
    idOf('mig', 2),
    'x'.repeat(127),
    'x'.repeat(500),
    '%00',
    '..%2f..',
  ])('%s is not found', async (id) => {
    const { call } = await testApp();
    const response = await call('GET', `/migrations/${id}`);
    expect(response.statusCode).toBe(404);
    expect(response.json().code).toBe('not_found');
  });

  it('an undecodable path is a bad request', async () => {
    const { app } = await testApp();
    const response = await app.inject('/migrations/%zz');
    expect(response.statusCode).toBe(400);
    expect(response.headers).toMatchObject({
      'content-type': expect.stringContaining('application/problem+json'),
      'x-content-type-options': 'nosniff',
    });
    expect(response.json().instance).toBe(response.headers['x-request-id']);
  });
});

describe('PATCH and DELETE /migrations/{id}', () => {
  const path = `/migrations/${idOf('mig', 1)}`;

  it.each(['application/merge-patch+json', 'application/json'])('accepts %s', async (type) => {
    const { call, service } = await testApp();
    const patch = { description: null, labels: { team: 'orders', old: null } };
    const response = await call('PATCH', path, { payload: JSON.stringify(patch), headers: { 'content-type': type } });
    expect(response.statusCode).toBe(200);
    expect(response.headers.etag).toBeDefined();
    expect(service.argumentsOf('patch').slice(0, 2)).toEqual([idOf('mig', 1), patch]);
  });

  it('deletes with 204 and no body', async () => {
    const { call, service } = await testApp();
    const response = await call('DELETE', path);
    expect(response.statusCode).toBe(204);
    expect(response.body).toBe('');
    expect(service.argumentsOf('remove')[0]).toBe(idOf('mig', 1));
  });

  it('deletes for clients that send a content type without a body', async () => {
    const { call } = await testApp();
    expect((await call('DELETE', path, { headers: { 'content-type': 'application/json' } })).statusCode).toBe(204);
  });

  it('explains a rejection and the possible actions', async () => {
    const { call, service } = await testApp();
    service.remove = async () => {
      throw new Problem('invalid_state', 'Only ended migrations.', {
        members: { state: 'restoring', actions: ['cancel'] },
      });
    };
    const response = await call('DELETE', path);
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ code: 'invalid_state', state: 'restoring', actions: ['cancel'] });
  });

  const current = `${idOf('mig', 1)}.3`;
  it.each([
    ['PATCH', `"${current}"`, 200, current],
    ['PATCH', '*', 200, undefined],
    ['PATCH', `"other", "${current}"`, 200, current],
    ['PATCH', '"other"', 412, 'other'],
    ['PATCH', '"one", "two"', 412, null],
    ['PATCH', `W/"${current}"`, 412, null],
    ['PATCH', current, 400, null],
    ['DELETE', `"${current}"`, 204, current],
    ['DELETE', '"other"', 412, 'other'],
  ] as const)('%s with If-Match: %s → %i', async (method, header, status, passed) => {
    const { call, service } = await testApp();
    const response = await call(
      method,
      path,
      method === 'PATCH' ? json({}, { 'if-match': header }) : { headers: { 'if-match': header } },
    );
    expect(response.statusCode).toBe(status);
    const change = service.calls.find(({ name }) => name === 'patch' || name === 'remove');
    if (header.startsWith('W/')) expect(response.json().detail).toContain('without `W/`');
    if (passed === null) expect(change).toBeUndefined();
    else expect((change?.arguments.at(-1) as { ifMatch?: string } | undefined)?.ifMatch).toBe(passed);
  });
});

describe('a chain of very many backups', () => {
  const path = `/migrations/${idOf('mig', 1)}`;
  const backup = aMigration().backups[0];
  const long = {
    ...aMigration(),
    backups: Array.from({ length: 2000 }, (_, number) => ({ ...aBackup(), ...backup, id: idOf('bkp', number) })),
  };

  it('is complete on request and abbreviated in lists and answers to changes', async () => {
    const { call, service } = await testApp();
    service.get = async () => long;
    service.patch = async () => long;
    service.list = async (_filter, page) => (page.after === undefined ? [long] : []);
    expect((await call('GET', path)).json().backups).toHaveLength(2000);
    const { body } = await call('PATCH', path, json({ description: 'x' }));
    expect(JSON.parse(body)).toMatchObject({ backupsOmitted: 1950 });
    expect(body.length).toBeLessThan(40_000);
    expect((await call('GET', '/migrations')).json().items[0].backups).toHaveLength(50);
  });

  it('may end a page early with a token for the next page', async () => {
    const { call, service } = await testApp();
    service.list = async (_filter, page) => (page.size === 1 ? [aMigration()] : [long]);
    const { items, nextPageToken } = (await call('GET', '/migrations?pageSize=200')).json();
    expect([items.length, typeof nextPageToken]).toEqual([1, 'string']);
  });
});
