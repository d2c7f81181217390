import { describe, expect, it } from 'vitest';
import { closestName, editDistance } from '../../../src/domain/spelling.ts';
import { sharedSchemas } from '../../../src/http/schemas/components.ts';
import { bodyFaults, type SchemaFault } from '../../../src/http/validation/faults.ts';
import { patternInWords } from '../../../src/http/validation/pattern-words.ts';
import { firstToken, memberPointer } from '../../../src/http/validation/pointer.ts';
import { providers } from '../../support/providers.ts';

describe('descriptions of patterns', () => {
  const patterns = new Set<string>();
  collect(sharedSchemas(providers.all));
  function collect(schema: unknown): void {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'pattern' && typeof value === 'string') patterns.add(value);
      if (key === 'patternProperties') for (const name of Object.keys(value)) if (name !== '^(.*)$') patterns.add(name);
      collect(value);
    }
  }
  it('cover more than eight patterns', () => expect(patterns.size).toBeGreaterThan(8));
  it.each([...patterns])('exist for %s', (pattern) => expect(patternInWords(pattern)).not.toContain(pattern));
  it('show an unknown pattern itself', () => expect(patternInWords('^x$')).toBe('must match ^x$'));
});

describe('spelling suggestions', () => {
  const known = ['final', 'source', 'type', 'restoreAs', 'consistencyCheck'];
  it.each([
    ['finl', 'final'],
    ['FINAL', 'final'],
    ['restore_as', 'restoreAs'],
    ['sorce', 'source'],
    ['tpye', 'type'],
    ['consistency-chek', 'consistencyCheck'],
    ['colour', null],
    ['x', null],
    ['', null],
  ])('%s means %s', (written, meant) => expect(closestName(written, known)).toBe(meant));
  it.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('%s and %s are %i apart', (one, other, distance) => expect(editDistance(one, other)).toBe(distance));
});

describe('JSON pointers', () => {
  it('are escaped and unescaped', () => {
    expect(memberPointer('/labels', 'a/b~c')).toBe('/labels/a~1b~0c');
    expect(firstToken('/a~1b~0c/0')).toBe('a/b~c');
  });
  it('shorten an extremely long name', () => {
    expect(memberPointer('', 'x'.repeat(10_000)).length).toBeLessThan(140);
  });
});

describe('faults', () => {
  it('keep the validator’s words for an unknown keyword', () => {
    const fault: SchemaFault = {
      keyword: 'multipleOf',
      instancePath: '/a',
      schemaPath: '#/a',
      params: {},
      message: 'must be multiple of 3',
    };
    expect(bodyFaults([fault])).toEqual([{ pointer: '/a', detail: 'must be multiple of 3' }]);
  });
});
