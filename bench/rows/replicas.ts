import { creation } from '../gateway.ts';
import { cpuOfRequests, median, type Row } from '../measure.ts';
import type { Stage } from '../stage.ts';

const perReplica = 300;
/** Each process compiles its own code, so the first turns do not count. */
const warmUps = 2;
const rounds = 3;

/** The cost of a creation over all processes with several replicas on one PostgreSQL, and with as many gateways that share nothing. */
export async function replicas(stage: Stage): Promise<readonly Row[]> {
  const one = await costOf(stage, 1, true);
  const two = await costOf(stage, 2, true);
  const four = await costOf(stage, 4, true);
  const apart = await costOf(stage, 4, false);
  const row = (name: string, godwit: number, beside: string, value: number, target: string | null): Row => ({
    name: `POST /migrations over ${name}, PostgreSQL`,
    unit: 'µs',
    godwit,
    against: { name: beside, value },
    target,
  });
  return [
    row('2 replicas', two, 'one replica', one, null),
    row('4 replicas', four, 'one replica', one, '≤ 1.18 ×'),
    row('4 replicas, without the machine', four, '4 gateways with a database each', apart, '≤ 1.18 ×'),
  ];
}

async function costOf(stage: Stage, count: number, shared: boolean): Promise<number> {
  const first = await stage.storeUrl('PostgreSQL');
  const urls = [first];
  while (urls.length < count) urls.push(shared ? first : await stage.storeUrl('PostgreSQL'));
  const kind = shared ? 'of' : 'apart of';
  const gateways = await Promise.all(urls.map((url, index) => stage.own(`replica ${index + 1} ${kind} ${count}`, url)));
  const turns: number[] = [];
  for (let round = 0; round < warmUps + rounds; round++)
    turns.push(await cpuOfRequests(gateways, perReplica * count, 201, () => creation('alibaba')));
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  return median(turns.slice(warmUps));
}
