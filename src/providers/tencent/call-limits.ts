import type { CallLimits, OperationLimit } from '../../domain/call-limits.ts';

const page: OperationLimit = {
  calls: 20,
  perMs: 1000,
  source: 'the page of the operation: 20 calls a second, counted by operation, access region and sub-account',
};
const assumed: OperationLimit = {
  calls: 20,
  perMs: 1000,
  source: 'assumed: all pages of the family that could be read name 20 calls a second',
};

/**
 * Published limits per operation. The vendor throttles with the code `RequestLimitExceeded`, usually with HTTP 200; the call rate then
 * decreases.
 */
export const callLimits: CallLimits = {
  CreateBackupMigration: page,
  ModifyBackupMigration: page,
  StartBackupMigration: page,
  CreateIncrementalMigration: page,
  StartIncrementalMigration: page,
  DescribeBackupMigration: page,
  DescribeIncrementalMigration: page,
  DescribeFlowStatus: page,
  DescribeUploadBackupInfo: page,
  DescribeUploadIncrementalInfo: assumed,
  DeleteBackupMigration: assumed,
  DeleteIncrementalMigration: assumed,
  DescribeBackupCommand: assumed,
  DescribeDBInstances: assumed,
  DescribeDatabases: assumed,
};
