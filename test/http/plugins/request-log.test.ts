import { describe, expect, it } from 'vitest';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { errorForLog } from '../../../src/http/error-for-log.ts';
import { json, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { createBody, idOf } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}`;

describe('the log', () => {
  it('has one line per request, without query, body or headers', async () => {
    const key = keyNamed('ci');
    const { call, log } = await testApp({ auth: createStaticKeyAuthenticator([key.entry]) });
    await call('GET', `${path}?secret=query`, { headers: { 'x-api-key': key.secret } });
    await call(
      'POST',
      '/migrations',
      json({ ...createBody, description: 'secret-body' }, { 'x-api-key': key.secret, 'idempotency-key': 'secret-key' }),
    );
    await call('GET', '/migrations/secret-path', { headers: { authorization: `Bearer ${key.secret}` } });
    const lines = log.filter((line) => line.audit !== true);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({
      method: 'GET',
      route: '/migrations/:id',
      status: 400,
      caller: 'ci',
      migrationId: idOf('mig', 1),
      durationMs: 0,
    });
    expect(lines[0]?.requestId).toMatch(/^req_/);
    expect(lines[1]).toMatchObject({ method: 'POST', route: '/migrations', status: 201, migrationId: idOf('mig', 1) });
    expect(lines[2]).not.toHaveProperty('migrationId');
    expect(JSON.stringify(log)).not.toContain('secret');
  });

  it('records an internal error in full, of which the caller learns nothing', async () => {
    const { call, service, log } = await testApp();
    service.get = async () => {
      throw Object.assign(new Error('cannot read https://bucket.example/a.bak?Signature=topsecret'), {
        headers: { authorization: 'topsecret' },
      });
    };
    const response = await call('GET', path);
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'internal', instance: response.headers['x-request-id'] });
    expect(response.body).not.toMatch(/bucket|at .*\.ts/);
    const line = log.find(({ msg }) => msg === 'request failed');
    expect(line).toMatchObject({
      requestId: response.headers['x-request-id'],
      error: { message: 'cannot read https://bucket.example/a.bak?[masked]' },
    });
    expect(JSON.stringify(log)).not.toContain('topsecret');
    expect(log.filter(({ level }) => level === 50)).toHaveLength(2);
  });

  it('does not record a caller’s mistake as an error', async () => {
    const { call, log } = await testApp();
    await call('GET', '/migrations/nope');
    expect(log.filter(({ level }) => Number(level) > 30)).toEqual([]);
  });

  it.each([
    [
      new Error('a', { cause: new TypeError('b') }),
      { name: 'Error', message: 'a', cause: { name: 'TypeError', message: 'b' } },
    ],
    ['text http://x/y#frag', { message: 'text http://x/y?[masked]' }],
    [undefined, { message: 'undefined' }],
  ])('records the exception %s as $1', (error, shown) => expect(errorForLog(error)).toMatchObject(shown));
});
