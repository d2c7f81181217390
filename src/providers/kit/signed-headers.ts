import { byCodeUnit } from './code-units.ts';

/** The headers that a signature covers, in lower case and sorted by name. */
export interface SignedHeaders {
  /** One line per header. */
  readonly lines: string;
  /** The names, joined by `;`. */
  readonly names: string;
}

/** Writes headers in the form that the canonical requests of the vendors share. Values are trimmed. */
export function signedHeaders(headers: readonly (readonly [name: string, value: string])[]): SignedHeaders {
  const sorted = headers
    .map(([name, value]) => [name.trim().toLowerCase(), value.trim()] as const)
    .sort(([one], [other]) => byCodeUnit(one, other));
  let lines = '';
  let names = '';
  for (const [name, value] of sorted) {
    lines += `${name}:${value}\n`;
    names += names === '' ? name : `;${name}`;
  }
  return { lines, names };
}
