import type { AccountTrial } from '../../domain/provider.ts';
import { requireResponse } from './reply.ts';
import { read } from './task.ts';

/** Formed as ids are, and given to nobody: the answer is that there is none. */
const nobodysInstance = 'mssql-00000000';
const operation = 'DescribeBackupMigration';

/** Lists the imports of an instance (DescribeBackupMigration page), which is what every restore is followed with. */
export const tryAccount: AccountTrial = function* ({ instanceId }) {
  requireResponse(operation, yield read(operation, { InstanceId: instanceId ?? nobodysInstance, Limit: 1, Offset: 0 }));
  return null;
};
