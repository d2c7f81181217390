import type { Vendor } from '../configuration.ts';
import { creation } from '../gateway.ts';
import { load, type Request, type Row } from '../measure.ts';
import type { Stage, StoreKind } from '../stage.ts';

interface Counts {
  readonly statements: number;
  readonly commits: number;
}

const times = 100;

/** Statements and commits of one request, with one request at a time. */
export async function statements(stage: Stage, store: StoreKind): Promise<readonly Row[]> {
  const gateway = await stage.own(`statements ${store}`, await stage.storeUrl(store), { counting: true });
  const rows: Row[] = [];
  const count = async (status: number, next: () => Request): Promise<Counts> => {
    await load([gateway.url], 10, status, next, 1);
    await gateway.ask('counts');
    await load([gateway.url], times, status, next, 1);
    const { statements: all, commits } = (await gateway.ask('counts')) as Counts;
    return { statements: all / times, commits: commits / times };
  };
  const row = (name: string, counted: number, target: string | null = null): void => {
    // Work of timers does not belong to a request.
    const godwit = Math.round(counted * 10) / 10;
    rows.push({ name: `${name}, ${store}`, unit: '', godwit, against: null, target });
  };
  try {
    for (const [provider, calls] of [
      ['alibaba', 1],
      ['tencent', 2],
    ] as readonly (readonly [Vendor, number])[]) {
      const counts = await count(201, () => creation(provider));
      row(`statements per POST, ${provider}`, counts.statements);
      row(`commits per POST, ${provider}`, counts.commits, `≤ ${2 * calls}`);
    }
    const page = await fetch(`${gateway.url}/migrations`);
    const { items } = (await page.json()) as { items: readonly { readonly id: string }[] };
    const read: Request = { method: 'GET', path: `/migrations/${items[0]?.id}` };
    row('statements per GET', (await count(200, () => read)).statements);
    row('statements per page of 50', (await count(200, () => ({ method: 'GET', path: '/migrations' }))).statements);
    return rows;
  } finally {
    await gateway.stop();
  }
}
