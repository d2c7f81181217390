/** `## [1.2.3] - 2026-01-31`, `## [1.2.3] - unreleased` or `## [Unreleased]`. */
const headingPattern = /^## \[([^\]]+)\](?: - (\S+))?[ \t]*$/gm;
const datePattern = /^\d{4}-\d{2}-\d{2}$/;

/** One section of the changelog. */
export interface ChangelogPart {
  /** The text in brackets: a version, or `Unreleased`. */
  readonly name: string;
  /** `YYYY-MM-DD`; null if not released yet. */
  readonly date: string | null;
  /** Offsets of the start and end of the heading and of the end of the section. */
  readonly start: number;
  readonly headingEnd: number;
  readonly end: number;
}

/** The sections from top to bottom. Throws for a heading whose date is neither a date nor `unreleased`. */
export function changelogParts(text: string): readonly ChangelogPart[] {
  const matches = [...text.matchAll(headingPattern)];
  return matches.map((match, index) => {
    const [heading, name = '', date] = match;
    const isUnreleased = date?.toLowerCase() === 'unreleased' || (date === undefined && name === 'Unreleased');
    if (!isUnreleased && !datePattern.test(date ?? '')) throw new Error(`CHANGELOG.md: "${heading}" has no date`);
    return {
      name,
      date: isUnreleased ? null : (date ?? null),
      start: match.index,
      headingEnd: match.index + heading.length,
      end: matches[index + 1]?.index ?? text.length,
    };
  });
}

/** The topmost version, released or not; null: the changelog contains no version. */
export function changelogVersion(text: string): string | null {
  return changelogParts(text).find(({ name }) => name !== 'Unreleased')?.name ?? null;
}

/** Moves the unreleased section under the version and date, below a new empty one. Throws if nothing is unreleased. */
export function releasedChangelog(text: string, version: string, date: string): string {
  const parts = changelogParts(text);
  const unreleased = parts.filter((part) => part.date === null);
  const [part, other] = unreleased;
  if (part === undefined) throw new Error('CHANGELOG.md has no unreleased part');
  if (other !== undefined) throw new Error('CHANGELOG.md has more than one unreleased part');
  if (part !== parts[0]) throw new Error('CHANGELOG.md: the unreleased part is not on top');
  const changes = text.slice(part.headingEnd, part.end);
  if (!/^[-*] /m.test(changes)) throw new Error('CHANGELOG.md: nothing is unreleased');
  if (parts.some(({ name, date: released }) => name === version && released !== null))
    throw new Error(`CHANGELOG.md: ${version} was released already`);
  const heading = `## [Unreleased]\n\n## [${version}] - ${date}`;
  return `${text.slice(0, part.start)}${heading}${changes}${text.slice(part.end)}`;
}
