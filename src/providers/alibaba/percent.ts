/** RFC 3986 percent-encoding of UTF-8: all but letters, digits and `-_.~` becomes `%XX`. A lone surrogate becomes U+FFFD. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Names and values sorted by name in byte order, encoded, joined by `&`. The same rule serves both signatures. */
export function canonicalQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  return [...parameters]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}
