import { decide } from '../domain/decide.ts';
import { StoreUnavailable } from '../domain/store.ts';
import type { EngineStep } from '../domain/telemetry.ts';
import { advance, release } from './advance.ts';
import { accountOf, asStep, type EngineContext, type LeasedMigration } from './context.ts';
import { groupForObservation, type ObservationGroup, observeGroup } from './observe.ts';

/**
 * Works on leased migrations: advances each, observes in groups those that need it, and repeats until all are released. A failure of one does
 * not affect the others; its work continues after its lease ends.
 */
export async function workOn(
  context: EngineContext,
  claims: readonly LeasedMigration[],
  draining: () => boolean,
): Promise<void> {
  let current = claims;
  while (current.length > 0) {
    const advanced = await Promise.all(
      current.map((leased) => guarded(context, [leased], async () => [await advance(context, leased, draining)])),
    );
    const toObserve = advanced.flat().flatMap((each) => (each.next === 'observe' ? [each.leased] : []));
    if (draining()) {
      await Promise.all(toObserve.map((leased) => release(context, leased)));
      return;
    }
    const observed = await Promise.all(
      groupForObservation(context, toObserve).map((group: ObservationGroup) =>
        guarded(context, group.members, () => asStep(context, stepOf(group), () => observeGroup(context, group))),
      ),
    );
    current = observed.flat();
  }
}

function stepOf({ account, members }: ObservationGroup): EngineStep {
  const migrationIds = members.map(({ migration }) => migration.id);
  return { step: 'observe', provider: account.provider, account: account.name, migrationIds };
}

/**
 * Splits claims into parts that are worked on separately, so that a slow call delays no other migration: a part is a group that one dialogue
 * observes, or a single migration.
 */
export function apart(
  context: EngineContext,
  claims: readonly LeasedMigration[],
): readonly (readonly LeasedMigration[])[] {
  const observes = ({ migration }: LeasedMigration): boolean =>
    accountOf(context, migration) !== undefined &&
    decide(migration, context.providers.of(migration.provider)).do === 'observe';
  const { true: toObserve = [], false: others = [] } = Object.groupBy(
    claims,
    (leased) => String(observes(leased)) as 'true' | 'false',
  );
  return [
    ...groupForObservation(context, toObserve).map(({ members }) => members),
    ...others.map((leased) => [leased]),
  ];
}

/** Logs and counts an error that interrupted work. */
export function reportInterruption(context: EngineContext, error: unknown, migrationId?: string): void {
  const text =
    error instanceof StoreUnavailable
      ? `the store is unavailable: ${error.message}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  const reason = error instanceof StoreUnavailable ? 'store_unavailable' : 'error';
  context.telemetry?.report({ event: 'interrupted', reason });
  context.log.error(
    { ...(migrationId !== undefined && { migrationId }), error: text },
    'work was interrupted; it resumes after its lease expires',
  );
}

async function guarded<T>(
  context: EngineContext,
  leased: readonly LeasedMigration[],
  work: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  try {
    return await work();
  } catch (error) {
    reportInterruption(context, error, leased[0]?.migration.id);
    return [];
  }
}
