import { decide } from '../domain/decide.ts';
import { StoreUnavailable } from '../domain/store.ts';
import type { EngineStep } from '../domain/telemetry.ts';
import { advance, release } from './advance.ts';
import { asStep, type EngineContext, type Held } from './context.ts';
import { groupForObservation, type ObservationGroup, observeGroup } from './observe.ts';

/**
 * Works on leased migrations: advances each, observes in groups those that need it, and repeats until all are at rest and released. A fault
 * in one leaves the others alone; interrupted work is taken up again when its lease ends.
 */
export async function workOn(context: EngineContext, claims: readonly Held[], draining: () => boolean): Promise<void> {
  let current = claims;
  while (current.length > 0) {
    const advanced = await Promise.all(
      current.map((held) => guarded(context, [held], async () => [await advance(context, held, draining)])),
    );
    const toObserve = advanced.flat().flatMap((each) => (each.next === 'observe' ? [each.held] : []));
    if (draining()) {
      await Promise.all(toObserve.map((held) => release(context, held)));
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

function stepOf({ account }: ObservationGroup): EngineStep {
  return { step: 'observe', provider: account.provider, account: account.name };
}

/**
 * Claims in parts that are worked on apart, so that a slow call for one keeps no other waiting: those that one dialogue can observe
 * together, and each of the others alone.
 */
export function apart(context: EngineContext, claims: readonly Held[]): readonly (readonly Held[])[] {
  const observes = ({ migration }: Held): boolean =>
    context.accounts.has(migration.account) &&
    decide(migration, context.providers.of(migration.provider)).do === 'observe';
  const { true: toObserve = [], false: others = [] } = Object.groupBy(
    claims,
    (held) => String(observes(held)) as 'true' | 'false',
  );
  return [...groupForObservation(context, toObserve).map(({ members }) => members), ...others.map((held) => [held])];
}

export function reportInterruption(context: EngineContext, error: unknown, migrationId?: string): void {
  const text =
    error instanceof StoreUnavailable
      ? 'the store is not available'
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  const reason = error instanceof StoreUnavailable ? 'store_unavailable' : 'error';
  context.telemetry?.report({ event: 'interrupted', reason });
  context.log.error(
    { ...(migrationId !== undefined && { migrationId }), error: text },
    'work was interrupted; it is taken up again when its lease ends',
  );
}

async function guarded<T>(
  context: EngineContext,
  held: readonly Held[],
  work: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  try {
    return await work();
  } catch (error) {
    reportInterruption(context, error, held[0]?.migration.id);
    return [];
  }
}
