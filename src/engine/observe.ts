import type { Instant, Migration } from '../domain/migration.ts';
import { applyObservation, observationFailed } from '../domain/observation.ts';
import type { Observation, Provider } from '../domain/provider.ts';
import { type Account, type Dialogue, VendorError } from '../domain/vendor.ts';
import { accountOf, changeContext, type EngineContext, keep, type LeasedMigration, whileDue } from './context.ts';
import { converseInVendorTime } from './vendor-time.ts';

/** Migrations that one dialogue with the vendor observes. */
export interface ObservationGroup {
  readonly account: Account;
  readonly region: string;
  readonly members: readonly LeasedMigration[];
}

/** Groups leased migrations by account, region and the provider's observation group. Migrations without an account are left out. */
export function groupForObservation(
  context: EngineContext,
  leased: readonly LeasedMigration[],
): readonly ObservationGroup[] {
  const groups = Map.groupBy(
    leased,
    ({ migration }) =>
      `${migration.account}|${migration.region}|${context.providers.of(migration.provider).observationGroup(migration)}`,
  );
  return [...groups.values()].flatMap((members) => {
    const migration = members[0]?.migration;
    const account = migration && accountOf(context, migration);
    return migration && account ? [{ account, region: migration.region, members }] : [];
  });
}

/** Observes a group and stores the results. Returns the members that are still leased, in their stored version. */
export async function observeGroup(
  context: EngineContext,
  group: ObservationGroup,
): Promise<readonly LeasedMigration[]> {
  const [first] = group.members;
  if (first === undefined) return [];
  const provider = context.providers.of(first.migration.provider);
  const contextOf = (latest: Migration) => ({
    ...changeContext(context, latest),
    group: provider.observationGroup(latest),
  });

  let change: (latest: Migration) => Migration | null;
  try {
    const migrations = group.members.map((member) => member.migration);
    const dialogue = (offset: number) =>
      observeInOwnTime(provider, migrations, group.account, context.runtime.now(), offset);
    const observations = await converseInVendorTime(context, group.account, group.region, dialogue, 'observation');
    const { provider: vendor, name } = group.account;
    context.telemetry?.report({
      event: 'observed',
      provider: vendor,
      account: name,
      outcome: 'ok',
      count: observations === null ? 0 : migrations.length,
    });
    change = (latest) => {
      const observation = observations?.get(latest.id);
      const seen = group.members.find((member) => member.migration.id === latest.id);
      // An observation is valid for the calls known when it began. If calls were added meanwhile, it is repeated.
      if (observation === undefined || seen?.migration.calls.length !== latest.calls.length)
        return { ...latest, dueAt: context.runtime.now() + context.settings.pollMinMs };
      return applyObservation(latest, observation, contextOf(latest));
    };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { failure } = error;
    context.telemetry?.report({
      event: 'observed',
      provider: group.account.provider,
      account: group.account.name,
      outcome: failure.kind,
      count: 0,
    });
    context.log.warn(
      { operation: failure.provider.operation, outcome: failure.kind, count: group.members.length },
      'observation failed',
    );
    change = (latest) => observationFailed(latest, failure, contextOf(latest));
  }

  const results = await Promise.all(
    group.members.map(async (member): Promise<readonly LeasedMigration[]> => {
      const result = await context.store.update(member.migration.id, change, whileDue(context, member.fence));
      const kept = keep(result, member);
      return kept === null ? [] : [kept];
    }),
  );
  return results.flat();
}

/** Observes the migrations of a group. `now` and the returned times are of this process's clock. `offset`: the vendor's clock minus it. */
export function* observeInOwnTime(
  provider: Pick<Provider, 'observe'>,
  migrations: readonly Migration[],
  account: Account,
  now: Instant,
  offset: number,
): Dialogue<ReadonlyMap<string, Observation>> {
  const observations = yield* provider.observe(migrations, account, now + offset, now);
  if (offset === 0) return observations;
  const own = (instant: Instant | null): Instant | null => (instant === null ? null : instant - offset);
  const times = <T extends { readonly startedAt: Instant | null; readonly finishedAt: Instant | null }>(
    each: T,
  ): T => ({
    ...each,
    startedAt: own(each.startedAt),
    finishedAt: own(each.finishedAt),
  });
  return new Map(
    [...observations].map(([id, observation]) => [
      id,
      { ...times(observation), backups: observation.backups.map(times) },
    ]),
  );
}
