import { describe, expect, it } from 'vitest';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import { caller, problemOf, startChain } from '../support/chain.ts';
import { requestFor } from '../support/simulation.ts';

const labels = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));

describe('a merge patch', () => {
  it('cannot exceed the label limit of a new migration', async () => {
    const { service, create, get } = await startChain('alibaba', 'full');
    const id = await create();
    await service.patch(id, { labels: labels('a', 32) }, caller);
    expect(await problemOf(service.patch(id, { labels: { one: 'more' } }, caller))).toMatchObject({
      code: 'invalid_request',
    });
    await service.patch(id, { labels: { a0: null, one: 'more' } }, caller);
    expect(Object.keys((await get(id)).labels)).toHaveLength(32);
  });

  it('that changes nothing keeps the version, and with it the entity tag', async () => {
    const { service, create } = await startChain('alibaba', 'full');
    const id = await create();
    const first = await service.patch(id, { description: 'of the night', labels: { team: 'orders' } }, caller);
    const again = await service.patch(
      id,
      { description: 'of the night', labels: { team: 'orders', gone: null } },
      caller,
    );
    expect(again.version).toBe(first.version);
    expect(again.updatedAt).toBe(first.updatedAt);
  });
});

describe('a backup of a chain', () => {
  it('follows the same source rules as the first one', async () => {
    const { service, create, get } = await startChain('huawei', 'full_log');
    const id = await create();
    const source: MigrationRequest['source'] = {
      type: 'object_storage',
      bucket: 'acme-backups-1250000000',
      keys: ['/orders_log.bak'],
    };
    const answer = await problemOf(service.addBackup(id, { type: 'log', source }, caller));
    expect(answer.code).toBe('invalid_request');
    expect((await get(id)).backups).toHaveLength(1);
  });
});

describe('a retry', () => {
  it('that was already requested changes nothing', async () => {
    const { service, simulation, create, get } = await startChain('tencent', 'full');
    const id = await create({ ...requestFor('tencent', 'full', 'prod/orders_corrupt.bak') });
    await simulation.until(id, ({ state }) => state === 'failed');
    expect(await service.retry(id, {}, caller)).toMatchObject({ changed: true });
    const { version } = await get(id);
    expect(await service.retry(id, {}, caller)).toMatchObject({ changed: false });
    expect((await get(id)).version).toBe(version);
    expect((await problemOf(service.retry(id, { assume: 'absent' }, caller))).code).toBe('invalid_state');
  });
});

describe('a request without databases', () => {
  it('may contain an empty list', async () => {
    const { service } = await startChain('huawei', 'full');
    const request = requestFor('huawei', 'full');
    const empty = { ...request, target: { ...request.target, databases: [] } };
    const answers = await Promise.all([request, empty].map((each) => service.dryRun(each, false, caller)));
    expect(answers[1]?.valid).toBe(true);
    expect(answers[1]?.plan.map(({ parameters }) => JSON.stringify(parameters).includes('[]'))).not.toContain(true);
  });

  it('is rejected when a database must be named', async () => {
    const { service } = await startChain('alibaba', 'full');
    const request = requestFor('alibaba', 'full');
    const empty = { ...request, target: { ...request.target, databases: [] } };
    expect((await service.dryRun(empty, false, caller)).problems).toMatchObject([
      { code: 'unsupported_by_provider', pointer: '/target/databases' },
    ]);
  });
});

describe('DELETE', () => {
  it('does not delete a migration that a retry has made active in the meantime', async () => {
    const { service, simulation, create, get } = await startChain('tencent', 'full');
    const id = await create({ ...requestFor('tencent', 'full', 'prod/orders_corrupt.bak') });
    await simulation.until(id, ({ state }) => state === 'failed');
    const [retried, refused] = await Promise.all([
      service.retry(id, {}, caller),
      problemOf(service.remove(id, caller)),
    ]);
    expect(retried).toMatchObject({ changed: true });
    expect(refused.code).toBe('invalid_state');
    expect((await get(id)).id).toBe(id);
  });
});

describe('a dry run', () => {
  it('reports that the target is taken and by which migration', async () => {
    const { service, create } = await startChain('tencent', 'full');
    const id = await create();
    const request = requestFor('tencent', 'full');
    const { valid, problems, plan } = await service.dryRun(request, false, caller);
    expect(valid).toBe(false);
    expect(problems).toEqual([{ code: 'target_busy', pointer: '/target', detail: expect.stringContaining(id) }]);
    expect(plan.length).toBeGreaterThan(0);
    const elsewhere = { ...request, target: { ...request.target, instanceId: 'mssql-elsewher' } };
    expect(await service.dryRun(elsewhere, false, caller)).toMatchObject({ valid: true, problems: [] });
  });

  it('shows a URL without user information and query', async () => {
    const { service } = await startChain('tencent', 'full');
    const request: MigrationRequest = {
      ...requestFor('tencent', 'full'),
      source: { type: 'url', urls: ['https://files.example.com/orders.bak?sig=very-secret'] },
    };
    const { valid, plan } = await service.dryRun(request, false, caller);
    expect(valid).toBe(true);
    expect(JSON.stringify(plan)).toContain('https://files.example.com/orders.bak');
    expect(JSON.stringify(plan)).not.toContain('very-secret');
  });
});

describe.each(['alibaba', 'huawei', 'tencent'] as const)('the calls of a submission to %s', (provider) => {
  it('carry the vendor’s request id of each accepted call', async () => {
    const { service, create, get } = await startChain(provider, 'full');
    const id = await create();
    const settled = (await service.events(id, { size: 200 }, caller)).filter(({ type }) => type === 'call.settled');
    expect(settled.length).toBeGreaterThan(0);
    for (const { data } of settled)
      expect(data).toMatchObject({
        state: 'accepted',
        error: null,
        requestId: expect.stringMatching(/^[\w-]{16,64}$/),
      });
    const ids = settled.map(({ data }) => data.requestId);
    expect(new Set(ids).size).toBe(settled.length);
    expect((await get(id)).calls.map(({ requestId }) => requestId)).toEqual(ids);
  });
});
