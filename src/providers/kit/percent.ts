import { rememberedText } from '../../domain/remembered.ts';

/** Origin and host of an endpoint, which many calls share. */
export const placeOf = rememberedText((endpoint: string): { readonly origin: string; readonly host: string } => {
  const { origin, host } = new URL(endpoint);
  return { origin, host };
});

/** RFC 3986 percent-encoding of UTF-8: all but letters, digits and `-_.~` becomes `%XX` in capitals. A lone surrogate becomes U+FFFD. */
export function percentEncode(text: string): string {
  if (/^[\w\-.~]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The text without its percent-encoding, or the text itself where that is not well-formed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
