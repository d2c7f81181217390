import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/domain/problem.ts';
import type { IdempotencyKey, IdempotencyRecord } from '../../../src/domain/store.ts';
import { StoreOutcomeUnknown, StoreUnavailable } from '../../../src/domain/store.ts';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { json, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { aBackup, aMigration, createBody, idOf, noon } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}`;
const key = { 'idempotency-key': 'k-1' };
const log = { type: 'log', source: createBody.source };

/** An answer without its request-specific parts. */
function seen(response: LightMyRequestResponse) {
  const {
    'x-request-id': _id,
    date: _date,
    'idempotency-replayed': _replayed,
    connection: _connection,
    ...headers
  } = response.headers;
  return { status: response.statusCode, headers, body: response.body };
}

describe.each([
  ['POST /migrations', '/migrations', createBody, 'create'],
  ['POST backups', `${path}/backups`, log, 'addBackup'],
  ['POST cutover', `${path}/cutover`, {}, 'cutOver'],
  ['POST cancel', `${path}/cancel`, {}, 'cancel'],
  ['POST retry', `${path}/retry`, { assume: 'absent' }, 'retry'],
  ['POST uploaded', `${path}/backups/${idOf('bkp', 1)}/uploaded`, {}, 'markUploaded'],
] as const)('%s with an idempotency key', (_name, url, body, method) => {
  it('takes effect once and returns the same bytes again', async () => {
    const { call, service } = await testApp();
    const first = await call('POST', url, json(body, key));
    expect(first.statusCode).toBeLessThan(300);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    const second = await call('POST', url, json(body, { 'idempotency-key': '"k-1"' }));
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(seen(second)).toEqual(seen(first));
    expect(service.calls.filter(({ name }) => name === method)).toHaveLength(1);
  });

  it('rejects the key with a different request', async () => {
    const { call, service } = await testApp();
    await call('POST', url, json(body, key));
    service.calls.splice(0);
    const response = await call('POST', '/migrations', json({ ...createBody, name: 'other-name' }, key));
    expect(response.statusCode).toBe(422);
    expect(response.json().code).toBe('idempotency_key_reused');
    expect(service.calls.map(({ name }) => name)).toEqual(['findReplay']);
  });

  it('asks the caller to wait while the first request is in progress', async () => {
    const { call, service, runtime } = await testApp();
    await call('POST', url, json(body, key));
    forgetAnswer(service.records);
    runtime.advance(59_000);
    const response = await call('POST', url, json(body, key));
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ code: 'idempotency_in_progress', retryable: true });
    expect(response.headers['retry-after']).toBe('2');
    expect(service.calls.filter(({ name }) => name === method)).toHaveLength(1);
  });

  it.each([
    ['ended in this process without an answer', 'this_process'],
    ['belonged to a process that is gone', 'nobody'],
  ] as const)('is answered at once when the first request %s', async (_, heldBy) => {
    const { call, service } = await testApp();
    const backups = [aBackup(), aBackup({ id: idOf('bkp', 2), type: 'log', final: false, state: 'queued' })];
    service.get = async () => aMigration({ backups });
    const first = await call('POST', url, json(body, key));
    forgetAnswer(service.records, heldBy);
    const second = await call('POST', url, json(body, key));
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.headers.location).toBe(first.headers.location);
    expect(service.calls.filter(({ name }) => name === method)).toHaveLength(1);
  });

  it('reports that the request may have been stored when its outcome is unknown, and answers the next one with the key', async () => {
    const { call, service } = await testApp();
    const backups = [aBackup(), aBackup({ id: idOf('bkp', 2), type: 'log', final: false, state: 'queued' })];
    service.get = async () => aMigration({ backups });
    const original = service[method] as (...values: unknown[]) => Promise<unknown>;
    const lost = async (...values: unknown[]) => {
      await original(...values);
      throw new StoreOutcomeUnknown('the answer of the commit is lost');
    };
    service[method] = lost as never;
    const first = await call('POST', url, json(body, key));
    expect(first.statusCode).toBe(503);
    expect(first.json()).toMatchObject({ code: 'store_outcome_unknown', retryable: true });
    expect(first.json().detail).toMatch(/may have been stored/);
    const second = await call('POST', url, json(body, key));
    expect(second.headers['idempotency-replayed']).toBe('true');
    const without = await call('POST', url, json(body));
    expect(without.json()).toMatchObject({ code: 'store_outcome_unknown', retryable: false });
  });

  it('answers with the current state when the first process died, and keeps that answer', async () => {
    const { call, service, runtime } = await testApp();
    const backups = [aBackup(), aBackup({ id: idOf('bkp', 2), type: 'log', final: false, state: 'queued' })];
    service.get = async () => aMigration({ backups });
    const first = await call('POST', url, json(body, key));
    forgetAnswer(service.records);
    runtime.advance(61_000);
    const second = await call('POST', url, json(body, key));
    expect(second.statusCode).toBe(first.statusCode);
    expect(second.headers.location).toBe(first.headers.location);
    expect(second.headers['idempotency-replayed']).toBe('true');
    service.get = async () => aMigration({ state: 'succeeded', version: 9, backups });
    const third = await call('POST', url, json(body, key));
    expect(seen(third)).toEqual(seen(second));
    expect(service.calls.filter(({ name }) => name === method)).toHaveLength(1);
  });

  it('handles a replay found by the service in the same way', async () => {
    const { app, service } = await testApp();
    const answer = {
      status: 202,
      headers: { 'content-type': 'application/json; charset=utf-8', etag: '"x"' },
      body: '{"first":true}',
    };
    service[method] = async (...values: unknown[]) => {
      const { idempotency } = values.at(-1) as { idempotency: IdempotencyKey };
      return {
        replay: {
          ...idempotency,
          resource: { type: 'migration' as const, id: idOf('mig', 1) },
          createdAt: noon,
          answer,
          heldBy: 'this_process' as const,
        },
      };
    };
    const response = await app.inject({ method: 'POST', url, ...json(body, key) });
    expect(response.body).toBe('{"first":true}');
    expect(response.statusCode).toBe(202);
    expect(response.headers).toMatchObject({ etag: '"x"', 'idempotency-replayed': 'true' });
  });
});

describe('an idempotency key', () => {
  it('is rejected when it is malformed', async () => {
    const { call, service } = await testApp();
    const response = await call('POST', '/migrations', json(createBody, { 'idempotency-key': 'with space' }));
    expect(response.json().errors).toEqual([
      { parameter: 'Idempotency-Key', detail: expect.stringMatching(/1 to 255/) },
    ]);
    expect(service.calls).toEqual([]);
  });

  it('is not kept for a request that stored nothing', async () => {
    const { call, service } = await testApp();
    service.create = async () => {
      throw new Problem('unknown_account', 'No such account.');
    };
    await call('POST', '/migrations', json(createBody, key));
    expect(service.records.size).toBe(0);
    expect(service.calls.filter(({ name }) => name === 'completeReplay')).toEqual([]);
    await call('POST', '/migrations', json({ ...createBody, nam: 'x' }, key));
    service.create = async () => ({ migration: aMigration(), accepted: true });
    expect((await call('POST', '/migrations', json(createBody, key))).statusCode).toBe(201);
  });

  it('keeps a vendor’s rejection that was stored with a migration', async () => {
    const { call, service } = await testApp();
    const create = service.create;
    service.create = async (...values) => {
      await create(...values);
      throw new Problem('provider_rejected', 'No.', { members: { migrationId: idOf('mig', 1) } });
    };
    const first = await call('POST', '/migrations', json(createBody, key));
    const second = await call('POST', '/migrations', json(createBody, key));
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(seen(second)).toEqual(seen(first));
    expect(second.json().instance).toBe(first.headers['x-request-id']);
  });

  it('does not keep a rejection that names another migration', async () => {
    const { call, service } = await testApp();
    service.create = async () => {
      throw new Problem('target_busy', 'Busy.', { members: { migrationId: idOf('mig', 7) } });
    };
    await call('POST', '/migrations', json(createBody, key));
    expect(service.calls.filter(({ name }) => name === 'completeReplay')).toEqual([]);
  });

  it('does not turn a success into an error when the answer cannot be stored', async () => {
    const { call, service, log: lines } = await testApp();
    service.completeReplay = async () => {
      throw new StoreUnavailable('gone');
    };
    expect((await call('POST', '/migrations', json(createBody, key))).statusCode).toBe(201);
    expect(lines.some(({ msg }) => msg === 'the answer to an idempotency key was not kept')).toBe(true);
  });

  it('shows a pending migration as 202 when the first process died', async () => {
    const { call, service, runtime } = await testApp();
    await call('POST', '/migrations', json(createBody, key));
    forgetAnswer(service.records);
    runtime.advance(61_000);
    service.get = async () => aMigration({ state: 'pending' });
    const response = await call('POST', '/migrations', json(createBody, key));
    expect(response.statusCode).toBe(202);
    expect(response.headers.location).toBe(path);
  });

  it('finds its added backup among others', async () => {
    const { call, service, runtime } = await testApp();
    await call('POST', `${path}/backups`, json(log, key));
    forgetAnswer(service.records);
    runtime.advance(61_000);
    const backups = [
      aBackup(),
      aBackup({ id: idOf('bkp', 3), type: 'log', final: false, createdAt: noon - 5000 }),
      aBackup({ id: idOf('bkp', 4), type: 'log', final: false, createdAt: noon - 10 }),
      aBackup({ id: idOf('bkp', 5), type: 'log', final: true, createdAt: noon }),
    ];
    service.get = async () => aMigration({ backups });
    const response = await call('POST', `${path}/backups`, json(log, key));
    expect(response.headers.location).toBe(`${path}/backups/${idOf('bkp', 4)}`);
  });

  it('finds its backup by source before time', async () => {
    const { call, service, runtime } = await testApp();
    await call('POST', `${path}/backups`, json(log, key));
    forgetAnswer(service.records);
    runtime.advance(61_000);
    const source = { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/another.trn'] } as const;
    const backups = [
      aBackup(),
      aBackup({ id: idOf('bkp', 3), type: 'log', final: false, createdAt: noon - 5000 }),
      aBackup({ id: idOf('bkp', 4), type: 'log', final: false, createdAt: noon, source }),
    ];
    service.get = async () => aMigration({ backups });
    const response = await call('POST', `${path}/backups`, json(log, key));
    expect(response.headers.location).toBe(`${path}/backups/${idOf('bkp', 3)}`);
  });

  it('belongs to its caller', async () => {
    const [one, other] = [keyNamed('one'), keyNamed('other')];
    const { call, service } = await testApp({ auth: createStaticKeyAuthenticator([one.entry, other.entry]) });
    await call('POST', '/migrations', json(createBody, { ...key, 'x-api-key': one.secret }));
    const response = await call('POST', '/migrations', json(createBody, { ...key, 'x-api-key': other.secret }));
    expect(response.headers).not.toHaveProperty('idempotency-replayed');
    expect(service.calls.filter(({ name }) => name === 'create')).toHaveLength(2);
  });

  it('is ignored for a GET', async () => {
    const { call, service } = await testApp();
    expect((await call('GET', path, { headers: key })).statusCode).toBe(200);
    expect(service.calls.map(({ name }) => name)).toEqual(['get']);
  });
});

function forgetAnswer(
  records: Map<string, IdempotencyRecord>,
  heldBy: IdempotencyRecord['heldBy'] = 'another_process',
): void {
  for (const [name, record] of records) records.set(name, { ...record, answer: null, heldBy });
}
