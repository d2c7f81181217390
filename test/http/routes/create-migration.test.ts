import { describe, expect, it } from 'vitest';
import { Problem, problemCatalogue } from '../../../src/domain/problem.ts';
import { StoreUnavailable } from '../../../src/domain/store.ts';
import { json, testApp } from '../support/app.ts';
import { aMigration, createBody, idOf } from '../support/fixtures.ts';

describe('POST /migrations', () => {
  it('answers 201 with Location and ETag when the vendor has accepted', async () => {
    const { call, service } = await testApp();
    const response = await call('POST', '/migrations', json(createBody));
    expect(response.statusCode).toBe(201);
    expect(response.headers).toMatchObject({
      location: `/migrations/${idOf('mig', 1)}`,
      etag: `"${idOf('mig', 1)}.3"`,
      'content-type': 'application/json; charset=utf-8',
    });
    expect(response.headers).not.toHaveProperty('retry-after');
    expect(response.json()).toMatchObject({
      id: idOf('mig', 1),
      state: 'restoring',
      createdAt: '2026-11-21T19:08:00.000Z',
    });
    const [request, waitMs, context] = service.argumentsOf('create');
    expect(request).toEqual(createBody);
    expect(waitMs).toBe(10_000);
    const requestId = response.headers['x-request-id'];
    expect(context).toMatchObject({ caller: 'anonymous', accounts: ['*'], requestId });
    expect(context).toMatchObject({
      audit: { operation: 'createMigration', status: null, outcome: 'stored', requestId },
    });
  });

  it('answers 202 with Retry-After when the vendor has not yet accepted', async () => {
    const { call, service } = await testApp();
    service.create = async () => ({
      migration: aMigration({ state: 'pending', stateReason: 'outcome_unknown' }),
      accepted: false,
    });
    const response = await call('POST', '/migrations', json(createBody));
    expect(response.statusCode).toBe(202);
    expect(response.headers).toMatchObject({ location: `/migrations/${idOf('mig', 1)}`, 'retry-after': '2' });
  });

  it.each([
    ['respond-async', 0],
    ['wait=20', 20_000],
  ])('passes Prefer: %s on and confirms it', async (prefer, waitMs) => {
    const { call, service } = await testApp();
    const response = await call('POST', '/migrations', json(createBody, { prefer }));
    expect(service.argumentsOf('create')[1]).toBe(waitMs);
    expect(response.headers['preference-applied']).toBe(prefer);
  });

  it.each([
    ['/migrations/dry-run', false],
    ['/migrations/dry-run?preflight=true', true],
    // The older form, which the document omits.
    ['/migrations?dryRun=true', false],
    ['/migrations?dryRun=preflight', true],
  ])('POST %s stores nothing', async (url, preflight) => {
    const { app, call, service } = await testApp();
    const request = json(createBody, { 'idempotency-key': 'k' });
    const documented = url.startsWith('/migrations/dry-run');
    const response = await (documented ? call('POST', url, request) : app.inject({ method: 'POST', url, ...request }));
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ valid: true, problems: [], plan: [{ operation: 'CreateMigrateTask' }] });
    expect(service.argumentsOf('dryRun')[1]).toBe(preflight);
    expect(service.calls.map(({ name }) => name)).toEqual(['dryRun']);
  });

  it('answers the vendor’s refusal with its words and the migration', async () => {
    const { call, service } = await testApp();
    const provider = {
      name: 'alibaba',
      operation: 'CreateMigrateTask',
      code: 'InvalidDBName',
      message: 'No.',
      requestId: 'R-1',
      httpStatus: 400,
    };
    service.create = async () => {
      throw new Problem('provider_rejected', 'The name is taken.', {
        provider,
        members: { migrationId: idOf('mig', 1) },
      });
    };
    const response = await call('POST', '/migrations', json(createBody));
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({
      code: 'provider_rejected',
      migrationId: idOf('mig', 1),
      provider,
      retryable: false,
    });
  });

  it.each([
    ['target_busy', 409],
    ['unsupported_by_provider', 422],
    ['unknown_account', 422],
    ['encryption_key_required', 422],
    ['provider_conflict', 409],
    ['provider_auth_failed', 502],
    ['provider_protocol_error', 502],
    ['provider_throttled', 503],
    ['provider_unavailable', 503],
    ['provider_timeout', 504],
    ['draining', 503],
    ['internal', 500],
  ] as const)('answers %s as %i', async (code, status) => {
    const { call, service } = await testApp();
    service.create = async () => {
      throw new Problem(code, 'So it is.', problemCatalogue[code].retryable ? { retryAfterSeconds: 7.2 } : {});
    };
    const response = await call('POST', '/migrations', json(createBody));
    expect(response.statusCode).toBe(status);
    expect(response.headers['retry-after']).toBe(problemCatalogue[code].retryable ? '8' : undefined);
  });

  it('answers 503 and Retry-After when the store is unavailable', async () => {
    const { call, service } = await testApp();
    service.create = async () => {
      throw new StoreUnavailable('connect ECONNREFUSED 10.0.0.1');
    };
    const response = await call('POST', '/migrations', json(createBody));
    expect(response.statusCode).toBe(503);
    expect(response.json().code).toBe('overloaded');
    expect(response.headers['retry-after']).toBe('2');
    expect(response.body).not.toContain('10.0.0.1');
  });
});
