import { expect, it } from 'vitest';
import { earliestId, newId } from '../../src/domain/ids.ts';
import { noon } from '../support/samples.ts';

it('makes ids that sort by their time, and bounds of a time that no id of it lies beyond', () => {
  const idOf = (at: number, byte: number) =>
    newId('mig', { now: () => at, randomBytes: (count) => Buffer.alloc(count, byte) });
  for (const at of [0, 1, 31, 32, noon - 1, noon, noon + 1]) {
    const ids = [idOf(at, 0), idOf(at, 31)];
    for (const id of ids) {
      expect(id > earliestId('mig', at)).toBe(true);
      expect(id < earliestId('mig', at + 1)).toBe(true);
    }
  }
});

it('gives a bound for times that no id can have', () => {
  expect(earliestId('mig', -1)).toBe(earliestId('mig', 0));
  expect(earliestId('mig', noon + 0.5)).toBe(earliestId('mig', noon));
  expect(earliestId('mig', Number.MAX_VALUE)).toBe(`mig_${'z'.repeat(10)}`);
});
