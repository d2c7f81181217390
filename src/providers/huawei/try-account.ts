import type { AccountTrial } from '../../domain/provider.ts';
import { listRequest, readPage } from './jobs.ts';
import { readInstance } from './preflight.ts';

/** Lists the jobs of the project (ListReplicationJobs), which is what every restore is followed with; and reads the instance where one is named. */
export const tryAccount: AccountTrial = function* ({ instanceId }) {
  readPage(yield listRequest([], 0));
  if (instanceId === null || (yield* readInstance(instanceId)) !== null) return null;
  return `Huawei Cloud has no instance ${instanceId} in this project and region.`;
};
