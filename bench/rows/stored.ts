import { multiplyMigration } from '../filled-store.ts';
import { creation } from '../gateway.ts';
import { latencies } from '../latency.ts';
import { load, median, type Row } from '../measure.ts';
import type { Measured } from '../processes.ts';
import type { Stage, StoreKind } from '../stage.ts';

const samples = 1000;
const warmUp = 100;
const startRounds = 3;
/** The fraction of copies that match a filter. */
const rare = 1000;

/** Pages of 50 from many stored migrations by filter, and a start with that store. */
export async function stored(stage: Stage, store: StoreKind, count: number): Promise<readonly Row[]> {
  const url = await stage.storeUrl(store);
  const first = await stage.own(`filling ${store}`, url);
  await load([first.url], 1, 201, () => creation('alibaba'), 1);
  await first.stop();
  const empty = await startCost(stage, await stage.storeUrl(store));
  const rarely = (one: string, other: string) => (n: string) =>
    `case ${n} % ${rare} when 0 then '${one}' else '${other}' end`;
  await multiplyMigration(url, count, (n) => ({
    provider: rarely('huawei', 'alibaba')(n),
    account: rarely('huawei-1', 'alibaba-1')(n),
    region: rarely('cn-shanghai', 'cn-hangzhou')(n),
    state: rarely('failed', 'succeeded')(n),
    name: rarely('invoices', 'orders')(n),
    instance_id: rarely('rm-rare', 'rm-usual')(n),
    value: rarely('invoices', 'orders')(n),
    occupies_instance: '0',
    waits_for_instance: '0',
    due_at: 'null',
    lease_owner: 'null',
    lease_until: 'null',
  }));
  const full = await startCost(stage, url);
  const rows: Row[] = [
    {
      name: `start with ${count.toLocaleString('en')} stored migrations, CPU time, ${store}`,
      unit: 'ms',
      godwit: full,
      against: { name: 'start with an empty store', value: empty },
      target: '≤ 2 ×',
    },
  ];
  const gateway = await stage.own(`stored ${store}`, url);
  try {
    for (const filter of filters) {
      const path = `/migrations?pageSize=50${filter}`;
      rows.push(await page(gateway, store, filter, 'first page', path));
      const answer = await fetch(gateway.url + path);
      const { nextPageToken } = (await answer.json()) as { readonly nextPageToken: string | null };
      if (nextPageToken === null) continue;
      const deep = `${path}&pageToken=${tokenFrom(nextPageToken, count / 2)}`;
      rows.push(await page(gateway, store, filter, 'deep page', deep));
    }
    return rows;
  } finally {
    await gateway.stop();
  }
}

const filters = [
  '',
  '&provider=huawei',
  '&provider=alibaba',
  '&account=huawei-1',
  '&region=cn-shanghai',
  '&state=failed',
  '&state=succeeded',
  '&instanceId=rm-rare',
  '&name=invoices',
  '&label.team=invoices',
  '&label.team=orders',
] as const;

/** The token of the page after a copy, derived from the first page's token, to avoid reading all pages. */
function tokenFrom(token: string, number: number): string {
  const id = `mig_0${String(Math.floor(number)).padStart(25, '0')}`;
  const [version, digest] = Buffer.from(token, 'base64url').toString().split('.');
  return Buffer.from(`${version}.${digest}.${id}`).toString('base64url');
}

async function page(gateway: Measured, store: StoreKind, filter: string, which: string, path: string): Promise<Row> {
  await latencies(gateway.url, path, warmUp);
  const before = gateway.cpuMs();
  const times = await latencies(gateway.url, path, samples);
  const cpuMs = (gateway.cpuMs() - before) / samples;
  const p99 = times.toSorted((one, other) => one - other)[Math.floor(samples * 0.99)] ?? Number.NaN;
  return {
    name: `page of 50, ${filter === '' ? 'no filter' : filter.slice(1)}, ${which}, p99, ${store}`,
    unit: 'ms',
    godwit: p99,
    against: null,
    note: `median ${median(times).toFixed(1)} ms, CPU time ${cpuMs.toFixed(1)} ms`,
    target: '≤ 10 ms',
  };
}

async function startCost(stage: Stage, url: string): Promise<number> {
  const costs: number[] = [];
  for (let round = 0; round <= startRounds; round++) {
    const gateway = await stage.own('start', url);
    costs.push(gateway.cpuMs());
    await gateway.stop();
  }
  return median(costs.slice(1));
}
