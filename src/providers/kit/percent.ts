/** RFC 3986 percent-encoding of UTF-8: all but letters, digits and `-_.~` becomes `%XX` in capitals. A lone surrogate becomes U+FFFD. */
export function percentEncode(text: string): string {
  if (/^[\w\-.~]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
