import { parseArgs } from 'node:util';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { lasting } from './lasting.ts';
import { measure } from './measure.ts';
import { machinePace } from './pace.ts';
import { findings, heading, stormLines } from './report.ts';
import { providers, type StormPlan, type StormReport, storm } from './storm.ts';

/**
 * `npm run chaos -- [--seed N] [--brief] [--store sqlite|postgres]`. Prints the result. Exits with 1 when a file was
 * restored twice or lost, or when a caller was told something false.
 */
const { values } = parseArgs({
  options: { seed: { type: 'string' }, brief: { type: 'boolean', default: false }, store: { type: 'string' } },
});
const seed = values.seed === undefined ? systemRuntime.now() % 1_000_000 : Number(values.seed);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const full = { intentsPerProvider: 180, arrivalMs: 130_000, maxMs: 205_000, patienceMs: 70_000, calmMs: 120_000 };
const brief = { intentsPerProvider: 20, arrivalMs: 20_000, maxMs: 30_000, patienceMs: 8000, calmMs: 60_000 };
const size = values.brief ? brief : full;
const pace = await machinePace();
const plans: Readonly<Record<'sqlite' | 'postgresql', Omit<StormPlan, 'seed' | 'store'>>> = {
  sqlite: { ...size, pace, kills: values.brief ? 5 : 80, meanKillMs: 900 },
  postgresql: { ...size, pace, kills: values.brief ? 8 : 130, meanKillMs: 700 },
};

const began = systemRuntime.now();
print(`chaos, seed ${seed}, times stretched by ${pace.toFixed(1)}`);
const postgres = values.store === 'sqlite' ? null : await findPostgres();
if (postgres?.available === false) print(`PostgreSQL is not tested: ${postgres.reason}`);
const server: PostgresServer | null = postgres?.available
  ? await postgres.start(async (url) => (await openStore(url, { runtime: systemRuntime })).close())
  : null;

const reports: { readonly store: string; readonly report: StormReport }[] = [];
async function run(store: 'sqlite' | 'postgresql', where: StormPlan['store'], ownSeed: number): Promise<void> {
  reports.push({ store, report: await storm({ ...plans[store], seed: ownSeed, store: where }) });
}
const measurements: string[] = [];
const lastingReport = await lasting(seed, pace);
try {
  if (values.store !== 'postgres') await run('sqlite', 'sqlite', seed);
  if (server !== null) await run('postgresql', { url: await server.createDatabase(), replicas: 3 }, seed + 1);
  if (server !== null) measurements.push(...(await measure(server, pace)));
} finally {
  await server?.stop();
}

print('');
print(heading);
for (const { store, report } of reports) for (const line of stormLines(store, report)) print(line);
print('');
for (const { store, report } of reports) {
  print(
    `${store}: ${report.faultsOnChanges} faults on changing calls, ${report.faultsOnReads} on others, ${report.kills} kills, ${report.pauses} pauses beyond the lease, ${report.strangeStarts} starts with accounts at another cloud, ${report.recreations} deleted and asked for again, ${report.storeOutages} outages of the store right after a commit`,
  );
  if (report.collapses > 0) print(`${store}: ${report.collapses} processes ended by themselves; see ${report.folder}`);
}
for (const line of [...lastingReport.lines, ...measurements]) print(line);
const found = [...reports.flatMap(({ store, report }) => findings(store, report)), ...lastingReport.findings];
for (const line of found) print(line);
const collapsed = reports.some(({ report }) => report.collapses > 0);
const idle = providers.some((provider) => reports.some(({ report }) => report.verdicts[provider].effects === 0));
const outcome = idle
  ? 'nothing was restored, so nothing is shown'
  : found.length === 0
    ? 'nothing lost, nothing twice'
    : `${found.length} findings`;
print(`${Math.round((systemRuntime.now() - began) / 1000)} s, seed ${seed}: ${outcome}`);
if (found.length > 0) for (const { report } of reports) print(`evidence in ${report.folder}`);
process.exitCode = found.length > 0 || collapsed || idle ? 1 : 0;
