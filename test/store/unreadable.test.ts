import { expect, it } from 'vitest';
import { UnreadableRecord } from '../../src/domain/store.ts';
import { UnreadableRecords } from '../../src/store/unreadable.ts';

it('names the first hundred unreadable records once each, and says once that there are more', () => {
  const errors: unknown[] = [];
  const records = new UnreadableRecords((error) => errors.push(error));
  const rows = Array.from({ length: 150 }, (_, index) => `row ${index}`);
  const read = (id: string): string => {
    if (id === 'row 7') return id;
    throw new UnreadableRecord('migrations', id, 'is not JSON');
  };
  for (let turn = 0; turn < 2; turn++) expect(records.readable(rows, read)).toEqual(['row 7']);
  expect(records.found).toHaveLength(100);
  expect(errors).toHaveLength(101);
  expect(errors.at(-1)).toMatchObject({ message: expect.stringContaining('more than 100') });
});
