import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { findPostgres } from '../support/postgres.ts';
import { machinePace } from './pace.ts';
import { findings } from './report.ts';
import { providers, type StormReport, storm } from './storm.ts';

const brief = {
  seed: 20_261_121,
  intentsPerProvider: 7,
  arrivalMs: 5000,
  kills: 3,
  maxMs: 20_000,
  meanKillMs: 1200,
  patienceMs: 5000,
  calmMs: 60_000,
};

function expectTruth(store: string, report: StormReport): void {
  expect(findings(store, report), `evidence in ${report.folder}`).toEqual([]);
  expect(report.collapses).toBe(0);
  expect(report.kills).toBeGreaterThan(0);
  expect(report.faultsOnChanges + report.faultsOnReads).toBeGreaterThan(0);
  for (const provider of providers) expect(report.verdicts[provider].effects).toBeGreaterThan(0);
}

const postgres = await findPostgres();

describe('random faults and process kills', () => {
  it('one process on SQLite restores every acknowledged migration exactly once and reports its true state', async () => {
    expectTruth('sqlite', await storm({ ...brief, pace: await machinePace(), store: 'sqlite' }));
  }, 300_000);

  it.skipIf(!postgres.available)(
    'two replicas on PostgreSQL restore every acknowledged migration exactly once and report its true state',
    async () => {
      if (!postgres.available) return;
      const server = await postgres.start(async (url) => (await openStore(url, { runtime: systemRuntime })).close());
      try {
        const store = { url: await server.createDatabase(), replicas: 2 };
        const report = await storm({ ...brief, pace: await machinePace(), store });
        expectTruth('postgresql', report);
        expect(report.storeOutages).toBeGreaterThan(0);
      } finally {
        await server.stop();
      }
    },
    300_000,
  );
});
