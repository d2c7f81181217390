import { describe, expect, it } from 'vitest';
import type { ProbeInput } from '../../../src/domain/provider.ts';
import { findJob } from '../../../src/providers/huawei/find.ts';
import { jobName } from '../../../src/providers/huawei/name.ts';
import { account, backup, failureIn, jobId, migration, now, query, reply, run } from './fixtures.ts';

const name = jobName(migration(), backup());
const look = (changes: Partial<ProbeInput> = {}): ProbeInput => ({
  account,
  migration: migration(),
  backup: backup({ state: 'submitting' }),
  open: (url) => url.display,
  sentAt: now,
  now,
  begunBy: Number.MAX_SAFE_INTEGER,
  taken: new Set(),
  ...changes,
});
const job = (id: string | number, jobNamed: string | null = name) => ({ id, name: jobNamed, status: 'TRANSFERRING' });
const others = (count: number) => Array.from({ length: count }, (_, index) => job(`other-${index}`, `${name}${index}`));

describe('looking for a job whose creation has an unknown outcome', () => {
  it('finds it by its exact name among fuzzy matches', () => {
    const jobs = [job('a', `${name}2`), job(jobId), job('b', name.toUpperCase()), job('c', name.slice(1))];
    const { result, requests } = run(findJob(look()), () => reply({ count: 4, jobs }));
    expect(result).toEqual({ found: 'yes', refs: { jobId } });
    expect(requests).toHaveLength(1);
    expect(query(requests[0])).toMatchObject({ name, limit: '100', offset: '0', sort_dir: 'desc' });
    expect(requests[0]).toMatchObject({ operation: 'ListReplicationJobs', effect: 'read', body: undefined });
  });

  it('looks for the name of the attempt that was sent', () => {
    const second = look({ backup: backup({ attempt: 2 }) });
    expect(run(findJob(second), () => reply({ count: 1, jobs: [job(jobId)] })).result).toEqual({ found: 'no' });
  });

  it('reads every page before it says no', () => {
    const pages = [others(100), others(100), others(7), []];
    const { result, requests } = run(findJob(look()), (_request, number) =>
      reply({ count: '207', jobs: pages[number] ?? [] }),
    );
    expect(result).toEqual({ found: 'no' });
    expect(requests.map((request) => query(request).offset)).toEqual(['0', '100', '200']);
  });

  it('finds it on a later page, also where pages are smaller than asked for and nothing is counted', () => {
    const pages = [others(40), [job(jobId)], []];
    const { result, requests } = run(findJob(look()), (_request, number) => reply({ jobs: pages[number] ?? [] }));
    expect(result).toEqual({ found: 'yes', refs: { jobId } });
    expect(requests.map((request) => query(request).offset)).toEqual(['0', '40', '41']);
  });

  it('searches inside the enterprise project first, then everywhere', () => {
    const inside = look({ migration: migration({ providerOptions: { huawei: { enterpriseProjectId: 'eps-1' } } }) });
    const { result, requests } = run(findJob(inside), (_request, number) =>
      reply(number === 0 ? { count: 0, jobs: [] } : { count: 1, jobs: [job(jobId)] }),
    );
    expect(result).toEqual({ found: 'yes', refs: { jobId } });
    expect(requests.map((request) => query(request).enterprise_project_id)).toEqual(['eps-1', undefined]);
  });

  it.each([
    ['two jobs of the name', { count: 2, jobs: [job('a'), job('b')] }],
    ['fewer rows than counted', { count: 3, jobs: [] }],
    ['a row without a name', { count: 1, jobs: [{ id: 'a' }] }],
    ['our name without an id', { count: 1, jobs: [{ id: null, name }] }],
    ['a row that is no object', { count: 1, jobs: [null] }],
  ])('is unclear about %s', (_title, body) => {
    const { result } = run(findJob(look()), (request) =>
      reply(query(request).offset === '0' ? body : { ...body, jobs: [] }),
    );
    expect(result.found).toBe('unclear');
  });

  it('counts one job once that comes on two pages', () => {
    const pages = [[...others(99), job(jobId)], [job(jobId)], []];
    expect(run(findJob(look()), (_request, number) => reply({ count: 101, jobs: pages[number] ?? [] })).result).toEqual(
      {
        found: 'yes',
        refs: { jobId },
      },
    );
  });

  it('does not adopt a job that is recorded elsewhere, nor call it absent', () => {
    const { result } = run(findJob(look({ taken: new Set([jobId]) })), () => reply({ count: 1, jobs: [job(jobId)] }));
    expect(result.found).toBe('unclear');
  });

  it('ends although the vendor ignores the offset', () => {
    const { result, requests } = run(findJob(look()), () => reply({ count: 9999, jobs: others(100) }));
    expect(result.found).toBe('unclear');
    expect(requests).toHaveLength(20);
  });

  it('takes a number for an id', () => {
    expect(run(findJob(look()), () => reply({ count: 1, jobs: [job(42)] })).result).toEqual({
      found: 'yes',
      refs: { jobId: '42' },
    });
  });

  it.each([['{}'], ['{"count":0}'], ['{"jobs":{}}'], ['<html></html>'], ['{"jobs":[']])(
    'never takes %s for an empty list',
    (body) => {
      expect(failureIn(() => run(findJob(look()), () => reply(body))).kind).toBe('malformed');
    },
  );
});
