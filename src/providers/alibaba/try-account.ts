import type { AccountTrial } from '../../domain/provider.ts';
import { listTasks } from './reads.ts';

/** A well-formed instance id that does not exist. The vendor answers “not found” after it has checked the credentials. */
const nobodysInstance = 'rm-00000000000000000';
const hourMs = 3_600_000;

/**
 * Checks an account by listing the tasks of an instance (DescribeMigrateTasks page), the read that every observation uses. Without an
 * instance it uses one that does not exist.
 */
export const tryAccount: AccountTrial = function* ({ instanceId, now }) {
  yield* listTasks(instanceId ?? nobodysInstance, now - hourMs, now, () => true);
  return null;
};
