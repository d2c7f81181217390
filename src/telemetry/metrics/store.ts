import { isTerminal } from '../../domain/lifecycle.ts';
import { reasons } from '../../domain/reasons.ts';
import type { MigrationCount } from '../../domain/store.ts';
import { migrationStates } from '../../domain/vocabulary.ts';
import type { ConfiguredAccounts } from './accounts.ts';
import type { Metrics } from './registry.ts';

/** Statistics of the migrations in the store. All replicas report the same. */
export interface StoreNumbers {
  readonly counts: readonly MigrationCount[];
  /** Age of the oldest due time among migrations without a lease, in milliseconds; 0: no such migration is due. */
  readonly lagMs: number;
}

/** Metrics about the store and the migrations in it. */
export interface StoreMetrics {
  /** `numbers`: null if the store did not answer. Its metrics are then absent instead of outdated. */
  show(numbers: StoreNumbers | null): void;
}

/** Creates the metrics about the store. */
export function storeMetrics({ gauge }: Metrics, accounts: ConfiguredAccounts): StoreMetrics {
  const up = gauge('store_up', '1 if the store answered when the metrics were read, else 0');
  const byState = gauge('migrations', 'Migrations by state, of all replicas', ['provider', 'account', 'state']);
  const waiting = gauge('migrations_waiting', 'Active migrations that are blocked, by reason, of all replicas', [
    'provider',
    'account',
    'reason',
  ]);
  const unknown = gauge('unresolved_unknown_outcomes', 'In-doubt calls, of all replicas', ['provider', 'account']);
  const lag = gauge('due_lag_seconds', 'Time since the longest waiting migration that no replica works on became due');
  const begin = (): void => {
    for (const { provider, account } of accounts.all) {
      for (const state of migrationStates) byState.set({ provider, account, state }, 0);
      unknown.set({ provider, account }, 0);
    }
  };
  return {
    show(numbers) {
      up.set(numbers === null ? 0 : 1);
      for (const each of [byState, waiting, unknown]) each.reset();
      if (numbers === null) return lag.remove();
      begin();
      lag.set(Math.max(numbers.lagMs, 0) / 1000);
      for (const { provider, state, stateReason, migrations, unknownOutcomes, ...rest } of numbers.counts) {
        const account = accounts.label(rest.account);
        byState.inc({ provider, account, state }, migrations);
        if (unknownOutcomes > 0) unknown.inc({ provider, account }, unknownOutcomes);
        if (stateReason !== null && !isTerminal({ state }))
          waiting.inc({ provider, account, reason: reasonLabel(stateReason) }, migrations);
      }
    },
  };
}

/** The label of a reason. A replica with a newer version may store reasons that this version does not know. */
function reasonLabel(reason: string): string {
  return reasons.some((each) => each === reason) ? reason : 'other';
}
