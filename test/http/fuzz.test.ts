import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json, sharedApp } from './support/app.ts';
import { createBody, idOf } from './support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}`;
const posts = ['/migrations', `${path}/backups`, `${path}/cutover`, `${path}/cancel`, `${path}/retry`];
const names = fc.constantFrom(
  'provider',
  'account',
  'mode',
  'target',
  'source',
  'type',
  'keys',
  'urls',
  'labels',
  'options',
  '__proto__',
  'constructor',
  '',
  'a/b~c',
);
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('alibaba', 'url', 'object_storage', 'full'),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(names, fc.string()), tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** A valid request with one member, at any depth, replaced by an arbitrary value. */
const almostGood = fc
  .tuple(
    fc.constantFrom(
      'provider',
      'account',
      'region',
      'name',
      'labels',
      'mode',
      'target',
      'source',
      'options',
      'providerOptions',
    ),
    value,
  )
  .map(([name, other]) => ({ ...createBody, [name]: other }));

describe('random input', () => {
  const app = sharedApp();

  it('as a body gets a documented answer and never an internal error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), fc.oneof(value, almostGood), async (url, body) => {
        const response = await app().call('POST', url, json(body));
        expect(response.statusCode).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it('as text gets a documented answer', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((each) => each.slice(0, -1)),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), text, async (url, payload) => {
        const response = await app().call('POST', url, { payload, headers: { 'content-type': 'application/json' } });
        expect(response.statusCode).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });

  it('as a query gets a documented answer', async () => {
    const parameter = fc.constantFrom(
      'state',
      'pageSize',
      'pageToken',
      'createdAfter',
      'label.a',
      'sort',
      '__proto__',
      'constructor',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(parameter, fc.string()), { maxLength: 5 }), async (pairs) => {
        const query = pairs.map(([name, text]) => `${name}=${encodeURIComponent(text.toWellFormed())}`).join('&');
        const response = await app().call('GET', `/migrations?${query}`);
        expect(response.statusCode).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });

  it('as headers gets a documented answer', async () => {
    const header = fc.constantFrom(
      'prefer',
      'if-match',
      'if-none-match',
      'idempotency-key',
      'accept',
      'x-request-id',
      'authorization',
      'content-type',
    );
    const printable = fc.string({ unit: fc.constantFrom(...'abc019"\\,;=*/ WQ-_é~'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
        fc.dictionary(header, printable, { maxKeys: 4 }),
        async (method, headers) => {
          const response = await app().call(method as 'GET', method === 'POST' ? '/migrations' : path, {
            payload: '{}',
            headers,
          });
          expect(response.statusCode).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  });
});
