import type { VendorTelemetry } from '../../domain/telemetry.ts';
import type { Circuit, SlowedOperation } from '../../domain/vendor.ts';
import type { ConfiguredAccounts } from './accounts.ts';
import type { Metrics } from './registry.ts';

const seconds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const waits = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

/** Metrics about vendor calls, logins and circuit breakers. */
export interface VendorMetrics extends VendorTelemetry {
  circuits(all: readonly Circuit[]): void;
  slowedOperations(all: readonly SlowedOperation[]): void;
  limitShare(part: number): void;
}

/** Metrics of vendor calls, logins and circuit breakers, as reported by the vendor client. */
export function vendorMetrics({ counter, gauge, histogram }: Metrics, accounts: ConfiguredAccounts): VendorMetrics {
  const calls = counter(
    'vendor_calls_total',
    'Attempts at vendors by operation and outcome: `ok`, or the kind of failure',
    ['provider', 'account', 'operation', 'effect', 'outcome'],
  );
  const durations = histogram(
    'vendor_call_duration_seconds',
    'Time of one attempt at a vendor, without the wait for its turn',
    ['provider', 'operation'],
    seconds,
  );
  const waited = histogram(
    'vendor_rate_limit_wait_seconds',
    'Wait of attempts for their turn under the limits of their account',
    ['provider', 'account', 'effect'],
    waits,
  );
  const logins = counter(
    'vendor_logins_total',
    'Logins at vendors that require one: `opened`, `refused` (the vendor rejects the credentials), `failed`',
    ['provider', 'account', 'outcome'],
  );
  const clocks = gauge(
    'vendor_clock_offset_seconds',
    'The vendor’s clock minus this process’s, from the vendor’s answers; more than a minute means that one of them is wrong',
    ['provider', 'account'],
  );
  const open = gauge(
    'vendor_circuit_open',
    '1 while Godwit makes no calls to a vendor because it does not answer, else 0',
    ['provider', 'account'],
  );
  const slowed = gauge(
    'vendor_operation_speed',
    'The part of an operation’s limit in use after the vendor throttled a call, in the slowest region; absent at full speed',
    ['provider', 'account', 'operation'],
  );
  const share = gauge(
    'vendor_limit_share',
    'The part of the vendors’ limits that this replica may use; 0 while it is unknown, and the replica then calls no vendor',
  );
  accounts.each(({ provider, account, opensSessions }) => {
    if (opensSessions)
      for (const outcome of ['opened', 'refused', 'failed']) logins.inc({ provider, account, outcome }, 0);
  });
  return {
    call({ provider, account, operation, effect, outcome, durationMs, waitedMs }) {
      calls.inc({ provider, account: accounts.label(account), operation, effect, outcome });
      durations.observe({ provider, operation }, Math.max(durationMs, 0) / 1000);
      waited.observe({ provider, account: accounts.label(account), effect }, (waitedMs ?? 0) / 1000);
    },
    clock: ({ provider, account, offsetMs }) =>
      clocks.set({ provider, account: accounts.label(account) }, offsetMs / 1000),
    circuits(all) {
      open.reset();
      for (const { provider, account, state } of all) {
        const labels = { provider, account: accounts.label(account) };
        // One series per account, because callers may name any number of regions.
        open.inc(labels, 0);
        if (state !== 'closed') open.set(labels, 1);
      }
    },
    limitShare: (part) => share.set(part),
    slowedOperations(all) {
      slowed.reset();
      // The slowest region is set last and determines the value. Regions are no label, because callers may name any number of them.
      for (const { provider, account, operation, speed } of all.toSorted((one, other) => other.speed - one.speed))
        slowed.set({ provider, account: accounts.label(account), operation }, speed);
    },
    login: ({ provider, account, outcome }) => logins.inc({ provider, account: accounts.label(account), outcome }),
  };
}
