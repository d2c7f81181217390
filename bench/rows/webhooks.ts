import { setTimeout as sleep } from 'node:timers/promises';
import { multiplyDelivery } from '../filled-store.ts';
import { creation } from '../gateway.ts';
import { load, type Row } from '../measure.ts';
import { startChild } from '../processes.ts';
import type { Stage, StoreKind } from '../stage.ts';

const deliveries = 5000;
const pauseMs = 250;
const patienceMs = 180_000;

interface Seen {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** The rate at which many pending events reach one fast receiver. */
export async function webhooks(stage: Stage, store: StoreKind): Promise<readonly Row[]> {
  const url = await stage.storeUrl(store);
  const receiver = await startChild('contestants/receiver.ts');
  const seen = async (): Promise<Seen> => (await (await fetch(receiver.url)).json()) as Seen;
  const first = await stage.own('filling', url);
  const made = await fetch(`${first.url}/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${receiver.url}/hook` }),
  });
  if (made.status !== 201) throw new Error(`POST /webhooks: ${made.status} ${await made.text()}`);
  await load([first.url], 1, 201, () => creation('alibaba'), 1);
  while ((await seen()).count < 1) await sleep(pauseMs);
  await first.stop();
  await receiver.stop();
  const fresh = await startChild('contestants/receiver.ts', new URL(receiver.url).port);
  await multiplyDelivery(url, deliveries, Date.now());
  const gateway = await stage.own(`webhooks ${store}`, url);
  try {
    const started = gateway.cpuMs();
    const until = performance.now() + patienceMs;
    const now = async (): Promise<Seen> => (await (await fetch(fresh.url)).json()) as Seen;
    while ((await now()).count < deliveries && performance.now() < until) await sleep(pauseMs);
    const { count, first: began, last } = await now();
    return [
      {
        name: `one of ${deliveries} webhook deliveries, time, ${store}`,
        unit: 'ms',
        godwit: (last - began) / count,
        against: null,
        target: '≤ 1 ms',
      },
      {
        name: `one of ${deliveries} webhook deliveries, CPU time, ${store}`,
        unit: 'µs',
        godwit: ((gateway.cpuMs() - started) * 1000) / count,
        against: null,
        target: null,
      },
    ];
  } finally {
    await gateway.stop();
    await fresh.stop();
  }
}
