import { rememberedText } from '../../domain/remembered.ts';
import { byCodeUnit } from '../kit/code-units.ts';
import { percentEncode } from '../kit/percent.ts';

/** The canonical query of both signatures: parameters sorted by name in byte order, encoded, and joined by `&`. */
export function canonicalQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  let query = '';
  for (const [name, value] of [...parameters].sort(byBytes))
    query += `${query === '' ? '' : '&'}${percentEncode(name)}=${percentEncode(value)}`;
  return query;
}

function byBytes([a]: readonly [string, string], [b]: readonly [string, string]): number {
  // Without surrogates or higher characters, the order of UTF-16 units equals the order of UTF-8 bytes.
  if (isPlain(a) && isPlain(b)) return byCodeUnit(a, b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const isPlain = rememberedText((name) => !/[^\0-\ud7ff]/.test(name));
