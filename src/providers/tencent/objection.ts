import type { Refs } from '../../domain/migration.ts';
import type { CallInput } from '../../domain/provider.ts';
import type { Dialogue } from '../../domain/vendor.ts';
import { readChildren, readTask, sameFile } from './find.ts';
import { backupFile } from './parameters.ts';
import { incrementId, refNames, taskId } from './refs.ts';
import type { Task } from './task.ts';

/** The objection to adopting a registered task or increment. It must be unstarted, because the next call of the plan starts it. */
function objectToRegistered({ migration, backup, open }: CallInput, task: Task): string | null {
  if (backup !== null) {
    const file = backupFile(backup.source, migration.region, open);
    if (task.files.length > 0 && !task.files.some((each) => sameFile(each, file)))
      return `${task.id} imports ${task.files.map(withoutQuery).join(', ')}, not ${withoutQuery(file)}.`;
  }
  if (task.stage !== 'created') return `${task.id} has status ${task.status}, so it does not wait for its start.`;
  return null;
}

const withoutQuery = (link: string) => link.split('?', 1)[0] ?? '';

/** See `ChangingCall.objection`, for a registered full task. */
export function* objectToTask(input: CallInput, refs: Refs): Dialogue<string | null> {
  const id = refs[refNames.task] ?? '';
  const { task } = yield* readTask(input, id);
  if (task === null)
    return `The vendor lists no import task ${id} on the instance ${input.migration.target.instanceId}.`;
  return objectToRegistered(input, task);
}

/** See `ChangingCall.objection`, for a registered increment of this migration's task. */
export function* objectToIncrement(input: CallInput, refs: Refs): Dialogue<string | null> {
  const parent = taskId(input.migration);
  const id = refs[refNames.increment] ?? '';
  const { tasks } = parent === null ? { tasks: [] } : yield* readChildren(input, parent, id);
  const task = tasks.find((each) => each.id === id);
  if (task === undefined) return `The vendor lists no increment ${id} of the import task ${parent}.`;
  const recovery = input.backup?.final === true ? 'YES' : 'NO';
  if (task.isRecovery !== '' && task.isRecovery !== recovery)
    return `${id} has IsRecovery ${task.isRecovery}, and this backup needs ${recovery}.`;
  return objectToRegistered(input, task);
}

function objectToUnstarted(task: Task | null, id: string): string | null {
  if (task === null) return `The vendor does not list ${id}.`;
  return task.stage === 'created' ? `${id} has not been started.` : null;
}

/** See `ChangingCall.objection`. The status of the task shows whether it was started. */
export function* objectToStartOfTask(input: CallInput): Dialogue<string | null> {
  const id = taskId(input.migration) ?? '';
  return objectToUnstarted((yield* readTask(input, id)).task, id);
}

/** See `ChangingCall.objection`. The status of the increment shows whether it was started. */
export function* objectToStartOfIncrement(input: CallInput): Dialogue<string | null> {
  const parent = taskId(input.migration) ?? '';
  const id = (input.backup === null ? null : incrementId(input.migration, input.backup)) ?? '';
  const { tasks } = yield* readChildren(input, parent, id);
  return objectToUnstarted(tasks.find((task) => task.id === id) ?? null, id);
}
