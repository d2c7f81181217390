import { holdsWord } from '../words.ts';
import { namedTask, type Operation } from './context.ts';
import { newOpening } from './create-task.ts';
import { Refusal } from './errors.ts';
import { viewTask } from './task.ts';

/** CreateOnlineDatabaseTask: recovers and opens the database of a chain whose task is `Waiting`. */
export const createOnlineDatabaseTask: Operation = (context) => {
  const { parameters, instance, store, now } = context;
  if (instance.engine !== 'SQLServer') throw new Refusal('EngineNotSupported');
  if (instance.localDisk) throw new Refusal('EngineVersionNotSupported');
  if (instance.type !== 'Primary') throw new Refusal('IncorrectDBInstanceType', undefined, {}, 403);
  if (instance.lockMode !== 'Unlock') throw new Refusal('IncorrectDBInstanceLockMode', undefined, {}, 404);
  if (instance.status !== 'Running') throw new Refusal('IncorrectDBInstanceState');
  const task = namedTask(context);
  const clientToken = parameters.ClientToken ?? null;
  if (clientToken !== null && task.opening?.clientToken === clientToken) return {};
  if (task.dbName !== parameters.DBName) throw new Refusal('InvalidDBName');
  if (viewTask(task, now).status !== 'Waiting') throw new Refusal('InvalideStatus');
  const keys = task.files.map((file) => file.key);
  store.put({ ...task, opening: newOpening(context, keys, task.dbName, { at: now, part: 0.3, clientToken }) });
  context.record('opened', task.id, task.dbName);
  return {};
};

/** TerminateMigrateTask: ends an ongoing task as `Failed`. A waiting chain counts as ongoing. */
export const terminateMigrateTask: Operation = (context) => {
  const task = namedTask(context);
  const { status } = viewTask(task, context.now);
  if (status === 'Success' || status === 'Failed') throw new Refusal('InvalideStatus');
  // An `unstoppable` task accepts the call and continues.
  if (!task.files.some((file) => holdsWord(file.key, 'unstoppable')))
    context.store.put({ ...task, terminatedAt: context.now });
  context.record('terminated', task.id, task.dbName);
  return {};
};
