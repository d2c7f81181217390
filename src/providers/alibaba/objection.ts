import type { Refs } from '../../domain/migration.ts';
import type { CallInput } from '../../domain/provider.ts';
import { type Dialogue, VendorError } from '../../domain/vendor.ts';
import { isRefusal } from './errors.ts';
import { chainHandle, destinationName, fileNamesOf, sameFileName } from './migration-task.ts';
import { describeTask, filesShown } from './reads.ts';

/** See `ChangingCall.objection`. The task must be on the instance, restore the same database, and contain the file. */
export function* objectToRestore({ migration, backup }: CallInput, refs: Refs): Dialogue<string | null> {
  const { instanceId } = migration.target;
  const taskId = refs.migrateTaskId ?? '';
  const handle = chainHandle(migration);
  const increment = backup !== null && backup.type !== 'full';
  if (increment && taskId !== handle) return `Task ${taskId} is not the task of this chain, which is ${handle}.`;
  try {
    const task = yield* describeTask(instanceId, taskId);
    if (task === null) return `The vendor lists no task ${taskId} on the instance ${instanceId}.`;
    const database = destinationName(migration);
    if (task.database !== null && task.database.toLowerCase() !== database.toLowerCase())
      return `Task ${taskId} restores the database ${task.database}, not ${database}.`;
  } catch (error) {
    if (!(error instanceof VendorError) || !isRefusal(error)) throw error;
    // Some editions do not list tasks. The operator's statement then cannot be checked.
    if (error.failure.kind !== 'not_found') return null;
    return `The vendor lists no task ${taskId} on the instance ${instanceId}.`;
  }
  const names = backup === null ? [] : fileNamesOf(backup);
  const listed = (yield* filesShown(instanceId, taskId)).flatMap(({ name }) => name ?? []);
  const differs =
    names.length > 0 && listed.length > 0 && !listed.some((name) => names.some((own) => sameFileName(own, name)));
  return differs ? `Task ${taskId} contains ${listed.join(', ')}, not ${names.join(', ')}.` : null;
}
