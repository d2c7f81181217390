import { rememberedText } from '../../domain/remembered.ts';
import { percentEncode } from '../kit/percent.ts';

/** Names and values sorted by name in byte order, encoded, joined by `&`. The same rule serves both signatures. */
export function canonicalQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  let query = '';
  for (const [name, value] of [...parameters].sort(byBytes))
    query += `${query === '' ? '' : '&'}${percentEncode(name)}=${percentEncode(value)}`;
  return query;
}

function byBytes([a]: readonly [string, string], [b]: readonly [string, string]): number {
  // The order of code units is that of the bytes, unless a surrogate meets a character behind the surrogates.
  if (isPlain(a) && isPlain(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const isPlain = rememberedText((name) => !/[^\0-\ud7ff]/.test(name));
