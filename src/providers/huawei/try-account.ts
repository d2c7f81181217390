import type { AccountTrial } from '../../domain/provider.ts';
import { listRequest, readPage } from './jobs.ts';
import { readInstance } from './preflight.ts';

/**
 * Checks an account by listing the jobs of the project (ListReplicationJobs page), the read that every observation uses. If an instance is
 * named, it is read too.
 */
export const tryAccount: AccountTrial = function* ({ instanceId }) {
  readPage(yield listRequest([], 0));
  if (instanceId === null || (yield* readInstance(instanceId)) !== null) return null;
  return `Huawei Cloud has no instance ${instanceId} in this project and region.`;
};
