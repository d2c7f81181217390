/** A decoded query string in its original order. */
export type Query = readonly (readonly [name: string, value: string])[];

/** Decodes a query string. `+` is a plus sign and not a space. Null if the percent-encoding is invalid or the bytes are not UTF-8. */
export function parseQuery(raw: string): Query | null {
  const pairs: [string, string][] = [];
  for (const part of raw.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = percentDecode(at < 0 ? part : part.slice(0, at));
    const value = percentDecode(at < 0 ? '' : part.slice(at + 1));
    if (name === null || value === null) return null;
    pairs.push([name, value]);
  }
  return pairs;
}

/** Decodes percent-encoding; null if it is invalid. */
export function percentDecode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Percent-encodes by RFC 3986: UTF-8 bytes of all characters except unreserved ones, in upper-case hexadecimal. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** All values of a parameter. */
export function valuesOf(query: Query, name: string): readonly string[] {
  return query.filter(([key]) => key === name).map(([, value]) => value);
}

/** The first value of a parameter; undefined if it is absent. */
export function firstValue(query: Query, name: string): string | undefined {
  return query.find(([key]) => key === name)?.[1];
}

/** An integer parameter, which the schema has validated; `fallback` if it is absent. */
export function numberOf(query: Query, name: string, fallback: number): number {
  const text = firstValue(query, name);
  return text === undefined ? fallback : Number(text);
}
