import type { Refs } from '../../domain/migration.ts';
import type { CallInput } from '../../domain/provider.ts';
import { type Dialogue, VendorError } from '../../domain/vendor.ts';
import { splitKey } from './body.ts';
import { isJobId, type JobOrder, readOrder, readShow, sameDatabases, showRequest } from './jobs.ts';

/** See `ChangingCall.objection`. The job must restore the same files onto the same instance. */
export function* objectToJob(input: CallInput, { jobId = '' }: Refs): Dialogue<string | null> {
  const unknown = `Huawei Cloud lists no job ${jobId}.`;
  if (!isJobId(jobId)) return unknown;
  try {
    const reply = yield showRequest(jobId);
    readShow(reply);
    const difference = differenceOf(input, readOrder(reply));
    return difference === null ? null : `The job ${jobId} ${difference}.`;
  } catch (error) {
    if (error instanceof VendorError && error.failure.kind === 'not_found') return unknown;
    throw error;
  }
}

function differenceOf({ migration, backup }: CallInput, order: JobOrder): string | null {
  const { instanceId, databases = [] } = migration.target;
  if (order.instanceId !== null && order.instanceId !== instanceId)
    return `restores onto the instance ${order.instanceId}, not ${instanceId}`;
  const source = backup?.source;
  if (source?.type === 'object_storage') {
    const files = source.keys.map((key) => splitKey(key).name);
    if (order.files.length > 0 && !sameFiles(order.files, files))
      return `restores ${order.files.join(', ')}, not ${files.join(', ')}`;
  }
  if (source?.type === 'instance_backup' && order.backupId !== null && order.backupId !== source.backupId)
    return `restores the backup ${order.backupId}, not ${source.backupId}`;
  const named = databases.map(({ name }) => name);
  if (named.length > 0 && order.databases.length > 0 && !sameDatabases(order.databases, named))
    return `restores the databases ${order.databases.join(', ')}, not ${named.join(', ')}`;
  const last = backup === null ? null : backup.final || (backup.type === 'full' && migration.mode === 'full');
  if (order.last !== null && last !== null && order.last !== last)
    return last
      ? 'leaves the database closed, and this backup must open it'
      : 'opens the database, and more backups are to follow';
  return null;
}

/** Object keys distinguish case. */
function sameFiles(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted());
}
