import { creation } from '../gateway.ts';
import { cpuOfRequests, median, type Row } from '../measure.ts';
import type { Stage } from '../stage.ts';

const perReplica = 500;
/** Each process compiles its own code, so the first turns do not count. */
const warmUps = 2;

/** The cost of a creation over all processes with several replicas on one PostgreSQL. */
export async function replicas(stage: Stage): Promise<readonly Row[]> {
  const costs: number[] = [];
  for (const count of [1, 2, 4]) {
    const storeUrl = await stage.storeUrl('PostgreSQL');
    const gateways = await Promise.all(
      Array.from({ length: count }, (_, index) => stage.own(`replica ${index + 1} of ${count}`, storeUrl)),
    );
    const turns: number[] = [];
    for (let round = 0; round < warmUps + 3; round++)
      turns.push(await cpuOfRequests(gateways, perReplica * count, 201, () => creation('alibaba')));
    costs.push(median(turns.slice(warmUps)));
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  }
  const [one = Number.NaN, two = Number.NaN, four = Number.NaN] = costs;
  const row = (name: string, godwit: number, target: string | null): Row => ({
    name: `POST /migrations over ${name}, PostgreSQL`,
    unit: 'µs',
    godwit,
    against: { name: 'one replica', value: one },
    target,
  });
  return [row('2 replicas', two, null), row('4 replicas', four, '≤ 1.18 ×')];
}
