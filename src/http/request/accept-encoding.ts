/** Supported codings; the first is preferred among equally acceptable ones. */
export const codings = ['br', 'gzip'] as const;
export type Coding = (typeof codings)[number];

/** The caller's preferred coding (RFC 9110, section 12.5.3); null: uncompressed. */
export function wantedCoding(accepted: string | undefined): Coding | null {
  if (accepted === undefined) return null;
  const weights = new Map<string, number>();
  for (const part of accepted.slice(0, 1024).toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.map((each) => /^q\s*=\s*([01](?:\.\d{0,3})?)$/.exec(each)?.[1]).find(Boolean);
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight === undefined ? 1 : Number(weight));
  }
  const weightOf = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0;
  const [best = 'gzip'] = codings.toSorted((one, other) => weightOf(other) - weightOf(one));
  const plain = weights.get('identity') ?? 0;
  return weightOf(best) > 0 && weightOf(best) >= plain ? best : null;
}
