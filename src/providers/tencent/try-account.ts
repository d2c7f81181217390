import type { AccountTrial } from '../../domain/provider.ts';
import { requireResponse } from './reply.ts';
import { read } from './task.ts';

/** A well-formed instance id that does not exist. The vendor answers “not found” or an empty list after it has checked the credentials. */
const nobodysInstance = 'mssql-00000000';
const operation = 'DescribeBackupMigration';

/**
 * Checks an account by listing the tasks of an instance (DescribeBackupMigration page), the read that every observation uses. Without an
 * instance it uses one that does not exist.
 */
export const tryAccount: AccountTrial = function* ({ instanceId }) {
  requireResponse(operation, yield read(operation, { InstanceId: instanceId ?? nobodysInstance, Limit: 1, Offset: 0 }));
  return null;
};
