import { percentEncode } from '../kit/percent.ts';

/** Names and values sorted by name in byte order, encoded, joined by `&`. The same rule serves both signatures. */
export function canonicalQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  let query = '';
  for (const [name, value] of [...parameters].sort(byBytes))
    query += `${query === '' ? '' : '&'}${percentEncode(name)}=${percentEncode(value)}`;
  return query;
}

/** The order of code units is that of the bytes, unless a surrogate meets a character behind the surrogates. */
function byBytes([a]: readonly [string, string], [b]: readonly [string, string]): number {
  if (/[^\0-\ud7ff]/.test(a) || /[^\0-\ud7ff]/.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
