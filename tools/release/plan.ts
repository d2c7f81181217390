import { changelogVersion, releasedChangelog } from './changelog.ts';
import { places, versionsAt, withVersion } from './places.ts';
import { comparedVersions, isVersion } from './version.ts';

export const changelogFile = 'CHANGELOG.md';

/** Every file that a release reads and may write. */
export const releaseFiles: readonly string[] = [...new Set([...places.map(({ file }) => file), changelogFile])];

/** Texts of `releaseFiles` by path. */
export type Texts = Readonly<Record<string, string>>;

/** The places whose version differs from `package.json`, one line each. */
export function versionFaults(texts: Texts): readonly string[] {
  const wanted = currentVersion(texts);
  const faults = isVersion(wanted) ? [] : [`package.json: "${wanted}" is not a version`];
  for (const place of places) {
    const found = versionsAt(place, textOf(texts, place.file));
    if (found.length === 0) faults.push(`${place.file}: no ${place.what} found`);
    for (const version of new Set(found))
      if (version !== wanted) faults.push(`${place.file}: ${place.what} is ${version}, not ${wanted}`);
  }
  const changelog = changelogFaults(textOf(texts, changelogFile), wanted);
  return [...faults, ...changelog];
}

/** The new texts of a release. Throws for an invalid version, one that is not newer than the last release, or an invalid date. */
export function releasedTexts(texts: Texts, version: string, date: string): Texts {
  if (!isVersion(version)) throw new Error(`"${version}" is not a version such as 0.2.0 or 1.0.0-rc.1`);
  if (!isDate(date)) throw new Error(`"${date}" is not a date such as 2026-01-31`);
  const before = versionFaults(texts);
  if (before.length > 0) throw new Error(`the versions do not agree:\n${before.join('\n')}`);
  const current = currentVersion(texts);
  // The first release has the current version, so equality is allowed.
  if (comparedVersions(version, current) < 0) throw new Error(`${version} is older than ${current}`);
  const changelog = releasedChangelog(textOf(texts, changelogFile), version, date);
  const result: Record<string, string> = { ...texts, [changelogFile]: changelog };
  for (const place of places) result[place.file] = withVersion(place, textOf(result, place.file), version);
  const after = versionFaults(result);
  if (after.length > 0) throw new Error(`the versions would not agree:\n${after.join('\n')}`);
  return result;
}

/** The remaining manual steps, in order. */
export function gitCommands(version: string): readonly string[] {
  return [
    'git diff',
    `git add ${releaseFiles.join(' ')}`,
    `git commit -m "Release ${version}"`,
    `git tag -a v${version} -m "Godwit ${version}"`,
    `git push origin HEAD v${version}`,
  ];
}

/** The version of `package.json`; empty if it has none. */
export function currentVersion(texts: Texts): string {
  const [place] = places;
  return place === undefined ? '' : (versionsAt(place, textOf(texts, place.file))[0] ?? '');
}

function changelogFaults(text: string, wanted: string): readonly string[] {
  try {
    const top = changelogVersion(text);
    return top === wanted ? [] : [`${changelogFile}: the newest version is ${top ?? 'not named'}, not ${wanted}`];
  } catch (error) {
    return [(error as Error).message];
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function textOf(texts: Texts, file: string): string {
  const text = texts[file];
  if (text === undefined) throw new Error(`${file} was not read`);
  return text;
}
