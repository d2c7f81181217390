import { describe, expect, it } from 'vitest';
import { type MigrationCount, StoreUnavailable } from '../../src/domain/store.ts';
import { configuredAccounts } from '../../src/telemetry/metrics/accounts.ts';
import { createRegistry } from '../../src/telemetry/metrics/registry.ts';
import { storeMetrics } from '../../src/telemetry/metrics/store.ts';
import { storeNumbers } from '../../src/telemetry/metrics/store-numbers.ts';
import { samplesOf } from './support/exposition.ts';

const plain: MigrationCount = {
  provider: 'alibaba',
  account: 'ali-main',
  state: 'restoring',
  stateReason: null,
  migrations: 2,
  unknownOutcomes: 0,
};

function store(answer: () => Promise<readonly MigrationCount[]>, due: number | null = null, takesMs = 0) {
  let asked = 0;
  const time = { now: 1000 };
  const statistics = () => {
    asked++;
    time.now += takesMs;
    return answer();
  };
  const numbers = storeNumbers(
    { statistics, nextDue: async () => due },
    {
      now: () => time.now,
      monotonic: () => time.now,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          signal?.addEventListener('abort', () => resolve());
          if (ms > 0) setImmediate(() => setImmediate(resolve));
        }),
    },
  );
  return { numbers, time, asked: () => asked };
}

describe('store statistics', () => {
  it('are read once for several scrapes and again after ten seconds', async () => {
    const { numbers, time, asked } = store(async () => [plain]);
    await Promise.all([numbers(), numbers()]);
    time.now += 9_999;
    await numbers();
    expect(asked()).toBe(1);
    time.now += 1;
    await numbers();
    expect(asked()).toBe(2);
  });

  it.each([
    // A hundred times as long, so that counting takes about 1 % of the time; a minute at most.
    [500, 50_000],
    [2500, 60_000],
  ])('that take %i ms are kept for %i ms', async (tookMs, keptMs) => {
    const { numbers, time, asked } = store(async () => [plain], null, tookMs);
    await numbers();
    time.now += keptMs - 1;
    await numbers();
    expect(asked()).toBe(1);
    time.now += 1;
    await numbers();
    expect(asked()).toBe(2);
  });

  it.each([
    [null, 0],
    [5000, 0],
    [400, 600],
  ])('report for due %j at 1000 a lag of %i ms', async (due, lagMs) => {
    expect(await store(async () => [], due).numbers()).toEqual({ counts: [], lagMs });
  });

  it('are missing and read again at once when the store fails', async () => {
    const { numbers, asked } = store(() => Promise.reject(new StoreUnavailable('down')));
    expect(await numbers()).toBeNull();
    expect(await numbers()).toBeNull();
    expect(asked()).toBe(2);
  });

  it('are missing when the store hangs, without a second query', async () => {
    const { numbers, asked } = store(() => new Promise(() => undefined));
    expect(await numbers()).toBeNull();
    expect(await numbers()).toBeNull();
    expect(asked()).toBe(1);
  });
});

describe('the metrics of the store', () => {
  const metrics = createRegistry();
  const shown = storeMetrics(
    metrics,
    configuredAccounts([{ provider: 'alibaba', account: 'ali-main', opensSessions: false }]),
  );
  const samples = async () =>
    Object.fromEntries(
      samplesOf(await metrics.registry.metrics()).map(({ name, labels, value }) => [
        [name, ...Object.values(labels)].join(' '),
        value,
      ]),
    );

  it('count by state and reason, with `other` for unknown values', async () => {
    shown.show({
      counts: [
        plain,
        { ...plain, stateReason: 'outcome_unknown', migrations: 1, unknownOutcomes: 3 },
        { ...plain, stateReason: 'mig_01', migrations: 4 },
        { ...plain, state: 'failed', stateReason: 'backup_failed', migrations: 5 },
        { ...plain, account: 'gone', state: 'succeeded', migrations: 6 },
        { ...plain, account: 'gone too', state: 'succeeded', migrations: 7 },
      ],
      lagMs: 1500,
    });
    expect(await samples()).toMatchObject({
      godwit_store_up: 1,
      'godwit_migrations alibaba ali-main restoring': 7,
      'godwit_migrations alibaba ali-main pending': 0,
      'godwit_migrations alibaba other succeeded': 13,
      'godwit_migrations_waiting alibaba ali-main outcome_unknown': 1,
      'godwit_migrations_waiting alibaba ali-main other': 4,
      'godwit_unresolved_unknown_outcomes alibaba ali-main': 3,
      godwit_due_lag_seconds: 1.5,
    });
    expect(await samples()).not.toHaveProperty('godwit_migrations_waiting alibaba ali-main backup_failed');
  });

  it('are omitted while the store does not answer', async () => {
    shown.show(null);
    expect(await samples()).toEqual({ godwit_store_up: 0 });
  });

  it('drop values that no longer apply', async () => {
    shown.show({ counts: [plain], lagMs: 0 });
    expect(await samples()).not.toHaveProperty('godwit_migrations_waiting alibaba ali-main outcome_unknown');
    expect(await samples()).toMatchObject({
      'godwit_migrations alibaba ali-main restoring': 2,
      'godwit_unresolved_unknown_outcomes alibaba ali-main': 0,
    });
  });
});
