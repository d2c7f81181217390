import fc, { type Arbitrary } from 'fast-check';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const strange = fc.oneof(
  fc.constantFrom(
    null,
    '',
    0,
    -1,
    1e308,
    Number.MAX_SAFE_INTEGER,
    true,
    [],
    {},
    '\u0000',
    '\ud800',
    '__proto__',
    '../..',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.nat(3000).map((length) => 'x'.repeat(length)),
);

/** Values that match a schema of the document. Now and then one place has another value. */
export function fitting(schema: object, root: object): Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: exact(schema as Schema, root) }, { weight: 1, arbitrary: strange });
}

function exact(schema: Schema, root: object): Arbitrary<unknown> {
  if (schema.$ref !== undefined) return exact(resolve(schema.$ref, root), root);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) return fc.oneof(...variants.map((each) => fitting(each, root)));
  switch (schema.type) {
    case 'object':
      return objects(schema, root);
    case 'array':
      return fc.array(fitting(schema.items ?? {}, root), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, (schema.minItems ?? 0) + 3),
      });
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 10_000 });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 10_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return strange;
  }
}

function objects(schema: Schema, root: object): Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const known = fc.record(Object.fromEntries(properties.map(([name, each]) => [name, fitting(each, root)])), {
    requiredKeys: properties.map(([name]) => name).filter((name) => schema.required?.includes(name)),
  });
  const [pattern, value] = Object.entries(schema.patternProperties ?? {})[0] ?? [];
  const free =
    pattern === undefined || value === undefined
      ? fc.constant({})
      : fc.dictionary(fc.stringMatching(new RegExp(pattern)), fitting(value, root), { maxKeys: 3 });
  const extra = fc.oneof(
    { weight: 20, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(fc.string({ maxLength: 12 }), strange, { maxKeys: 1 }) },
  );
  return fc.tuple(known, free, extra).map(([one, two, three]) => ({ ...one, ...two, ...three }));
}

function texts(schema: Schema): Arbitrary<string> {
  if (schema.format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  // Names that never resolve, so that no call arrives anywhere.
  if (schema.format === 'uri')
    return fc.constantFrom(
      'https://receiver.invalid/a?b=c',
      'https://127.0.0.1:9/',
      'http://[::1]:9/',
      'mailto:a@receiver.invalid',
    );
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  return fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 30, 60) });
}

function resolve(reference: string, root: object): Schema {
  let found: unknown = root;
  for (const step of reference.replace(/^#\//, '').split('/')) found = (found as Record<string, unknown>)[step];
  return found as Schema;
}
