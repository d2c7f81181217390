import { setTimeout as sleep } from 'node:timers/promises';
import { creation } from '../gateway.ts';
import { load, type Row } from '../measure.ts';
import type { Stage, StoreKind } from '../stage.ts';

/** The fraction of requests that create; the others read. */
const creationsOf = 1 / 5;
const idleMs = 2000;

/** Resident memory when idle and after a number of requests. */
export async function memory(stage: Stage, store: StoreKind, requests: number): Promise<readonly Row[]> {
  const gateway = await stage.own(`memory ${store}`, await stage.storeUrl(store));
  try {
    await sleep(idleMs);
    const idle = gateway.rssMb();
    await load([gateway.url], requests * creationsOf, 201, () => creation('alibaba'));
    const page = await fetch(`${gateway.url}/migrations`);
    const { items } = (await page.json()) as { items: readonly { readonly id: string }[] };
    let turn = 0;
    await load([gateway.url], requests * (1 - creationsOf), 200, () => ({
      method: 'GET',
      path: `/migrations/${items[turn++ % items.length]?.id}`,
    }));
    const after = gateway.rssMb();
    const row = (when: string, godwit: number, target: string): Row => ({
      name: `memory ${when}, ${store}`,
      unit: 'MB',
      godwit,
      against: null,
      target,
    });
    return [row('idle', idle, '≤ 120 MB'), row(`after ${requests.toLocaleString('en')} requests`, after, '≤ 200 MB')];
  } finally {
    await gateway.stop();
  }
}
