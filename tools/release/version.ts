const number = '(?:0|[1-9]\\d*)';
const identifier = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][\\dA-Za-z-]*)';
const versionPattern = new RegExp(
  `^(${number})\\.(${number})\\.(${number})(?:-(${identifier}(?:\\.${identifier})*))?$`,
);

/** Whether the text is a semantic version without build metadata, which image tags and chart labels cannot contain. */
export function isVersion(text: string): boolean {
  return versionPattern.test(text);
}

/** Negative if `one` precedes `other` in Semantic Versioning 2.0.0. Throws for an invalid version. */
export function comparedVersions(one: string, other: string): number {
  const [first, second] = [parsed(one), parsed(other)];
  const numbers = compareLists(first.numbers, second.numbers);
  if (numbers !== 0) return numbers;
  // A version without a pre-release follows its pre-releases.
  if (first.preRelease.length === 0 || second.preRelease.length === 0)
    return second.preRelease.length - first.preRelease.length;
  return compareLists(first.preRelease, second.preRelease);
}

function parsed(text: string): { readonly numbers: readonly string[]; readonly preRelease: readonly string[] } {
  const match = versionPattern.exec(text);
  if (match === null) throw new Error(`"${text}" is not a version`);
  const [, major = '', minor = '', patch = '', preRelease] = match;
  return { numbers: [major, minor, patch], preRelease: preRelease?.split('.') ?? [] };
}

function compareLists(one: readonly string[], other: readonly string[]): number {
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    const order = comparePart(part, against);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

/** Numeric parts compare by value and precede words; words compare by characters. */
function comparePart(one: string, other: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOtherNumber) return Number(one) - Number(other);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return one === other ? 0 : one < other ? -1 : 1;
}
