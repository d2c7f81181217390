import { setTimeout as sleep } from 'node:timers/promises';
import { multiplyMigration, settleCalls } from '../filled-store.ts';
import { creation } from '../gateway.ts';
import { load, type Row } from '../measure.ts';
import { type Measured, startChild } from '../processes.ts';
import type { Stage } from '../stage.ts';

/** Restores that have run for hours are observed at the longest interval. */
const runningMs = 3 * 3_600_000;
const hourMs = 3_600_000;

/** How long a tracking gateway is measured, in milliseconds. */
interface Pace {
  /** The interval between two observations of a migration. */
  readonly intervalMs: number;
  /** The first round finds migrations due at any time; from then on those of an instance come due together. */
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

/** The default settings: each instance is read once a minute, so two minutes cover each of them. */
const ofDefaults: Pace = { intervalMs: 60_000, warmUpMs: 75_000, measuredMs: 120_000 };
/** A minute in four seconds. */
const hurried: Pace = { intervalMs: 4_000, warmUpMs: 6_000, measuredMs: 12_000 };

/** What a gateway tracks. */
interface Watched {
  readonly active: number;
  readonly instances: number;
  readonly ended: number;
}

/** Vendor reads and CPU time in seconds of an hour with observations once a minute. */
interface Cost {
  readonly reads: number;
  readonly cpuS: number;
}

/** The hourly cost of tracking running migrations with default settings: CPU time and vendor reads. */
export async function tracking(stage: Stage): Promise<readonly Row[]> {
  // In parallel, each with its own vendors, because most of the time nothing happens.
  const [few, many, beside] = await Promise.all([
    watched(stage, ofDefaults, { active: 100, instances: 100, ended: 0 }),
    watched(stage, ofDefaults, { active: 10_000, instances: 100, ended: 0 }),
    watched(stage, ofDefaults, { active: 10_000, instances: 100, ended: 100_000 }),
  ]);
  const most = await watched(stage, ofDefaults, { active: 100_000, instances: 1000, ended: 0 });
  return [
    row('10,000 active on 100 instances, reads an hour', '', many.reads, '100 active', few.reads, '≤ 1.2 ×'),
    row('10,000 active on 100 instances, CPU an hour', 's', many.cpuS, '100 active', few.cpuS, null),
    row('100,000 active on 1,000, CPU an hour', 's', most.cpuS, '10,000 on 100', many.cpuS, '≤ 10 ×'),
    row('10,000 beside 100,000 that have ended, CPU an hour', 's', beside.cpuS, 'without', many.cpuS, '≤ 1.15 ×'),
  ];
}

/** The same in less time: an hour at a minute's interval is taken from three rounds of four seconds. */
export async function hurriedTracking(stage: Stage): Promise<readonly Row[]> {
  const [few, many, beside] = await Promise.all([
    watched(stage, hurried, { active: 300, instances: 10, ended: 0 }),
    watched(stage, hurried, { active: 3_000, instances: 100, ended: 0 }),
    watched(stage, hurried, { active: 3_000, instances: 100, ended: 30_000 }),
  ]);
  return [
    row('3,000 active on 100 instances, CPU of 60 rounds', 's', many.cpuS, '300 on 10', few.cpuS, '≤ 10 ×'),
    row('3,000 beside 30,000 that have ended, CPU of 60 rounds', 's', beside.cpuS, 'without', many.cpuS, '≤ 1.15 ×'),
  ];
}

function row(name: string, unit: string, godwit: number, beside: string, value: number, target: string | null): Row {
  return { name: `tracking, ${name}, SQLite`, unit, godwit, against: { name: beside, value }, target };
}

async function watched(stage: Stage, pace: Pace, what: Watched): Promise<Cost> {
  const stub = await startChild('vendor-stub.ts');
  try {
    return await costOf(stage, stub, pace, what);
  } finally {
    await stub.stop();
  }
}

async function costOf(stage: Stage, stub: Measured, pace: Pace, { active, instances, ended }: Watched): Promise<Cost> {
  const url = await stage.storeUrl('SQLite');
  const first = await stage.own('filling', url, { stub: stub.url });
  await load([first.url], 1, 201, () => creation('alibaba'), 1);
  await first.stop();
  const now = Date.now();
  await settleCalls(url, now - runningMs);
  await multiplyMigration(url, active, (n) => ({
    instance_id: `'rm-tracked' || (${n} % ${instances})`,
    occupies_instance: '0',
    waits_for_instance: '0',
    due_at: `${now} + (${n} * 7919) % ${pace.intervalMs}`,
    lease_owner: 'null',
    lease_until: 'null',
  }));
  if (ended > 0)
    await multiplyMigration(
      url,
      ended,
      () => ({ state: "'succeeded'", occupies_instance: '0', waits_for_instance: '0', due_at: 'null' }),
      active + 1,
    );
  const engine = pace === ofDefaults ? {} : { pollMinMs: pace.intervalMs / 8, pollMaxMs: pace.intervalMs };
  const gateway = await stage.own(`tracking ${active} ${ended}`, url, { engine, stub: stub.url });
  try {
    await sleep(pace.warmUpMs);
    const before = { cpuMs: gateway.cpuMs(), reads: await readsOf(stub.url) };
    await sleep(pace.measuredMs);
    const scale = (hourMs / pace.measuredMs) * (pace.intervalMs / ofDefaults.intervalMs);
    return {
      reads: ((await readsOf(stub.url)) - before.reads) * scale,
      cpuS: ((gateway.cpuMs() - before.cpuMs) * scale) / 1000,
    };
  } finally {
    await gateway.stop();
  }
}

async function readsOf(stub: string): Promise<number> {
  const counts = (await (await fetch(`${stub}/counts`)).json()) as Readonly<Record<string, number>>;
  return Object.entries(counts).reduce(
    (sum, [name, count]) => sum + (/^(Describe|List|Show)/.test(name) ? count : 0),
    0,
  );
}
