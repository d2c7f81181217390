import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateMembers } from '../../../src/http/validation/duplicates.ts';
import { testApp } from '../support/app.ts';
import { createBody } from '../support/fixtures.ts';

const pointers = (text: string) => duplicateMembers(text, JSON.parse(text)).map(({ pointer }) => pointer);

describe('duplicate members', () => {
  it.each([
    ['{"a":1,"a":2}', ['/a']],
    ['{"a":1,"a":1,"a":1}', ['/a', '/a']],
    ['{"a":{"b":[1,{"c":2,"c":3}]}}', ['/a/b/1/c']],
    ['[{"a":1},{"a":1},{"a":1,"a":2}]', ['/2/a']],
    ['{"a":{"x":1},"a":{"x":1}}', ['/a']],
    [String.raw`{"a":1,"\u0061":2}`, ['/a']],
    [String.raw`{"a\"b":1,"a\"b":2}`, ['/a"b']],
    [String.raw`{"a\\":1,"b":"\\","a\\":2}`, ['/a\\']],
    ['{"a/b":1,"a/b":2}', ['/a~1b']],
    ['{"":1,"":2}', ['/']],
    ['{"a":"b:c","c":"{\\"a\\":1,\\"a\\":2}"}', []],
    [' { "a" : [ ] , "b" : { } } ', []],
    ['"a:b"', []],
    ['7', []],
  ])('in %s are found at %j', (text, found) => expect(pointers(text)).toEqual(found));

  it('are found in any JSON without false positives', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), fc.jsonValue(), (value, name, other) => {
        expect(pointers(JSON.stringify(value))).toEqual([]);
        expect(pointers(JSON.stringify(value, null, 2))).toEqual([]);
        const twice = `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(name)}:${JSON.stringify(other)}}`;
        expect(pointers(`[1,${twice}]`)).toEqual([expect.stringMatching(/^\/1\//)]);
      }),
      { numRuns: 300 },
    );
  });

  it('in a request are rejected before anything happens', async () => {
    const { call, service } = await testApp();
    const text = JSON.stringify(createBody).replace('"instanceId":', '"instanceId":"rm-uf6wjk5yyyyyyy","instanceId":');
    const headers = { 'content-type': 'application/json' };
    const response = await call('POST', '/migrations', { payload: text, headers });
    expect(response.statusCode).toBe(400);
    expect(response.json().errors).toEqual([{ pointer: '/target/instanceId', detail: 'occurs more than once' }]);
    expect(service.calls).toEqual([]);
  });
});
