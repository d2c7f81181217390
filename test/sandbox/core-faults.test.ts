import { describe, expect, it } from 'vitest';
import { createFaultBook, type FaultRule, readFaultRule } from '../../src/sandbox/faults.ts';

const rule: FaultRule = { cloud: 'alibaba', operation: 'Create', kind: 'drop_after' };

/** Plays `count` requests: a cross for each that meets a fault, a dot for each other. */
function play(rules: readonly FaultRule[], count: number, seed = 1): string {
  const book = createFaultBook(seed);
  for (const entry of rules) book.add(entry);
  return Array.from({ length: count }, () => (book.take('alibaba', 'Create') === null ? '.' : 'x')).join('');
}

describe('a rule', () => {
  const rows: readonly (readonly [name: string, changes: Partial<FaultRule>, expected: string])[] = [
    ['fires once by default', {}, 'x.....'],
    ['fires `count` times', { count: 3 }, 'xxx...'],
    ['lets `skip` calls pass first', { skip: 2, count: 2 }, '..xx..'],
    ['never fires with probability 0', { probability: 0 }, '......'],
    ['always fires with probability 1', { probability: 1 }, 'xxxxxx'],
    ['fires `count` times at most, whatever its probability', { probability: 1, count: 2 }, 'xx....'],
    ['ignores other clouds', { cloud: 'huawei' }, '......'],
    ['ignores other operations', { operation: 'List' }, '......'],
    ['matches every cloud and operation as `*`', { cloud: '*', operation: '*' }, 'x.....'],
  ];
  for (const [name, changes, expected] of rows) {
    it(name, () => expect(play([{ ...rule, ...changes }], 6)).toBe(expected));
  }

  it('fires at its probability, in the same way for the same seed', () => {
    const chance = [{ ...rule, probability: 0.3 }];
    const row = play(chance, 2000);
    expect(row.replaceAll('.', '').length / 2000).toBeGreaterThan(0.27);
    expect(row.replaceAll('.', '').length / 2000).toBeLessThan(0.33);
    expect(play(chance, 2000)).toBe(row);
    expect(play(chance, 2000, 2)).not.toBe(row);
  });

  it('yields to the next rule when it is used up', () => {
    const book = createFaultBook(1);
    book.add(rule);
    book.add({ ...rule, kind: 'throttled' });
    expect([1, 2, 3].map(() => book.take('alibaba', 'Create')?.kind)).toEqual(['drop_after', 'throttled', undefined]);
    expect(book.list().map(({ fired }) => fired)).toEqual([1, 1]);
    book.clear();
    expect(book.list()).toEqual([]);
  });
});

describe('parsing a rule', () => {
  it('accepts known members and fills in defaults', () => {
    expect(readFaultRule({ kind: 'throttled' })).toEqual({ cloud: '*', operation: '*', kind: 'throttled' });
    expect(readFaultRule({ ...rule, count: 2, probability: 0.5, skip: 1, ms: 10 })).toMatchObject({ ms: 10 });
    expect(readFaultRule({ kind: 'reset' })).toMatchObject({ kind: 'reset_before' });
    expect(readFaultRule({ kind: 'garbage_html' })).toMatchObject({ kind: 'garbage_html_after' });
  });

  const wrong: readonly unknown[] = [
    null,
    'throttled',
    {},
    { kind: 'explode' },
    { kind: 'constructor' },
    { kind: 'throttled', cloud: 'azure' },
    { kind: 'throttled', operation: 1 },
    { kind: 'throttled', count: -1 },
    { kind: 'throttled', count: '1' },
    { kind: 'throttled', probability: 2 },
    { kind: 'throttled', times: 1 },
    { kind: 'garbage_html', status: 99 },
    { kind: 'vendor_error_before' },
  ];
  for (const value of wrong) {
    it(`refuses ${JSON.stringify(value)}`, () => expect(readFaultRule(value)).toBeTypeOf('string'));
  }
});
