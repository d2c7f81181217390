import { get } from 'node:http';
import { creation } from '../gateway.ts';
import { cpuOfRequests, median, type Row } from '../measure.ts';
import type { Stage, StoreKind } from '../stage.ts';

const listeners = 500;
const perTurn = 100;

/** The cost of a creation with many event streams and without. */
export async function streams(stage: Stage, store: StoreKind): Promise<readonly Row[]> {
  const gateway = await stage.own(`streams ${store}`, await stage.storeUrl(store));
  const cost = async (): Promise<number> => {
    const costs: number[] = [];
    for (let round = 0; round <= 3; round++)
      costs.push(await cpuOfRequests([gateway], perTurn, 201, () => creation('alibaba')));
    return median(costs.slice(1));
  };
  try {
    const alone = await cost();
    const open = await Promise.all(Array.from({ length: listeners }, () => listen(`${gateway.url}/migrations/events`)));
    const heard = await cost();
    const memory = gateway.rssMb();
    for (const stream of open) stream.close();
    return [
      {
        name: `POST /migrations with ${listeners} event streams, ${store}`,
        unit: 'µs',
        godwit: heard,
        against: { name: 'without', value: alone },
        target: '≤ 1.5 ×',
      },
      {
        name: `memory with ${listeners} event streams, ${store}`,
        unit: 'MB',
        godwit: memory,
        against: null,
        target: null,
      },
    ];
  } finally {
    await gateway.stop();
  }
}

/** Reads a stream and discards it. */
function listen(url: string): Promise<{ close(): void }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { accept: 'text/event-stream' }, agent: false }, (response) => {
      response.resume().on('error', () => {});
      resolve({ close: () => request.destroy() });
    });
    request.on('error', reject);
  });
}
