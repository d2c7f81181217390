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

describe('probing for a job creation of unknown outcome', () => {
  it('finds the job by its exact name among partial matches', () => {
    const jobs = [job('a', `${name}2`), job(jobId), job('b', name.toUpperCase()), job('c', name.slice(1))];
    const { result, requests } = run(findJob(look()), () => reply({ count: 4, jobs }));
    expect(result).toEqual({ found: 'yes', refs: { jobId } });
    expect(requests).toHaveLength(1);
    expect(query(requests[0])).toMatchObject({ name, limit: '100', offset: '0', sort_dir: 'desc' });
    expect(requests[0]).toMatchObject({ operation: 'ListReplicationJobs', effect: 'read', body: undefined });
  });

  it('searches for the name of the attempt that was sent', () => {
    const second = look({ backup: backup({ attempt: 2 }) });
    expect(run(findJob(second), () => reply({ count: 1, jobs: [job(jobId)] })).result).toEqual({ found: 'no' });
  });

  it('reads every page before it reports absence', () => {
    const pages = [others(100), others(100), others(7), []];
    const { result, requests } = run(findJob(look()), (_request, number) =>
      reply({ count: '207', jobs: pages[number] ?? [] }),
    );
    expect(result).toEqual({ found: 'no' });
    expect(requests.map((request) => query(request).offset)).toEqual(['0', '100', '200']);
  });

  it('finds the job on a later page, even if pages are short and carry no count', () => {
    const pages = [others(40), [job(jobId)], []];
    const { result, requests } = run(findJob(look()), (_request, number) => reply({ jobs: pages[number] ?? [] }));
    expect(result).toEqual({ found: 'yes', refs: { jobId } });
    expect(requests.map((request) => query(request).offset)).toEqual(['0', '40', '41']);
  });

  it('searches the enterprise project first and then everywhere', () => {
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

  it('counts a job once when two pages show it', () => {
    const pages = [[...others(99), job(jobId)], [job(jobId)], []];
    expect(run(findJob(look()), (_request, number) => reply({ count: 101, jobs: pages[number] ?? [] })).result).toEqual(
      {
        found: 'yes',
        refs: { jobId },
      },
    );
  });

  it('neither adopts a job recorded elsewhere nor reports it absent', () => {
    const { result } = run(findJob(look({ taken: new Set([jobId]) })), () => reply({ count: 1, jobs: [job(jobId)] }));
    expect(result.found).toBe('unclear');
  });

  it('ends even if the vendor ignores the offset', () => {
    const { result, requests } = run(findJob(look()), () => reply({ count: 9999, jobs: others(100) }));
    expect(result.found).toBe('unclear');
    expect(requests).toHaveLength(20);
  });

  it('accepts a numeric id', () => {
    expect(run(findJob(look()), () => reply({ count: 1, jobs: [job(42)] })).result).toEqual({
      found: 'yes',
      refs: { jobId: '42' },
    });
  });

  it.each([['{}'], ['{"count":0}'], ['{"jobs":{}}'], ['<html></html>'], ['{"jobs":[']])(
    'never treats %s as an empty list',
    (body) => {
      expect(failureIn(() => run(findJob(look()), () => reply(body))).kind).toBe('malformed');
    },
  );
});
