import { setTimeout as sleep } from 'node:timers/promises';
import { creation } from '../gateway.ts';
import { load, median, type Request, type Row } from '../measure.ts';
import { type Measured, startChild } from '../processes.ts';
import type { Stage, StoreKind } from '../stage.ts';

const short = 50;
/** Short chains that are measured; one alone has few requests. */
const shortChains = 3;
const long = 2000;
/** As many requests until most code is compiled. */
const warmUp = 500;
/** The shortest interval between two observations that the configuration takes, because a chain restores one backup at a time. */
const engine = { pollMinMs: 50 };
const pauseMs = 50;
const patienceMs = 600_000;
const headers = { 'content-type': 'application/json' };

interface Cost {
  /** CPU time in microseconds of one backup that is added. */
  readonly added: number;
  /** The same of one that is restored. */
  readonly restored: number;
}

/**
 * The cost of a backup in a chain of 2,000 and in one of 50: of adding it, and of restoring it. `restored`: the number of backups of the
 * long chain that are restored, which take about a tenth of a second each.
 */
export async function chains(stage: Stage, store: StoreKind, restored: number): Promise<readonly Row[]> {
  const storeUrl = await stage.storeUrl(store);
  const stub = await startChild('vendor-stub.ts');
  try {
    const gateway = await stage.own(`chains ${store}`, storeUrl, { engine, stub: stub.url });
    await chainCost(gateway, stub, warmUp, short);
    const few = await medianCost(shortChains, () => chainCost(gateway, stub, short, short));
    const many = await chainCost(gateway, stub, long, restored);
    const row = (what: string, godwit: number, value: number): Row => ({
      name: `one of ${long.toLocaleString('en')} backups of a chain ${what}, ${store}`,
      unit: 'µs',
      godwit,
      against: { name: `one of ${short}`, value },
      target: '≤ 1.3 ×',
    });
    const part = restored < long ? ` (the first ${restored})` : '';
    await gateway.stop();
    return [row('added', many.added, few.added), row(`restored${part}`, many.restored, few.restored)];
  } finally {
    await stub.stop();
  }
}

async function medianCost(times: number, measure: () => Promise<Cost>): Promise<Cost> {
  const costs: Cost[] = [];
  while (costs.length < times) costs.push(await measure());
  return { added: median(costs.map((cost) => cost.added)), restored: median(costs.map((cost) => cost.restored)) };
}

/** Adds all backups while the first one is restored, then lets the vendor restore one after the other. */
async function chainCost(gateway: Measured, stub: Measured, length: number, restored: number): Promise<Cost> {
  await setStatus(stub, 'running');
  const order = creation('huawei');
  const body = JSON.stringify({ ...JSON.parse(order.body ?? '{}'), mode: 'full_log' });
  const answer = await fetch(`${gateway.url}/migrations`, { method: 'POST', headers, body });
  const { id } = (await answer.json()) as { readonly id: string };
  let log = 0;
  const next = (): Request => ({
    method: 'POST',
    path: `/migrations/${id}/backups`,
    headers,
    body: JSON.stringify({
      type: 'log',
      source: { type: 'object_storage', bucket: 'acme-backups', keys: [`prod/orders_${++log}.bak`] },
    }),
  });
  const beforeAdding = gateway.cpuMs();
  await load([gateway.url], length - 1, 201, next, 1);
  const added = gateway.cpuMs() - beforeAdding;

  const sentBefore = await sentOf(stub);
  const beforeRestoring = gateway.cpuMs();
  await setStatus(stub, 'succeeded');
  const until = performance.now() + patienceMs;
  let sent = 0;
  while (sent < restored - 1 && performance.now() < until) {
    await sleep(pauseMs);
    // Asked of the vendor, because an answer of the gateway has its own cost.
    sent = (await sentOf(stub)) - sentBefore;
  }
  if (sent < restored - 1) throw new Error(`${sent} backups of ${restored} were sent`);
  const cpuMs = gateway.cpuMs() - beforeRestoring;
  await setStatus(stub, 'running');
  return { added: (added * 1000) / (length - 1), restored: (cpuMs * 1000) / sent };
}

async function setStatus(stub: Measured, status: 'running' | 'succeeded'): Promise<void> {
  await fetch(`${stub.url}/status`, { method: 'POST', body: status });
}

async function sentOf(stub: Measured): Promise<number> {
  const counts = (await (await fetch(`${stub.url}/counts`)).json()) as Readonly<Record<string, number>>;
  return counts.CreateReplicationJob ?? 0;
}
