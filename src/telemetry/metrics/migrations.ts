import type { Migration } from '../../domain/migration.ts';
import { terminalStates } from '../../domain/vocabulary.ts';
import type { ConfiguredAccounts } from './accounts.ts';
import type { Metrics } from './registry.ts';

/** Buckets in seconds, from one minute to two days. */
const durations = [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800];

/** Metrics about finished migrations. */
export interface MigrationMetrics {
  ended(migration: Migration): void;
}

/** Metrics of finished migrations. The process that stores the terminal state counts the migration. */
export function migrationMetrics({ counter, histogram }: Metrics, accounts: ConfiguredAccounts): MigrationMetrics {
  const ended = counter('migrations_ended_total', 'Migrations that have ended: `succeeded`, `failed` or `cancelled`', [
    'provider',
    'account',
    'state',
  ]);
  const took = histogram(
    'restore_duration_seconds',
    'Time from the vendor’s acceptance of the full backup to the database being online, of migrations that succeeded',
    ['provider', 'mode'],
    durations,
  );
  accounts.each(({ provider, account }) => {
    for (const state of terminalStates) ended.inc({ provider, account, state }, 0);
  });
  return {
    ended({ provider, account, state, mode, startedAt, finishedAt }) {
      ended.inc({ provider, account: accounts.label(account), state });
      if (state === 'succeeded' && startedAt !== null && finishedAt !== null)
        took.observe({ provider, mode }, Math.max(0, finishedAt - startedAt) / 1000);
    },
  };
}
