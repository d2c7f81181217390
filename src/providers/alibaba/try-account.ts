import type { AccountTrial } from '../../domain/provider.ts';
import { listTasks } from './reads.ts';

/** Formed as ids are, and given to nobody: the answer is that there is none. */
const nobodysInstance = 'rm-00000000000000000';
const hourMs = 3_600_000;

/** Lists the tasks of an instance (DescribeMigrateTasks page), which is what every restore is followed with. */
export const tryAccount: AccountTrial = function* ({ instanceId, now }) {
  yield* listTasks(instanceId ?? nobodysInstance, now - hourMs, now, () => true);
  return null;
};
