import { expect, it } from 'vitest';
import { putNewest } from '../../src/domain/bounded-map.ts';
import { someAtOnce } from '../../src/domain/some-at-once.ts';

it('limits the number of concurrent items and keeps the order of results', async () => {
  let underWay = 0;
  let most = 0;
  const results = await someAtOnce([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    underWay--;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

it('a full map drops the oldest entry; setting a key again makes it the newest', () => {
  const map = new Map<string, number>();
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
  ] as const)
    putNewest(map, key, value, 2);
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});
