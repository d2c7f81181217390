import { describe, expect, it } from 'vitest';
import { errorOf, jobState } from '../../../src/providers/huawei/status.ts';

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
  ])('%j is %s', (status, state) => {
    expect(jobState(status)).toBe(state);
  });
});

describe('why a job failed', () => {
  it.each([
    ['restore:null', 'source_missing_or_archived'],
    ['Failed. Restore: NULL', 'source_missing_or_archived'],
    ['source database not in backup file list', 'database_not_in_backup'],
    ['insufficient disk space on the target instance', 'insufficient_space'],
    ['The storage space of the instance is not enough', 'insufficient_space'],
    ['Insufficient permission to read the bucket', 'restore_failed'],
    [
      'The database was backed up on a server running version 15.00.4430. That version is incompatible with this server, which is running version 13.00.',
      'newer_version',
    ],
    ['cannot restore from a newer version', 'newer_version'],
    ['The log in this backup set begins at LSN 3, which is too recent to apply to the database.', 'log_chain_gap'],
    ['LSN is not continuous', 'log_chain_gap'],
    ['something else', 'restore_failed'],
    [null, 'restore_failed'],
  ])('%j means %s', (errorLog, code) => {
    const error = errorOf('failed', errorLog, words);
    expect(error.code).toBe(code);
    expect(error.provider).toEqual({ ...words, message: errorLog });
    expect(error.detail).toMatch(/^[A-Z].*\.$/);
  });

  it('tells a failed check from a failed restore, and a known cause from both', () => {
    expect(errorOf('precheck_failed', 'something else', words).code).toBe('precheck_failed');
    expect(errorOf('precheck_failed', null, words).code).toBe('precheck_failed');
    expect(errorOf('precheck_failed', 'LSN is not continuous', words).code).toBe('log_chain_gap');
  });
});
