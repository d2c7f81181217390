import type { VendorTelemetry } from '../../domain/telemetry.ts';
import type { ConfiguredAccounts } from './accounts.ts';
import type { Metrics } from './registry.ts';

const seconds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const waits = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

/** Attempts at vendors and logins, as the vendors' client tells them. */
export function vendorMetrics({ counter, gauge, histogram }: Metrics, accounts: ConfiguredAccounts): VendorTelemetry {
  const calls = counter(
    'vendor_calls_total',
    'Attempts at vendors by operation and outcome: `ok`, or the kind of failure',
    ['provider', 'account', 'operation', 'effect', 'outcome'],
  );
  const durations = histogram(
    'vendor_call_duration_seconds',
    'Time of one attempt at a vendor, waiting for its turn left out',
    ['provider', 'operation'],
    seconds,
  );
  const waited = histogram(
    'vendor_rate_limit_wait_seconds',
    'How long attempts waited for their turn under the limits of their account',
    ['provider', 'account', 'effect'],
    waits,
  );
  const logins = counter(
    'vendor_logins_total',
    'Logins at vendors that want one: `opened`, `refused` (the credentials are not taken), `failed`',
    ['provider', 'account', 'outcome'],
  );
  const clocks = gauge(
    'vendor_clock_offset_seconds',
    'The vendor’s clock minus this process’s, as its answers tell; one of the two is off where it is more than a minute',
    ['provider', 'account'],
  );
  for (const { provider, account, opensSessions } of accounts.all)
    if (opensSessions)
      for (const outcome of ['opened', 'refused', 'failed']) logins.inc({ provider, account, outcome }, 0);
  return {
    call({ provider, account, operation, effect, outcome, durationMs, waitedMs }) {
      calls.inc({ provider, account: accounts.label(account), operation, effect, outcome });
      durations.observe({ provider, operation }, Math.max(durationMs, 0) / 1000);
      waited.observe({ provider, account: accounts.label(account), effect }, (waitedMs ?? 0) / 1000);
    },
    clock: ({ provider, account, offsetMs }) =>
      clocks.set({ provider, account: accounts.label(account) }, offsetMs / 1000),
    login: ({ provider, account, outcome }) => logins.inc({ provider, account: accounts.label(account), outcome }),
  };
}
