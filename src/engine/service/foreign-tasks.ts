import { foreignTaskWarning, type VendorTask, type VendorTaskList } from '../../domain/foreign-tasks.ts';
import { hasGrant } from '../../domain/grants.ts';
import type { Instant, Migration, WarningNote } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import type { Account, Dialogue } from '../../domain/vendor.ts';
import { cloudOf } from '../cloud-account.ts';
import type { EngineContext } from '../context.ts';
import type { MigrationService } from '../interface.ts';
import { askInVendorTime } from '../vendor-reads.ts';
import { requireRoom } from './room.ts';

/** Creates the operation that shows tasks that were started outside Godwit. */
export function createForeignTasks(context: EngineContext): Pick<MigrationService, 'foreignTasks'> {
  return {
    async foreignTasks(name, { instanceId, region }, caller) {
      if (!hasGrant(caller, name))
        throw new Problem('forbidden', `The caller has no grant for the account \`${name}\`.`);
      const account = context.accounts.get(name);
      if (account === undefined) throw new Problem('not_found', `No account \`${name}\` is configured.`);
      const place = region ?? account.region;
      requireRoom(context, { name, configured: account }, place);
      const list = await listed(context, account, place, instanceId);
      const own = await ownIds(context, account, place, instanceId);
      return { ...list, tasks: list.tasks.filter((task) => !isOwn(task, own)) };
    },
  };
}

/** The warning about tasks that were started outside Godwit and can delay a restore; null: none, or the vendor cannot list tasks. */
export async function foreignWarning(
  context: EngineContext,
  account: Account,
  migration: Migration,
): Promise<WarningNote | null> {
  const { region, target } = migration;
  try {
    const { tasks } = await listed(context, account, region, target.instanceId);
    const own = await ownIds(context, account, region, target.instanceId);
    return foreignTaskWarning(
      tasks.filter((task) => !isOwn(task, own)),
      migration,
    );
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** Vendor ids on an instance that belong or belonged to migrations of this gateway. */
function ownIds(
  context: EngineContext,
  account: Account,
  region: string,
  instanceId: string,
): Promise<ReadonlySet<string>> {
  const { name, provider } = account;
  const cloud = cloudOf(context, account, region);
  return context.store.vendorIds({ id: '', provider, account: name, cloud, target: { instanceId, overwrite: false } });
}

function isOwn({ providerRefs }: VendorTask, own: ReadonlySet<string>): boolean {
  return Object.values(providerRefs).some((id) => own.has(id));
}

/** The vendor's list of an instance's tasks, with times of this process's clock. Throws the vendor's failure as a problem. */
async function listed(
  context: EngineContext,
  account: Account,
  region: string,
  instanceId: string,
): Promise<VendorTaskList> {
  const { foreign, capabilities } = context.providers.of(account.provider);
  if (foreign === null)
    throw new Problem('unsupported_by_provider', `${capabilities.title} does not show the tasks of an instance.`);
  return askInVendorTime(context, account, region, (offset) =>
    inOwnTime(foreign.list(instanceId, account, context.runtime.now() + offset), offset),
  );
}

function* inOwnTime(dialogue: Dialogue<VendorTaskList>, offset: number): Dialogue<VendorTaskList> {
  const list = yield* dialogue;
  const own = (instant: Instant | null) => (instant === null ? null : instant - offset);
  return {
    ...list,
    tasks: list.tasks.map((task) => ({
      ...task,
      createdAt: own(task.createdAt),
      startedAt: own(task.startedAt),
      finishedAt: own(task.finishedAt),
    })),
  };
}
