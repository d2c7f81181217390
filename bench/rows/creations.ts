import { creation } from '../gateway.ts';
import { cpuOfRequests, inTurns, type Row } from '../measure.ts';
import type { Stage, StoreKind } from '../stage.ts';

const vendors = [
  { provider: 'alibaba', name: 'Alibaba, 1 call', target: { SQLite: '≤ 1.2 ×', PostgreSQL: '≤ 2.5 ×' } },
  { provider: 'tencent', name: 'Tencent, 2 calls', target: { SQLite: '≤ 0.9 ×', PostgreSQL: '≤ 1.5 ×' } },
  { provider: 'huawei', name: 'Huawei, 1 call', target: { SQLite: null, PostgreSQL: null } },
] as const;
/** The same number for each contestant, so that their compilers are equally warm. */
const perTurn = 1000;

/** `POST /migrations` beside a handler around the SDK, which stores nothing. */
export async function creations(stage: Stage, store: StoreKind): Promise<readonly Row[]> {
  const gateway = await stage.gateway(store);
  const sdk = await stage.sdk();
  const rows: Row[] = [];
  for (const { provider, name, target } of vendors) {
    const next = () => creation(provider);
    const [ours = Number.NaN, theirs = Number.NaN] = await inTurns([
      { name: 'Godwit', run: () => cpuOfRequests([gateway], perTurn, 201, next) },
      { name: 'SDK', run: () => cpuOfRequests([sdk], perTurn, 201, next) },
    ]);
    rows.push({
      name: `POST /migrations, ${name}, ${store}`,
      unit: 'µs',
      godwit: ours,
      against: { name: 'handler around the SDK', value: theirs },
      target: target[store],
    });
  }
  return rows;
}
