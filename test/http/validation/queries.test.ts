import { describe, expect, it } from 'vitest';
import { json, sharedApp } from '../support/app.ts';
import { createBody, idOf } from '../support/fixtures.ts';

const app = sharedApp();

describe('query parameters', () => {
  it.each([
    ['/migrations?stat=failed', 'stat', /did you mean `state`\?/],
    ['/migrations?page_size=5', 'page_size', /did you mean `pageSize`\?/],
    ['/migrations?foo=1', 'foo', /is not a known parameter; known are `provider`.*`label\.<key>`$/],
    ['/migrations?pageSize=0', 'pageSize', 'must be at least 1'],
    ['/migrations?pageSize=201', 'pageSize', 'must be at most 200'],
    ['/migrations?pageSize=ten', 'pageSize', 'must be a whole number, not text'],
    ['/migrations?pageSize=1.5', 'pageSize', 'must be a whole number, not text'],
    ['/migrations?pageSize=1&pageSize=2', 'pageSize', 'may be given only once'],
    ['/migrations?state=restored', 'state', /must be one of `pending`/],
    ['/migrations?state=failed&state=cancled', 'state', /did you mean `cancelled`\?/],
    ['/migrations?provider=aws', 'provider', /must be one of `alibaba`/],
    ['/migrations?provider=huawei&provider=tencent', 'provider', 'may be given only once'],
    ['/migrations?createdAfter=yesterday', 'createdAfter', /RFC 3339/],
    ['/migrations?createdBefore=2026-11-21', 'createdBefore', /RFC 3339/],
    ['/migrations?sort=name', 'sort', 'must be one of `createdAt`, `-createdAt`'],
    ['/migrations?account=', 'account', 'must not be empty'],
    ['/migrations?label.=x', 'label.', /is not a known parameter/],
    ['/migrations?label.team=a&label.team=b', 'label.team', 'may be given only once'],
    ['/migrations?pageToken=rubbish', 'pageToken', /is not a token/],
    [`/migrations/${idOf('mig', 1)}?verbose=1`, 'verbose', /is not a known parameter/],
    [`/migrations/${idOf('mig', 1)}/events?pageSize=-1`, 'pageSize', 'must be at least 1'],
    ['/providers?x=1', 'x', /is not a known parameter/],
    ['/readyz?verbose=perhaps', 'verbose', 'must be `true` or `false`, not text'],
    ['/?x', 'x', /is not a known parameter/],
  ])('%s has a fault in `%s`', async (url, parameter, detail) => {
    const { call } = app();
    const response = await call('GET', url);
    expect(response.statusCode).toBe(400);
    const expected = typeof detail === 'string' ? detail : expect.stringMatching(detail);
    expect(response.json<{ errors: unknown[] }>().errors).toEqual([{ parameter, detail: expected }]);
  });

  it('rejects an unknown kind of dry run', async () => {
    const { call, service } = app();
    const response = await call('POST', '/migrations?dryRun=yes', json(createBody));
    expect(response.json().errors).toEqual([
      { parameter: 'dryRun', detail: 'must be one of `false`, `true`, `preflight`' },
    ]);
    expect(service.calls).toEqual([]);
  });

  it('rejects an unknown parameter on a change', async () => {
    const { call, service } = app();
    const response = await call('POST', '/migrations?dryrun=true', json(createBody));
    expect(response.json().errors).toEqual([
      { parameter: 'dryrun', detail: expect.stringMatching(/did you mean `dryRun`/) },
    ]);
    expect(service.calls).toEqual([]);
  });
});
