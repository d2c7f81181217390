import { expect } from 'vitest';
import type { testApp } from './app.ts';

/** The ids on all pages of a list, followed by their links. */
export async function idsOfAllPages(
  call: Awaited<ReturnType<typeof testApp>>['call'],
  first: string,
): Promise<readonly string[]> {
  const seen: string[] = [];
  let url: string | undefined = first;
  for (let pages = 0; url !== undefined && pages < 10; pages++) {
    const response = await call('GET', url);
    const { items, nextPageToken } = response.json<{ items: { id: string }[]; nextPageToken: string | null }>();
    seen.push(...items.map(({ id }) => id));
    url = /^<([^>]+)>; rel="next"$/.exec(String(response.headers.link ?? ''))?.[1];
    expect(url === undefined).toBe(nextPageToken === null);
  }
  return seen;
}
