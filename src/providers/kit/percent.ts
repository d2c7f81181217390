import { rememberedText } from '../../domain/remembered.ts';

/** Origin and host of an endpoint. The result is cached, because many calls share an endpoint. */
export const placeOf = rememberedText((endpoint: string): { readonly origin: string; readonly host: string } => {
  const { origin, host } = new URL(endpoint);
  return { origin, host };
});

/**
 * Percent-encodes UTF-8 by RFC 3986: every byte except letters, digits and `-_.~` becomes `%XX` in capitals. A lone surrogate becomes
 * U+FFFD.
 */
export function percentEncode(text: string): string {
  if (/^[\w\-.~]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Decodes percent-encoding. Returns the text unchanged if it is not well-formed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The part of a path after its last slash. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
