import { expect, it } from 'vitest';
import { someAtOnce } from '../../src/domain/some-at-once.ts';

it('returns the results in the order of the items, with no more than the given number under way', async () => {
  let underWay = 0;
  let most = 0;
  const results = await someAtOnce([3, 1, 2, 0], 2, async (turns, index) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    underWay--;
    return `${index}: ${turns}`;
  });
  expect(results).toEqual(['0: 3', '1: 1', '2: 2', '3: 0']);
  expect(most).toBe(2);
});

it('rejects with the first failure and starts no further item', async () => {
  const started: number[] = [];
  const work = someAtOnce([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await new Promise(setImmediate);
    if (item === 1) throw new Error('the second item fails');
  });
  await expect(work).rejects.toThrow('the second item fails');
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  expect(started).toEqual([0, 1, 2]);
});
