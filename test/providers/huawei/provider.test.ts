import { describe, expect, it } from 'vitest';
import type { Call, Migration, Step } from '../../../src/domain/migration.ts';
import type { HuaweiAccount } from '../../../src/providers/huawei/account.ts';
import { createJob } from '../../../src/providers/huawei/calls.ts';
import { huawei } from '../../../src/providers/huawei/index.ts';
import { count, instant, text } from '../../../src/providers/huawei/reply.ts';
import { account, backup, failureIn, jobId, migration, now, reply } from './fixtures.ts';

const open = (url: { readonly display: string }) => url.display;

describe('plan', () => {
  it.each<[Step, number]>([
    ['restore', 1],
    ['open', 0],
    ['cancel', 0],
    ['cleanup', 0],
  ])('of %s has %i calls', (step, calls) => {
    expect(huawei.plan(step, migration(), backup())).toHaveLength(calls);
  });

  it('creates a job with one changing call', () => {
    expect(createJob.build({ account, migration: migration(), backup: backup(), open })).toMatchObject({
      operation: 'CreateReplicationJob',
      service: 'drs',
      effect: 'write',
      method: 'POST',
      path: '/v5/{project_id}/backup-migration-jobs',
      query: [],
    });
  });

  it('builds the same request for the same attempt, and another name for the next', () => {
    const build = (attempt: number) =>
      createJob.build({ account, migration: migration(), backup: backup({ attempt }), open }).body;
    expect(build(1)).toEqual(build(1));
    expect(build(1)).not.toEqual(build(2));
  });

  it('reads the job’s id', () => {
    expect(createJob.parse(reply({ job_id: jobId }))).toEqual({ jobId });
    expect(createJob.parse(reply({ job_id: 7 }))).toEqual({ jobId: '7' });
  });

  it.each([
    ['{}'],
    ['{"job_id":null}'],
    ['{"job_id":""}'],
    ['{"job_id":{}}'],
    ['{"job_id":"a/b"}'],
    ['{"job_id":"3f'],
    [''],
    ['null'],
  ])('has an unknown outcome after a creation answered with %s', (body) => {
    expect(failureIn(() => createJob.parse(reply(body))).kind).toBe('malformed');
  });
});

describe('cancelVerdict', () => {
  const call: Call = {
    number: 1,
    step: 'restore',
    backupId: backup().id,
    attempt: 1,
    operation: 'CreateReplicationJob',
    state: 'unknown',
    sentAt: now,
    settledAt: null,
    refs: {},
    error: null,
    requestId: null,
    looks: 0,
  };
  const restored = backup({ state: 'restored', providerRefs: { jobId } });

  it.each<[string, Partial<Migration>]>([
    ['a job runs', { state: 'restoring', backups: [backup({ state: 'restoring', providerRefs: { jobId } })] }],
    ['the last job runs', { state: 'cutting_over', mode: 'full_log', backups: [restored] }],
    ['a job may run', { state: 'awaiting_backup', mode: 'full_log', backups: [restored], calls: [call] }],
    ['a first job may run', { state: 'pending', calls: [{ ...call, state: 'sending' }] }],
  ])('refuses a cancellation while %s', (_title, changes) => {
    expect(huawei.cancelVerdict(migration(changes))).toMatchObject({
      possible: false,
      detail: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });

  it('cancels only the record between two jobs and names what stays on the instance', () => {
    expect(
      huawei.cancelVerdict(migration({ state: 'awaiting_backup', mode: 'full_log', backups: [restored] })),
    ).toMatchObject({
      possible: true,
      calls: false,
      warning: { code: 'half_restored_database' },
    });
  });

  it('cancels only the record before anything was sent', () => {
    expect(huawei.cancelVerdict(migration({ calls: [{ ...call, state: 'absent' }] }))).toEqual({
      possible: true,
      calls: false,
      warning: null,
    });
  });
});

describe('endpoints and capabilities', () => {
  it.each([
    ['drs', 'ap-southeast-3', 'https://drs.ap-southeast-3.myhuaweicloud.com'],
    ['rds', 'cn-north-4', 'https://rds.cn-north-4.myhuaweicloud.com'],
    ['iam', 'cn-north-4', 'https://iam.cn-north-4.myhuaweicloud.com'],
    ['iam', 'cn-south-4', 'https://iam.myhuaweicloud.com'],
    ['drs', 'eu-west-101', 'https://drs.eu-west-101.myhuaweicloud.eu'],
    ['iam', 'eu-west-101', 'https://iam.eu-west-101.myhuaweicloud.eu'],
  ])('place %s in %s at %s', (service, region, url) => {
    expect(huawei.endpoint(service, region, account)).toBe(url);
  });

  it.each(['iam', 'drs', 'rds'])('place %s in a partner’s cloud', (service) => {
    const partner: HuaweiAccount = { ...account, site: 'cloud.partner.example' };
    expect(huawei.endpoint(service, 'xx-one', partner)).toBe(`https://${service}.xx-one.cloud.partner.example`);
    expect(huawei.objectStore.endpoint('storage', 'xx-one', partner)).toBe('https://obs.xx-one.cloud.partner.example');
  });

  it('declares the vendor’s capabilities', () => {
    expect(huawei.services).toEqual(['iam', 'drs', 'rds']);
    expect(huawei.capabilities).toMatchObject({
      id: 'huawei',
      modes: ['full', 'full_log'],
      sources: ['object_storage', 'instance_backup'],
      filesPerBackup: { min: 1, max: 256 },
      databases: { optional: true, min: 0, max: 100 },
      overwrite: true,
      options: ['precheck', 'keepDownloadedFiles'],
      cutoverWithoutBackup: false,
      cancelWhileRestoring: false,
      failedIncrement: 'continues',
      oneRestorePerInstance: true,
      progressPercent: false,
    });
    expect(huawei.capabilities.regions).toContain('ap-southeast-3');
    expect(new Set(huawei.capabilities.regions).size).toBe(34);
  });
});

describe('values of the vendor', () => {
  it.each([
    ['2024-08-19T02:27:15Z', Date.UTC(2024, 7, 19, 2, 27, 15)],
    ['2018-08-20T02:33:49+0800', Date.UTC(2018, 7, 19, 18, 33, 49)],
    ['2018-08-20T02:33:49+08:00', Date.UTC(2018, 7, 19, 18, 33, 49)],
    ['2026-01-03T09:08:49.965000Z', Date.UTC(2026, 0, 3, 9, 8, 49, 965)],
    ['2026-01-03T09:08:49.9Z', Date.UTC(2026, 0, 3, 9, 8, 49, 900)],
    ['2024-08-19 02:27:15', Date.UTC(2024, 7, 19, 2, 27, 15)],
    ['1724034435000', 1724034435000],
    [1724034435000, 1724034435000],
    ['', null],
    [null, null],
    ['yesterday', null],
    ['2024-19-39T02:27:15Z', null],
    [{}, null],
  ])('the time %j is read as %j', (given, wanted) => {
    expect(instant(given)).toBe(wanted);
  });

  it.each([
    ['35', 35, '35'],
    [35, 35, '35'],
    ['', null, null],
    ['many', null, 'many'],
    [-1, null, '-1'],
    [Number.NaN, null, null],
    [null, null, null],
    [true, null, null],
    [[1], null, null],
  ])('%j is the count %j and the text %j', (given, asCount, asText) => {
    expect(count(given)).toBe(asCount);
    expect(text(given)).toBe(asText);
  });
});
