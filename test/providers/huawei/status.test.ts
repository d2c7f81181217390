import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../src/providers/huawei/error-words.ts';
import { jobState } from '../../../src/providers/huawei/status.ts';
import { migration } from './fixtures.ts';

const words = {
  name: 'huawei',
  operation: 'ListReplicationJobs',
  code: null,
  message: null,
  requestId: 'req-1',
  httpStatus: 200,
};

describe('the status of a job', () => {
  it.each([
    ['TRANSFERRING', 'running'],
    ['transferring', 'running'],
    ['TRANSFERING', 'running'],
    ['SUCCESS', 'restored'],
    ['success', 'restored'],
    [' Success ', 'restored'],
    ['FAILED', 'failed'],
    ['failed', 'failed'],
    ['PRECHECK FAILED', 'precheck_failed'],
    ['PRECHECK_FAILED', 'precheck_failed'],
    ['precheck failed', 'precheck_failed'],
    ['Precheck-Failed', 'precheck_failed'],
    ['', 'unrecognized'],
    ['PENDING', 'unrecognized'],
    ['SUC CES S', 'unrecognized'],
    ['UPLOAD FAILED', 'unrecognized'],
    ['constructor', 'unrecognized'],
  ])('%j means %s', (status, state) => {
    expect(jobState(status)).toBe(state);
  });
});

describe('why a job failed', () => {
  it.each([
    ['restore:null', 'source_missing_or_archived'],
    ['Failed. Restore: NULL', 'source_missing_or_archived'],
    ['source database not in backup file list', 'database_not_in_backup'],
    ['something else', 'restore_failed'],
    [null, 'restore_failed'],
  ])('%j means %s', (errorLog, code) => {
    const error = errorOf('failed', migration(), errorLog, words);
    expect(error.code).toBe(code);
    expect(error.provider).toEqual({ ...words, message: errorLog });
    expect(error.detail).toMatch(/^[A-Z].*\.$/);
  });

  it('says that the check before the restore failed and keeps the cause', () => {
    for (const [errorLog, code] of [
      ['something else', 'restore_failed'],
      [null, 'restore_failed'],
      ['LSN is not continuous', 'log_chain_gap'],
    ] as const)
      expect(errorOf('precheck_failed', migration(), errorLog, words)).toMatchObject({
        code,
        detail: expect.stringContaining('did not pass the check before the restore'),
      });
  });
});
