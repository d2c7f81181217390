import type { EngineReport, EngineStep } from '../../domain/telemetry.ts';
import { mayHaveHappened } from '../../domain/vendor.ts';
import type { ConfiguredAccounts } from './accounts.ts';
import type { Metrics } from './registry.ts';

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const sizes = [1, 2, 5, 10, 20, 50, 100];

/** Metrics about the engine's work. */
export interface EngineMetrics {
  report(report: EngineReport): void;
  stepped(step: EngineStep, durationMs: number): void;
  inFlight(migrations: number): void;
}

/** Creates the metrics about the engine's work. */
export function engineMetrics({ counter, gauge, histogram }: Metrics, accounts: ConfiguredAccounts): EngineMetrics {
  const claims = counter('engine_claims_total', 'Claims of due migrations');
  const steps = histogram(
    'engine_step_duration_seconds',
    'Time of one step: `send`, `probe` (for an in-doubt call) or `observe` (a group of migrations)',
    ['provider', 'step'],
    seconds,
  );
  const sends = counter('engine_sends_total', 'Changing calls by outcome: `accepted`, or the kind of failure', [
    'provider',
    'operation',
    'outcome',
  ]);
  const unknown = counter('engine_unknown_outcomes_total', 'Changing calls that ended with an unknown outcome', [
    'provider',
    'account',
  ]);
  const looks = counter(
    'engine_probes_total',
    'Probes for in-doubt calls: found `yes`, `no` or `unclear`; `failed`: the probe failed',
    ['provider', 'operation', 'found'],
  );
  const observations = counter(
    'engine_observations_total',
    'Observations of groups of migrations: `ok`, or the kind of failure',
    ['provider', 'account', 'outcome'],
  );
  const batches = histogram('engine_observation_batch_migrations', 'Migrations per observation', ['provider'], sizes);
  const scans = counter('feed_scans_total', 'Listings of watched folders: `ok`, or the kind of failure', [
    'provider',
    'account',
    'outcome',
  ]);
  const taken = counter('feed_files_taken_total', 'Files of watched folders that became backups', [
    'provider',
    'account',
  ]);
  const behind = gauge(
    'feed_behind_seconds',
    'Age difference between the last restored backup and the newest one in its watched folder; the largest at the latest listing of a folder',
    ['provider', 'account'],
  );
  const interruptions = counter(
    'engine_interruptions_total',
    'Work that ended before its outcome was stored; it continues when its lease expires',
    ['reason'],
  );
  const inFlight = gauge('engine_in_flight_migrations', 'Migrations in progress in this process');
  accounts.each(({ provider, account }) => unknown.inc({ provider, account }, 0));
  for (const reason of ['store_unavailable', 'error']) interruptions.inc({ reason }, 0);
  return {
    report(report) {
      switch (report.event) {
        case 'claimed':
          claims.inc(report.count);
          break;
        case 'sent': {
          const { provider, account, operation, outcome } = report;
          sends.inc({ provider, operation, outcome });
          if (outcome !== 'accepted' && mayHaveHappened(outcome))
            unknown.inc({ provider, account: accounts.label(account) });
          break;
        }
        case 'probed':
          looks.inc({ provider: report.provider, operation: report.operation, found: report.found });
          break;
        case 'observed': {
          const { provider, account, outcome, count } = report;
          observations.inc({ provider, account: accounts.label(account), outcome });
          if (count > 0) batches.observe({ provider }, count);
          break;
        }
        case 'feed_scanned': {
          const { provider, account, outcome, behindSeconds } = report;
          const labels = { provider, account: accounts.label(account) };
          scans.inc({ ...labels, outcome });
          if (behindSeconds !== null) behind.set(labels, behindSeconds);
          break;
        }
        case 'feed_taken':
          taken.inc({ provider: report.provider, account: accounts.label(report.account) }, report.count);
          break;
        case 'interrupted':
          interruptions.inc({ reason: report.reason });
          break;
      }
    },
    stepped: ({ provider, step }, durationMs) => steps.observe({ provider, step }, Math.max(durationMs, 0) / 1000),
    inFlight: (migrations) => inFlight.set(migrations),
  };
}
