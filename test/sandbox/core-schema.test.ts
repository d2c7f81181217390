import { describe, expect, it } from 'vitest';
import { loadVendorOperations, readVendorOperations } from '../../src/sandbox/vendor-schema.ts';

const answer = { description: '', content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } };
const document = {
  components: {
    parameters: { Page: { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } } },
    schemas: {
      Colour: { type: 'string', enum: ['red', 'blue'], example: 'red', 'x-note': 1 },
      Thing: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          colours: { type: 'array', items: { $ref: '#/components/schemas/Colour' } },
          inner: { type: 'object', properties: { deep: { type: 'boolean' } } },
          open: { type: 'object', additionalProperties: true, properties: {} },
        },
      },
    },
  },
  paths: {
    '/?Action=List': {
      post: {
        operationId: 'List',
        parameters: [
          { $ref: '#/components/parameters/Page' },
          { name: 'colour', in: 'query', required: true, schema: { $ref: '#/components/schemas/Colour' } },
          { name: 'id', in: 'query', schema: { type: 'string' } },
          { name: 'x-token', in: 'header', schema: { type: 'string' } },
        ],
        responses: { 200: answer },
      },
    },
    '/things/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      put: {
        operationId: 'Put',
        requestBody: { required: true, content: answer.content },
        responses: { 200: answer, default: { description: '' } },
      },
    },
  },
};

const operations = readVendorOperations(document);
const named = (name: string) => {
  const found = operations.get(name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe('a query', () => {
  const queries: readonly (readonly [name: string, query: Record<string, string>, faults: readonly string[]])[] = [
    ['as declared', { colour: 'red', page: '2', id: '1' }, []],
    ['without a required parameter', { page: '1' }, ['missing colour']],
    ['with an unknown parameter', { colour: 'red', token: 'x' }, ['unknown token']],
    ['with a header’s name', { colour: 'red', 'x-token': 'x' }, ['unknown x-token']],
    ['with the name of a built-in object property', { colour: 'red', constructor: 'x' }, ['unknown constructor']],
    ['with a word in place of a number', { colour: 'red', page: 'one' }, ['type page']],
    ['with a decimal in place of an integer', { colour: 'red', page: '1.0' }, ['type page']],
    ['with a padded number', { colour: 'red', page: '01' }, ['type page']],
    ['with a number out of range', { colour: 'red', page: '0' }, ['value page']],
    ['with a value outside its enum', { colour: 'Red' }, ['value colour']],
    ['with two faults', { colour: 'green', nothing: '' }, ['unknown nothing', 'value colour']],
  ];
  for (const [name, query, faults] of queries) {
    it(`${name}: ${faults.join(', ') || 'valid'}`, () => {
      const found = named('List')
        .validateQuery(query)
        .map((fault) => `${fault.kind} ${fault.name}`);
      expect(found.sort()).toEqual(faults);
    });
  }

  it('is rejected with the expected form', () => {
    const [fault] = named('List').validateQuery({ colour: 'green' });
    expect(fault?.detail).toContain('red, blue');
  });
});

describe('a body', () => {
  const bodies: readonly (readonly [name: string, body: unknown, faults: readonly string[]])[] = [
    ['as declared', { name: 'x', colours: ['red'], inner: { deep: true }, open: { any: 1 } }, []],
    ['that is missing', undefined, ['missing ']],
    ['with a list in place of the object', [], ['type ']],
    ['with null', { name: null }, ['type name']],
    ['with a number in place of text', { name: 1 }, ['type name']],
    ['with an unknown nested member', { name: 'x', inner: { deeper: 1 } }, ['unknown inner.deeper']],
    ['with an item outside its enum', { name: 'x', colours: ['red', 'green'] }, ['value colours.1']],
  ];
  for (const [name, body, faults] of bodies) {
    it(`${name}: ${faults.join(', ') || 'valid'}`, () => {
      expect(
        named('Put')
          .validateBody(body)
          .map((fault) => `${fault.kind} ${fault.name}`),
      ).toEqual(faults);
    });
  }

  it('is rejected if none is declared', () => {
    expect(named('List').validateBody({})).toMatchObject([{ kind: 'unknown' }]);
    expect(named('List').validateBody(undefined)).toEqual([]);
  });
});

describe('an answer', () => {
  it('is validated against the schema of its status', () => {
    expect(named('List').validateResponse(200, { name: 'x' })).toEqual([]);
    expect(named('List').validateResponse(200, { title: 'x' })).toHaveLength(2);
    expect(named('List').validateResponse(404, {})).toMatchObject([{ detail: 'status 404 is not declared' }]);
  });
});

describe('a document', () => {
  it('lists operations by name with plain paths', () => {
    expect([...operations.keys()]).toEqual(['List', 'Put']);
    expect(named('List')).toMatchObject({ method: 'POST', path: '/', queryNames: ['page', 'colour', 'id'] });
    expect(named('Put')).toMatchObject({ method: 'PUT', path: '/things/{id}' });
  });

  const operation = { operationId: 'A', responses: {} };
  const broken: readonly (readonly [name: string, document: unknown, words: string])[] = [
    ['without operationId', { paths: { '/': { get: { responses: {} } } } }, 'no operationId'],
    ['with a name twice', { paths: { '/': { get: operation, post: operation } } }, 'twice'],
    [
      'with a reference to nothing',
      { paths: { '/': { get: { ...operation, parameters: [{ $ref: '#/x/y' }] } } } },
      '#/x/y',
    ],
    [
      'with a reference outside',
      { paths: { '/': { get: { ...operation, parameters: [{ $ref: 'a.yaml' }] } } } },
      'a.yaml',
    ],
  ];
  for (const [name, wrong, words] of broken) {
    it(`${name} is refused`, () => expect(() => readVendorOperations(wrong)).toThrow(words));
  }
});

describe('the vendors’ documents', () => {
  for (const cloud of ['alibaba', 'huawei', 'tencent'] as const) {
    it(`${cloud}: every schema compiles`, () => {
      for (const described of loadVendorOperations(cloud).values()) {
        expect(Array.isArray(described.validateQuery({}))).toBe(true);
        expect(Array.isArray(described.validateBody({}))).toBe(true);
        expect(Array.isArray(described.validateResponse(200, {}))).toBe(true);
        expect(Array.isArray(described.validateResponse(400, {}))).toBe(true);
      }
    });
  }
});
