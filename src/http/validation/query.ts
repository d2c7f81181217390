/** The part of a query schema that determines how its texts are parsed. */
interface QuerySchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** Converts the texts of a query to the types of its schema. A text in any other form stays as it is, and the validator reports it. */
export function readQuery(query: Readonly<Record<string, unknown>>, schema: QuerySchema): Record<string, unknown> {
  const read: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(query)) read[name] = readValue(value, schema.properties?.[name]?.type);
  return read;
}

function readValue(value: unknown, type: string | undefined): unknown {
  if (type === 'array') return Array.isArray(value) ? value : [value];
  if (typeof value !== 'string') return value;
  if (type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (type === 'boolean') return readBoolean(value);
  return value;
}

/** A flag may have no value: `?verbose`. */
function readBoolean(value: string): unknown {
  if (value === 'true' || value === '') return true;
  return value === 'false' ? false : value;
}
