type Json = Readonly<Record<string, unknown>>;

/**
 * Rewrites a schema for client generators without changing its meaning. Maps become `additionalProperties` and `propertyNames`, constants
 * become one-value enums, and defaults become words, because some generators treat a member with a `default` as required.
 */
export function portable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(portable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, portable(member)]));
  return withoutDefault(asSet(asMap(members)));
}

/** Replaces a key pattern, which most generators silently drop. */
function asMap(schema: Json): Json {
  const { patternProperties, ...rest } = schema;
  const patterns = Object.entries((patternProperties ?? {}) as Readonly<Record<string, unknown>>);
  const [only] = patterns;
  if (only === undefined || patterns.length > 1 || 'properties' in schema) return schema;
  const [pattern, additionalProperties] = only;
  // `^.*$` accepts any name, so it is omitted.
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
