import { describe, expect, expectTypeOf, it } from 'vitest';
import { createGodwitWith, type GodwitOptions } from '../../client/src/client.ts';
import {
  type GodwitError,
  GodwitProblem,
  isGodwitError,
  type MigrationRequest,
  type ProblemCode,
} from '../../client/src/index.ts';
import { retryAfterMs } from '../../client/src/retry.ts';
import type { Timing } from '../../client/src/timing.ts';

type Answerer = (request: Request, number: number) => Response | Promise<Response>;

interface Tried {
  readonly requests: Request[];
  readonly pauses: number[];
}

const body: MigrationRequest = {
  provider: 'tencent',
  target: { instanceId: 'mssql-scratch1' },
  source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders.bak'] },
};
const created = { id: 'mig_1', state: 'restoring' };

/** A client whose requests a function answers and whose pauses take no time. */
function clientOf(answer: Answerer, options: Partial<GodwitOptions> = {}) {
  const tried: Tried = { requests: [], pauses: [] };
  let clock = 0;
  const timing: Timing = {
    now: () => clock,
    monotonic: () => clock,
    random: () => 0,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      tried.pauses.push(ms);
      clock += ms;
    },
  };
  const send = async (request: Request) => {
    tried.requests.push(request);
    request.signal.throwIfAborted();
    return answer(request, tried.requests.length);
  };
  return { ...tried, godwit: createGodwitWith({ url: 'http://gateway.test/base/', fetch: send, ...options }, timing) };
}

function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

function problem(code: ProblemCode, status: number, headers: Record<string, string> = {}, members: object = {}) {
  const document = {
    type: `/problems/${code}`,
    title: code,
    status,
    detail: `It is ${code}.`,
    instance: 'req_1',
    code,
  };
  return json({ ...document, retryable: status === 503, ...members }, status, headers);
}

/** Refuses that many times, then accepts. */
const refusing =
  (times: number, refusal: () => Response): Answerer =>
  (_, number) =>
    number <= times ? refusal() : json(created, 201);

const keysOf = (requests: readonly Request[]) => requests.map(({ headers }) => headers.get('idempotency-key'));

describe('a POST', () => {
  it('carries a new idempotency key for every call', async () => {
    const { godwit, requests } = clientOf(() => json(created, 201));
    await godwit.POST('/migrations', { body });
    await godwit.POST('/migrations', { body });
    const [first, second] = keysOf(requests);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toMatch(/^[0-9a-f]{32}$/);
    expect(second).not.toBe(first);
  });

  it.each([
    ['store_outcome_unknown', () => problem('store_outcome_unknown', 503, { 'retry-after': '1' })],
    ['overloaded', () => problem('overloaded', 503, { 'retry-after': '1' })],
    ['rate_limited', () => problem('rate_limited', 429, { 'retry-after': '1' })],
    [
      'idempotency_in_progress',
      () => problem('idempotency_in_progress', 409, { 'retry-after': '1' }, { migrationId: 'mig_1' }),
    ],
    ['a page of a proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'retry-after': '1' } })],
  ])('is retried after %s with the same key and body, when Retry-After allows', async (_, refusal) => {
    const { godwit, requests, pauses } = clientOf(refusing(2, refusal));
    expect((await godwit.POST('/migrations', { body })).data.id).toBe('mig_1');
    expect(new Set(keysOf(requests)).size).toBe(1);
    expect(pauses).toEqual([1000, 1000]);
    for (const request of requests) expect(await request.json()).toEqual(body);
  });

  it('is retried when no answer comes and when an answer breaks off', async () => {
    const { godwit, requests, pauses } = clientOf((_, number) => {
      if (number === 1) throw new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });
      if (number > 2) return json(created, 201);
      const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) });
      return new Response(broken, { status: 201, headers: { 'content-type': 'application/json' } });
    });
    expect((await godwit.POST('/migrations', { body })).data.id).toBe('mig_1');
    expect(new Set(keysOf(requests)).size).toBe(1);
    expect(pauses).toEqual([125, 250]);
  });

  it.each([
    ['store_outcome_unknown', () => problem('store_outcome_unknown', 503)],
    ['rate_limited', () => problem('rate_limited', 429)],
    ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
  ])('without a key is never retried: %s', async (_, refusal) => {
    const { godwit, requests } = clientOf(refusal, { idempotencyKeys: false });
    await expect(godwit.POST('/migrations', { body })).rejects.toSatisfy(isGodwitError);
    expect(keysOf(requests)).toEqual([null]);
  });

  it('with the caller’s key is retried even if automatic keys are off', async () => {
    const { godwit, requests } = clientOf(
      refusing(1, () => problem('store_outcome_unknown', 503)),
      { idempotencyKeys: false },
    );
    await godwit.POST('/migrations', { body, params: { header: { 'Idempotency-Key': 'orders-2026' } } });
    expect(keysOf(requests)).toEqual(['orders-2026', 'orders-2026']);
  });

  it.each([
    ['is stored with a migration', () => problem('provider_unavailable', 503, {}, { migrationId: 'mig_1' })],
    ['was given before', () => problem('provider_unavailable', 503, { 'idempotency-replayed': 'true' })],
    ['is about the request', () => problem('target_busy', 409)],
  ])('is not retried for an answer that %s', async (_, refusal) => {
    const { godwit, requests } = clientOf(refusal);
    await expect(godwit.POST('/migrations', { body })).rejects.toBeInstanceOf(GodwitProblem);
    expect(requests).toHaveLength(1);
  });
});

describe('the attempts of one call', () => {
  it('stop after five', async () => {
    const { godwit, requests, pauses } = clientOf(() => problem('overloaded', 503));
    await expect(godwit.GET('/accounts')).rejects.toMatchObject({ code: 'overloaded' });
    expect(requests).toHaveLength(5);
    expect(pauses).toEqual([125, 250, 500, 1000]);
  });

  it('stop at once when Retry-After exceeds the remaining time', async () => {
    const { godwit, requests } = clientOf(() => problem('rate_limited', 429, { 'retry-after': '61' }));
    await expect(godwit.GET('/accounts')).rejects.toMatchObject({ code: 'rate_limited', status: 429 });
    expect(requests).toHaveLength(1);
  });

  it('end with an abort, whose reason is thrown', async () => {
    const abort = new AbortController();
    const { godwit, requests } = clientOf(() => {
      abort.abort(new Error('enough'));
      return problem('overloaded', 503);
    });
    await expect(godwit.GET('/accounts', { signal: abort.signal })).rejects.toThrow('enough');
    expect(requests).toHaveLength(1);
  });

  it('are limited to one for a call that is not safe to repeat', async () => {
    const { godwit, requests } = clientOf(() => problem('overloaded', 503));
    const path = { params: { path: { id: 'mig_1' } } };
    await expect(godwit.DELETE('/migrations/{id}', path)).rejects.toMatchObject({ code: 'overloaded' });
    expect(requests).toHaveLength(1);
  });

  it('each time out when no answer begins in time', async () => {
    const waiting: Answerer = (request) =>
      new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
    const { godwit } = clientOf(waiting, { timeoutMs: 5, attempts: 2 });
    await expect(godwit.GET('/accounts')).rejects.toMatchObject({
      code: 'unreachable',
      message: 'http://gateway.test gives no answer: no answer within 5 ms',
    });
  });
});

describe('a credential', () => {
  it.each([
    ['bearer', 'authorization', 'Bearer key-1'],
    ['apiKey', 'x-api-key', 'key-1'],
  ] as const)('is sent as %s', async (scheme, header, value) => {
    const { godwit, requests } = clientOf(() => json({ items: [], nextPageToken: null }), {
      credential: 'key-1',
      scheme,
    });
    await godwit.GET('/accounts');
    expect(requests[0]?.headers.get(header)).toBe(value);
  });

  it('may be a function that runs before each attempt', async () => {
    let asked = 0;
    const credential = async () => `token-${++asked}`;
    const { godwit, requests } = clientOf(
      refusing(1, () => problem('overloaded', 503)),
      { credential },
    );
    await godwit.POST('/migrations', { body });
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is not sent to another host after a redirect', async () => {
    const location = 'https://elsewhere.test/accounts?key=secret';
    const { godwit, requests } = clientOf(() => new Response(null, { status: 307, headers: { location } }));
    const error = await godwit.GET('/accounts').catch((reason: GodwitError) => reason);
    expect(error).toMatchObject({ code: 'unexpected_answer', status: 307 });
    expect(String(error)).toContain('https://elsewhere.test/accounts;');
    expect(requests.map(({ redirect }) => redirect)).toEqual(['manual']);
  });
});

describe('a query', () => {
  it('repeats the state parameter and sends one parameter per label', async () => {
    const { godwit, requests } = clientOf(() => json({ items: [], nextPageToken: null }));
    const labels = { team: 'orders & more', 'cost/centre': '1' };
    await godwit.GET('/migrations', { params: { query: { state: ['pending', 'restoring'], labels } } });
    expect(requests[0]?.url).toBe(
      'http://gateway.test/base/migrations?state=pending&state=restoring&label.team=orders+%26+more&label.cost%2Fcentre=1',
    );
  });

  it('keeps its filters on every page and stops at a page whose token repeats', async () => {
    const pages = [
      { items: [{ id: 'mig_3' }], nextPageToken: 'two' },
      { items: [], nextPageToken: 'three' },
      { items: [{ id: 'mig_1' }], nextPageToken: null },
    ];
    const { godwit, requests } = clientOf((_, number) => json(pages[number - 1]));
    const ids: string[] = [];
    for await (const { id } of godwit.paginate('/migrations', { params: { query: { labels: { team: 'orders' } } } }))
      ids.push(id);
    expect(ids).toEqual(['mig_3', 'mig_1']);
    expect(requests.map(({ url }) => new URL(url).search)).toEqual([
      '?label.team=orders',
      '?label.team=orders&pageToken=two',
      '?label.team=orders&pageToken=three',
    ]);
    const turning = clientOf(() => json({ items: [], nextPageToken: 'same' }));
    await expect(turning.godwit.paginate('/migrations').next()).rejects.toThrow('the same page');
  });
});

describe('an error', () => {
  it('carries the whole problem document and a code from a closed set', async () => {
    const provider = { name: 'tencent', operation: 'X', code: 'Y', message: 'no', requestId: 'r', httpStatus: 400 };
    const errors = [{ pointer: '/target', detail: 'is missing' }];
    const { godwit } = clientOf(() =>
      problem('provider_rejected', 422, {}, { provider, errors, migrationId: 'mig_1' }),
    );
    const error = await godwit.POST('/migrations', { body }).catch((reason: unknown) => reason);
    if (!isGodwitError(error) || error.code !== 'provider_rejected') return expect.fail(String(error));
    expectTypeOf(error).toEqualTypeOf<GodwitProblem>();
    expect(error).toMatchObject({ status: 422, retryable: false, requestId: 'req_1', provider, errors });
    expect(error.document.migrationId).toBe('mig_1');
    expect(error.message).toBe('provider_rejected: It is provider_rejected.');
  });

  it.each([
    [
      'a page',
      () => new Response('<html>\n<h1>Forbidden</h1>', { status: 403 }),
      '(status 403): <html> <h1>Forbidden</h1>',
    ],
    ['nothing', () => new Response(null, { status: 404 }), '(status 404): it is empty'],
    [
      'a page with status 200',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      '(status 200): <html>',
    ],
    ['JSON that is no problem', () => json({ message: 'no' }, 400), '(status 400): {"message":"no"}'],
  ])('reports an answer that is not from a gateway: %s', async (_, answer, words) => {
    const { godwit } = clientOf(answer);
    const error = await godwit.GET('/accounts').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unexpected_answer', message: `the answer is not one of Godwit's ${words}` });
  });

  it('is a TypeError for an invalid URL', () => {
    expect(() => createGodwitWith({ url: 'gateway' }, {} as Timing)).toThrow(TypeError);
  });
});

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000 - 1000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', null],
  ['', null],
  [null, null],
])('Retry-After %j means %j ms', (header, expected) => expect(retryAfterMs(header, 1000)).toBe(expected));
