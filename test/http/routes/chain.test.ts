import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/domain/problem.ts';
import { json, testApp } from '../support/app.ts';
import { aBackup, aMigration, anEvent, createBody, idOf } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}`;
const log = { type: 'log', source: createBody.source };

describe('the files of a watched folder', () => {
  it('come in pages, also when none is asked for and the folder is huge', async () => {
    const { call, service } = await testApp();
    const items = Array.from({ length: 10_003 }, (_, number) => ({
      key: `file-${number}`,
      size: 1,
      lastModified: 0,
      verdict: 'waiting' as const,
      reason: 'It waits for its turn.',
      backupId: null,
      header: null,
    }));
    service.feed = async () => ({ items, scannedAt: 0 });
    const seen: string[] = [];
    let url: string | undefined = `${path}/feed`;
    for (let pages = 0; url !== undefined && pages < 3; pages++) {
      const response = await call('GET', url);
      seen.push(...response.json<{ items: { key: string }[] }>().items.map(({ key }) => key));
      url = /<(.*)>; rel="next"/.exec(String(response.headers.link))?.[1];
    }
    expect(seen).toEqual(items.map(({ key }) => key));
    const small = await call('GET', `${path}/feed?pageSize=2`);
    expect(small.json().items).toHaveLength(2);
    expect(small.json().items[0].lastModified).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('backups', () => {
  it('are added with 201 and Location', async () => {
    const { call, service } = await testApp();
    const response = await call('POST', `${path}/backups`, json({ ...log, final: true }));
    expect(response.statusCode).toBe(201);
    expect(response.headers.location).toBe(`${path}/backups/${idOf('bkp', 2)}`);
    expect(response.json()).toMatchObject({ id: idOf('bkp', 2), type: 'log', final: true, state: 'queued' });
    expect(service.argumentsOf('addBackup').slice(0, 2)).toEqual([idOf('mig', 1), { ...log, final: true }]);
  });

  it('are listed and read', async () => {
    const { call } = await testApp();
    const list = await call('GET', `${path}/backups`);
    expect(list.json()).toMatchObject({ items: [{ id: idOf('bkp', 1) }], nextPageToken: null });
    const one = await call('GET', `${path}/backups/${idOf('bkp', 1)}`);
    expect(one.json()).toEqual(list.json().items[0]);
  });

  it('are paged when a page size is given', async () => {
    const { call, service } = await testApp();
    const backups = [1, 2, 3, 4, 5].map((number) => aBackup({ id: idOf('bkp', number) }));
    service.get = async () => aMigration({ backups });
    const seen: string[] = [];
    let url: string | undefined = `${path}/backups?pageSize=2`;
    for (let pages = 0; url !== undefined && pages < 4; pages++) {
      const response = await call('GET', url);
      const { items } = response.json<{ items: { id: string }[] }>();
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      url = /<(.*)>; rel="next"/.exec(String(response.headers.link))?.[1];
    }
    expect(seen).toEqual(backups.map(({ id }) => id));
    expect((await call('GET', `${path}/backups?pageToken=rubbish`)).statusCode).toBe(400);
  });

  it.each([`${path}/backups/${idOf('bkp', 9)}`, `${path}/backups/x`, `/migrations/${idOf('mig', 9)}/backups`])(
    '%s is not found',
    async (url) => {
      const { call } = await testApp();
      expect((await call('GET', url)).statusCode).toBe(404);
    },
  );

  it('honour If-Match', async () => {
    const { call } = await testApp();
    expect((await call('POST', `${path}/backups`, json(log, { 'if-match': '"old"' }))).statusCode).toBe(412);
  });

  it('can be marked as uploaded', async () => {
    const { call, service } = await testApp();
    const response = await call('POST', `${path}/backups/${idOf('bkp', 1)}/uploaded`);
    expect(response.statusCode).toBe(202);
    expect(service.argumentsOf('markUploaded').slice(0, 2)).toEqual([idOf('mig', 1), idOf('bkp', 1)]);
  });
});

describe.each([
  ['cutover', 'cutOver'],
  ['cancel', 'cancel'],
  ['retry', 'retry'],
] as const)('POST /migrations/{id}/%s', (action, method) => {
  it('answers 202 with the representation when something changed', async () => {
    const { call } = await testApp();
    const response = await call('POST', `${path}/${action}`);
    expect(response.statusCode).toBe(202);
    expect(response.headers).toMatchObject({ etag: expect.any(String), 'retry-after': '5' });
    expect(response.headers).not.toHaveProperty('location');
    expect(response.json().id).toBe(idOf('mig', 1));
  });

  it('answers 200 when nothing had to change', async () => {
    const { call, service } = await testApp();
    service[method] = async () => ({ migration: aMigration({ state: 'cancelled' }), changed: false });
    expect((await call('POST', `${path}/${action}`, json({}))).statusCode).toBe(200);
  });

  it.each([
    ['no body', {}],
    ['an empty body of JSON', { payload: '', headers: { 'content-type': 'application/json' } }],
    ['null', { payload: 'null', headers: { 'content-type': 'application/json' } }],
    ['an empty object', json({})],
  ])('accepts %s', async (_name, sent) => {
    const { call } = await testApp();
    expect((await call('POST', `${path}/${action}`, sent)).statusCode).toBe(202);
  });

  it('explains a rejection with the state and the possible actions', async () => {
    const { call, service } = await testApp();
    service[method] = async () => {
      throw new Problem('invalid_state', 'It has ended.', {
        members: { migrationId: idOf('mig', 1), state: 'failed', actions: ['delete'] },
      });
    };
    const response = await call('POST', `${path}/${action}`);
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ state: 'failed', actions: ['delete'] });
  });

  it('honours If-Match', async () => {
    const { call } = await testApp();
    expect((await call('POST', `${path}/${action}`, { headers: { 'if-match': '"old"' } })).statusCode).toBe(412);
    expect(
      (await call('POST', `${path}/${action}`, { headers: { 'if-match': `"${idOf('mig', 1)}.3"` } })).statusCode,
    ).toBe(202);
  });

  it('answers 404 for an unknown migration', async () => {
    const { call } = await testApp();
    expect((await call('POST', `/migrations/${idOf('mig', 2)}/${action}`)).statusCode).toBe(404);
  });
});

describe('the bodies of actions', () => {
  it('cutover names the backup after which to open the database', async () => {
    const { call, service } = await testApp();
    await call('POST', `${path}/cutover`, json({ afterBackup: idOf('bkp', 1) }));
    expect(service.argumentsOf('cutOver')[1]).toEqual({ afterBackup: idOf('bkp', 1) });
  });

  it('cutover is rejected when the provider needs a final backup first', async () => {
    const { call, service } = await testApp();
    service.cutOver = async () => {
      throw new Problem('cutover_needs_final_backup', 'Add the last one.');
    };
    expect((await call('POST', `${path}/cutover`)).statusCode).toBe(409);
  });

  it.each([{ assume: 'absent' }, { adopt: { migrateTaskId: '564563256' } }])('retry passes on %j', async (body) => {
    const { call, service } = await testApp();
    await call('POST', `${path}/retry`, json(body));
    expect(service.argumentsOf('retry')[1]).toEqual(body);
  });
});

describe('events', () => {
  it('of one migration come oldest first', async () => {
    const { call, service } = await testApp();
    const response = await call('GET', `${path}/events`);
    expect(response.json().items).toMatchObject([
      { id: idOf('evt', 1), at: '2026-11-21T19:08:00.001Z', type: 'migration.state_changed' },
      { id: idOf('evt', 2) },
    ]);
    expect(service.argumentsOf('events').slice(0, 2)).toEqual([idOf('mig', 1), { size: 50 }]);
  });

  it('of all migrations have a path that is not read as an id', async () => {
    const { call, service } = await testApp();
    expect((await call('GET', '/migrations/events')).statusCode).toBe(200);
    expect(service.argumentsOf('events')[0]).toBeNull();
  });

  it('are paged with tokens that belong to their list', async () => {
    const { call, service } = await testApp();
    const all = [1, 2, 3].map((n) => anEvent(n));
    service.events = async (_id, { size, after }) =>
      all.filter(({ id }) => after === undefined || id > after).slice(0, size);
    const first = await call('GET', `${path}/events?pageSize=2`);
    const { nextPageToken } = first.json();
    expect(first.headers.link).toContain('rel="next"');
    const second = await call('GET', `${path}/events?pageSize=2&pageToken=${nextPageToken}`);
    expect(second.json()).toMatchObject({ items: [{ id: idOf('evt', 3) }], nextPageToken: null });
    expect((await call('GET', `/migrations/events?pageToken=${nextPageToken}`)).statusCode).toBe(400);
  });
});
