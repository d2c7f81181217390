type Json = Readonly<Record<string, unknown>>;

/**
 * A schema in the words that generators of clients understand, with the same meaning: maps as `additionalProperties` and
 * `propertyNames`, constants as sets of one value, defaults in words (a member with a `default` counts as required in some of them).
 */
export function portable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(portable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, portable(member)]));
  return withoutDefault(asSet(asMap(members)));
}

/** The validator knows keys by pattern; most generators drop such members silently. */
function asMap(schema: Json): Json {
  const { patternProperties, ...rest } = schema;
  const patterns = Object.entries((patternProperties ?? {}) as Readonly<Record<string, unknown>>);
  const [only] = patterns;
  if (only === undefined || patterns.length > 1 || 'properties' in schema) return schema;
  const [pattern, additionalProperties] = only;
  // `^.*$`, which any name fits, says nothing.
  const names = /^\^\(?\.\*\)?\$$/.test(pattern) ? {} : { propertyNames: { type: 'string', pattern } };
  return { ...rest, ...names, additionalProperties };
}

function asSet(schema: Json): Json {
  if (typeof schema.const !== 'string' || schema.type !== 'string') return schema;
  const { const: only, ...rest } = schema;
  return { ...rest, enum: [only] };
}

function withoutDefault(schema: Json): Json {
  const isSchema = 'type' in schema || '$ref' in schema;
  if (!isSchema || !('default' in schema) || typeof schema.default === 'object') return schema;
  const { default: value, description, ...rest } = schema;
  const words = `Default: \`${String(value)}\`.`;
  return { ...rest, description: typeof description === 'string' ? `${description} ${words}` : words };
}
