import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { creation, folder } from '../gateway.ts';
import { cpuOfRequests, inTurns, load, type Request, type Row } from '../measure.ts';
import { startChild } from '../processes.ts';
import type { Stage, StoreKind } from '../stage.ts';

interface Page {
  readonly items: readonly { readonly id: string }[];
}

const pagePath = '/migrations?pageSize=50';
const perTurn = { reads: 8000, bareReads: 8000, pages: 600, barePages: 1000 } as const;

/** Reads of one migration, of an unchanged migration (304), and of a page of 50, beside a bare Fastify with the same bytes in memory. */
export async function reads(stage: Stage, store: StoreKind): Promise<readonly Row[]> {
  const gateway = await stage.gateway(store);
  await load([gateway.url], 60, 201, () => creation('tencent'));

  const answers: Record<string, { readonly body: string; readonly etag: string | null }> = {};
  const remember = async (path: string): Promise<string> => {
    const answer = await fetch(gateway.url + path);
    const body = await answer.text();
    answers[path] = { body, etag: answer.headers.get('etag') };
    return body;
  };
  const { items } = JSON.parse(await remember(pagePath)) as Page;
  const paths = items.map(({ id }) => `/migrations/${id}`);
  for (const path of paths) await remember(path);
  const file = join(folder, `answers-${store}.json`);
  writeFileSync(file, JSON.stringify(answers));
  const bare = await startChild('contestants/bare.ts', file);

  let turn = 0;
  const read = (): Request => ({ method: 'GET', path: paths[turn++ % paths.length] ?? '' });
  const unchanged = (): Request => {
    const request = read();
    return { ...request, headers: { 'if-none-match': answers[request.path]?.etag ?? '' } };
  };
  const page = (): Request => ({ method: 'GET', path: pagePath });
  const row = async (
    name: string,
    target: string,
    status: number,
    next: () => Request,
    [ours, theirs]: readonly [number, number],
  ): Promise<Row> => {
    const [godwit = Number.NaN, value = Number.NaN] = await inTurns([
      { name: 'Godwit', run: () => cpuOfRequests([gateway], ours, status, next) },
      { name: 'bare', run: () => cpuOfRequests([bare], theirs, status, next) },
    ]);
    return {
      name: `${name}, ${store}`,
      unit: 'µs',
      godwit,
      against: { name: 'bare Fastify, same bytes', value },
      target,
    };
  };
  try {
    const { reads: few, bareReads: many, pages, barePages } = perTurn;
    return [
      await row('GET /migrations/{id}', '≤ 2.5 ×', 200, read, [few, many]),
      await row('the same, 304', '≤ 1.8 ×', 304, unchanged, [few, many]),
      await row('GET /migrations, 50', '≤ 500 µs', 200, page, [pages, barePages]),
    ];
  } finally {
    await bare.stop();
  }
}
