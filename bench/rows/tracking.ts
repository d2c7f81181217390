import { setTimeout as sleep } from 'node:timers/promises';
import { multiplyMigration, settleCalls } from '../filled-store.ts';
import { creation } from '../gateway.ts';
import { load, type Row } from '../measure.ts';
import { startChild } from '../processes.ts';
import type { Stage } from '../stage.ts';

const instances = 100;
/** Restores that have run for hours are observed once a minute. */
const runningMs = 3 * 3_600_000;
/**
 * Warm-up in milliseconds. In the first round migrations are due at different times; from then on those of an instance are due together.
 */
const warmUpMs = 75_000;
/** Each instance is read once a minute, so two minutes cover each of them. */
const measuredMs = 120_000;
const hourMs = 3_600_000;

/** The hourly cost of tracking running migrations with default settings: CPU time and vendor reads. */
export async function tracking(stage: Stage): Promise<readonly Row[]> {
  // In parallel, each with its own vendors, because most of the time nothing happens.
  const [few, many, beside] = await Promise.all([
    watched(stage, 100, 0),
    watched(stage, 10_000, 0),
    watched(stage, 10_000, 100_000),
  ]);
  const row = (name: string, unit: string, godwit: number, value: number, target: string | null): Row => ({
    name: `tracking, ${name}, SQLite`,
    unit,
    godwit,
    against: { name: '100 active', value },
    target,
  });
  return [
    row('10,000 active on 100 instances, reads an hour', '', many.reads, few.reads, '≤ 1.2 ×'),
    row('10,000 active on 100 instances, CPU an hour', 's', many.cpuS, few.cpuS, null),
    {
      ...row('the same beside 100,000 that have ended, CPU an hour', 's', beside.cpuS, many.cpuS, '≤ 1.15 ×'),
      against: { name: 'without them', value: many.cpuS },
    },
  ];
}

async function watched(
  stage: Stage,
  active: number,
  ended: number,
): Promise<{ readonly reads: number; readonly cpuS: number }> {
  const url = await stage.storeUrl('SQLite');
  const stub = await startChild('vendor-stub.ts');
  const first = await stage.own('filling', url, { stub: stub.url });
  await load([first.url], 1, 201, () => creation('alibaba'), 1);
  await first.stop();
  const now = Date.now();
  await settleCalls(url, now - runningMs);
  await multiplyMigration(url, active, (n) => ({
    instance_id: `'rm-tracked' || (${n} % ${instances})`,
    occupies_instance: '0',
    waits_for_instance: '0',
    due_at: `${now} + (${n} * 7919) % 60000`,
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
  const gateway = await stage.own(`tracking ${active} ${ended}`, url, { engine: {}, stub: stub.url });
  try {
    await sleep(warmUpMs);
    const before = { cpuMs: gateway.cpuMs(), reads: await readsOf(stub.url) };
    await sleep(measuredMs);
    const scale = hourMs / measuredMs;
    return {
      reads: ((await readsOf(stub.url)) - before.reads) * scale,
      cpuS: ((gateway.cpuMs() - before.cpuMs) * scale) / 1000,
    };
  } finally {
    await gateway.stop();
    await stub.stop();
  }
}

async function readsOf(stub: string): Promise<number> {
  const counts = (await (await fetch(`${stub}/counts`)).json()) as Readonly<Record<string, number>>;
  return Object.entries(counts).reduce(
    (sum, [name, count]) => sum + (/^(Describe|List|Show)/.test(name) ? count : 0),
    0,
  );
}
