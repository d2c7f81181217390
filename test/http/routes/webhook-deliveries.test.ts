import { describe, expect, it } from 'vitest';
import { json, testApp } from '../support/app.ts';
import { aDelivery, idOf, noon } from '../support/fixtures.ts';
import { idsOfAllPages } from '../support/paging.ts';

const path = `/webhooks/${idOf('whk', 1)}`;

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
    expect(await idsOfAllPages(call, `${path}/deliveries?pageSize=2&state=failed`)).toEqual(all.map(({ id }) => id));
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
