import { parseArgs } from 'node:util';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { findings, heading, stormLines } from './report.ts';
import { providers, type StormPlan, type StormReport, storm } from './storm.ts';

/**
 * `npm run chaos -- [--seed N] [--brief] [--store sqlite|postgres]`. Prints what happened; ends with 1 when anything was restored twice, lost,
 * or told wrongly.
 */
const { values } = parseArgs({
  options: { seed: { type: 'string' }, brief: { type: 'boolean', default: false }, store: { type: 'string' } },
});
const seed = values.seed === undefined ? systemRuntime.now() % 1_000_000 : Number(values.seed);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const full = { intentsPerProvider: 180, patienceMs: 25_000, calmMs: 60_000 };
const brief = { intentsPerProvider: 20, patienceMs: 8000, calmMs: 30_000 };
const size = values.brief ? brief : full;
const plans: Readonly<Record<'sqlite' | 'postgres', Omit<StormPlan, 'seed' | 'store'>>> = {
  sqlite: { ...size, durationMs: values.brief ? 20_000 : 190_000, meanKillMs: values.brief ? 2500 : 1200 },
  postgres: { ...size, durationMs: values.brief ? 20_000 : 170_000, meanKillMs: values.brief ? 1500 : 1000 },
};

const began = systemRuntime.now();
print(`chaos, seed ${seed}`);
const reports: { readonly store: string; readonly report: StormReport }[] = [];
if (values.store !== 'postgres')
  reports.push({ store: 'sqlite', report: await storm({ ...plans.sqlite, seed, store: 'sqlite' }) });

const postgres = values.store === 'sqlite' ? null : await findPostgres();
if (postgres?.available) {
  const server: PostgresServer = await postgres.start(async (url) => {
    await (await openStore(url, { runtime: systemRuntime })).close();
  });
  try {
    const store = { url: await server.createDatabase(), replicas: 3 };
    reports.push({ store: 'postgresql', report: await storm({ ...plans.postgres, seed: seed + 1, store }) });
  } finally {
    await server.stop();
  }
} else if (postgres !== null) print(`PostgreSQL is not tested: ${postgres.reason}`);

print('');
print(heading);
for (const { store, report } of reports) for (const line of stormLines(store, report)) print(line);
print('');
for (const { store, report } of reports) {
  print(
    `${store}: ${report.faultsOnChanges} faults on changing calls, ${report.faultsOnReads} on others, ${report.kills} kills, ${report.pauses} pauses beyond the lease`,
  );
  if (report.collapses > 0) print(`${store}: ${report.collapses} processes ended by themselves; see ${report.folder}`);
}
const found = reports.flatMap(({ store, report }) => findings(store, report));
for (const line of found) print(line);
const collapsed = reports.some(({ report }) => report.collapses > 0);
const idle = providers.some((provider) => reports.some(({ report }) => report.verdicts[provider].effects === 0));
print(
  `${Math.round((systemRuntime.now() - began) / 1000)} s, seed ${seed}: ${found.length === 0 ? 'nothing lost, nothing twice' : `${found.length} findings`}`,
);
if (found.length > 0) for (const { report } of reports) print(`evidence in ${report.folder}`);
process.exitCode = found.length > 0 || collapsed || idle ? 1 : 0;
