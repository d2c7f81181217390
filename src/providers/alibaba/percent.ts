import { percentEncode } from '../kit/percent.ts';

/** Names and values sorted by name in byte order, encoded, joined by `&`. The same rule serves both signatures. */
export function canonicalQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  return [...parameters]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}
