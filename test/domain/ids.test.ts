import { expect, it } from 'vitest';
import { earliestId, newId } from '../../src/domain/ids.ts';
import { noon } from '../support/samples.ts';

it('creates ids that sort by time, and time bounds that enclose every id of that time', () => {
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

it('returns a bound for times that no id can have', () => {
  expect(earliestId('mig', -1)).toBe(earliestId('mig', 0));
  expect(earliestId('mig', noon + 0.5)).toBe(earliestId('mig', noon));
  expect(earliestId('mig', Number.MAX_VALUE)).toBe(`mig_${'z'.repeat(10)}`);
});
