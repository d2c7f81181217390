import { Kind, type TSchema } from '@sinclair/typebox';
import { Check } from '@sinclair/typebox/value';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountSchema, ConfigFileSchema, credentialSchemas } from '../../src/config/schema.ts';
import { providers } from '../../src/registry.ts';
import { fitting } from '../support/schema-arbitrary.ts';

const schemas: readonly (readonly [string, TSchema])[] = [
  ['the file', ConfigFileSchema],
  ...Object.entries<TSchema>(ConfigFileSchema.properties),
  ...providers.all.flatMap((provider) => [
    [`an account of ${provider.id}`, accountSchema(provider)] as const,
    ...Object.entries(credentialSchemas(provider)).map(
      ([source, schema]) => [`credentials of ${provider.id}, ${source}`, schema] as const,
    ),
  ]),
];

/** The keywords that TypeBox evaluates, by kind of schema. It ignores any other. */
const evaluated: Readonly<Record<string, readonly string[]>> = {
  Array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  Boolean: [],
  Integer: ['minimum', 'maximum'],
  Literal: ['const'],
  Number: ['minimum', 'maximum', 'exclusiveMinimum'],
  Object: ['properties', 'required', 'additionalProperties'],
  Record: ['patternProperties', 'additionalProperties'],
  String: ['minLength', 'maxLength', 'pattern'],
  Union: ['anyOf'],
};

interface Schema {
  readonly [Kind]: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
}

function* within(schema: Schema): Generator<Schema> {
  yield schema;
  const { properties = {}, patternProperties = {}, items = [], anyOf = [] } = schema;
  const inner = [properties, patternProperties].flatMap((each) => Object.values(each)).concat(items, anyOf);
  for (const each of inner) yield* within(each);
}

describe.each(schemas)('the quick check of %s', (_name, schema) => {
  it('evaluates every keyword of the schema', () => {
    for (const { [Kind]: kind, type: _type, description: _text, ...keywords } of within(schema as unknown as Schema))
      expect(evaluated[kind], kind).toEqual(expect.arrayContaining(Object.keys(keywords)));
  });

  it('accepts nothing that the check with the messages rejects', () => {
    const validate = new Ajv({ strict: false, validateSchema: false, meta: false }).compile(schema);
    fc.assert(
      fc.property(fitting(schema, {}), (value) => {
        if (Check(schema, value)) expect([value, validate(value)]).toEqual([value, true]);
      }),
    );
  });
});
