import { describe, expect, it } from 'vitest';
import { changelogParts, changelogVersion, releasedChangelog } from '../../tools/release/changelog.ts';
import { places, versionsAt, withVersion } from '../../tools/release/places.ts';
import {
  currentVersion,
  gitCommands,
  releasedTexts,
  releaseFiles,
  type Texts,
  versionFaults,
} from '../../tools/release/plan.ts';
import { readTexts } from '../../tools/release/release.ts';
import { comparedVersions, isVersion } from '../../tools/release/version.ts';

const real = await readTexts();
const changes = '### Added\n\n- A thing.\n';
const texts: Texts = {
  'package.json': '{\n  "name": "godwit",\n  "version": "0.1.0"\n}\n',
  'package-lock.json':
    '{\n  "name": "godwit",\n  "version": "0.1.0",\n  "packages": {\n    "": {\n      "name": "godwit",\n      "version": "0.1.0"\n    },\n    "node_modules/other": {\n      "version": "0.1.0"\n    }\n  }\n}\n',
  'client/package.json': '{\n  "name": "@godwit/client",\n  "version": "0.1.0"\n}\n',
  'helm/godwit/Chart.yaml': 'name: godwit\nversion: 0.1.0\nappVersion: "0.1.0"\n',
  Dockerfile: 'FROM node\nARG VERSION=0.1.0\n',
  'src/http/settings.ts': "  version: '0.1.0',\n",
  'openapi/openapi.yaml': 'openapi: 3.1.0\ninfo:\n  title: Godwit\n  version: 0.1.0\n',
  'docs/operations/install-kubernetes.md':
    'docker build -t registry.example.com/godwit:0.1.0 . && docker push registry.example.com/godwit:0.1.0\n',
  'CHANGELOG.md': `# Changelog\n\n## [0.1.0] - unreleased\n\n${changes}`,
};

describe('release --check', () => {
  it('finds the files of this checkout consistent', () => {
    expect(versionFaults(real)).toEqual([]);
  });

  it.each(places.map((place, index) => ({ ...place, index })))(
    'reports $file ($what) with another version',
    (place) => {
      const faults = versionFaults({ ...texts, [place.file]: withVersion(place, texts[place.file] ?? '', '9.9.9') });
      // The reference file itself has the different version.
      expect(faults.length).toBe(place.index === 0 ? places.length : 1);
      expect(faults[0]).toContain('9.9.9');
    },
  );

  it.each(places)('reports $file without its $what', (place) => {
    const faults = versionFaults({ ...texts, [place.file]: '' });
    expect(faults).toContain(`${place.file}: no ${place.what} found`);
  });

  it.each([
    ['another version on top', '## [0.3.0] - 2026-01-31\n'],
    ['no version', '# Changelog\n'],
    ['nothing but what is unreleased', '## [Unreleased]\n'],
    ['a heading without a date', '## [0.1.0]\n'],
  ])('reports a changelog with %s', (_, changelog) => {
    expect(versionFaults({ ...texts, 'CHANGELOG.md': changelog })).toHaveLength(1);
  });
});

describe('a release', () => {
  it('sets every version and changes nothing else', () => {
    const released = releasedTexts(texts, '0.2.0', '2026-01-31');
    expect(versionFaults(released)).toEqual([]);
    expect(currentVersion(released)).toBe('0.2.0');
    for (const [file, text] of Object.entries(texts)) {
      if (file === 'CHANGELOG.md') continue;
      const lockedOther = '"node_modules/other": {\n      "version": "0.1.0"';
      if (file === 'package-lock.json') expect(released[file]).toContain(lockedOther);
      const back = places.filter((place) => place.file === file).reduce(setBack, released[file] ?? '');
      expect(back).toBe(text);
      expect(released[file]).not.toBe(text);
    }
  });

  it('works on the files of this checkout and keeps JSON valid', () => {
    const [next, date] = ['99.0.0', '2026-01-31'];
    const dated = { ...real, 'CHANGELOG.md': `## [${currentVersion(real)}] - unreleased\n\n- A thing.\n` };
    const released = releasedTexts(dated, next, date);
    expect(JSON.parse(released['package.json'] ?? '').version).toBe(next);
    const lock = JSON.parse(released['package-lock.json'] ?? '');
    const before = JSON.parse(real['package-lock.json'] ?? '');
    expect(lock).toEqual({ ...before, version: next, packages: { ...before.packages, '': lock.packages[''] } });
    expect(lock.packages['']).toEqual({ ...before.packages[''], version: next });
  });

  it.each([
    ['no version', '1.2', '2026-01-31', /not a version/],
    ['a version with a v', 'v0.2.0', '2026-01-31', /not a version/],
    ['build metadata', '0.2.0+1', '2026-01-31', /not a version/],
    ['an older version', '0.0.9', '2026-01-31', /older than 0\.1\.0/],
    ['a pre-release of the version at hand', '0.1.0-rc.1', '2026-01-31', /older/],
    ['a date that does not exist', '0.2.0', '2026-02-30', /not a date/],
    ['a date in another format', '0.2.0', 'today', /not a date/],
  ])('rejects %s', (_, version, date, says) => {
    expect(() => releasedTexts(texts, version, date)).toThrow(says);
  });

  it('does not start when the versions disagree', () => {
    const wrong = { ...texts, Dockerfile: 'ARG VERSION=0.0.1\n' };
    expect(() => releasedTexts(wrong, '0.2.0', '2026-01-31')).toThrow(/Dockerfile: label is 0\.0\.1, not 0\.1\.0/);
  });

  it('may be of the current version once', () => {
    const released = releasedTexts(texts, '0.1.0', '2026-01-31');
    const more = `${released['CHANGELOG.md']?.replace('[Unreleased]\n', '[Unreleased]\n\n- More.\n')}`;
    expect(() => releasedTexts({ ...released, 'CHANGELOG.md': more }, '0.1.0', '2026-02-01')).toThrow(/already/);
  });

  it('prints the commands to commit, tag and push every written file', () => {
    const commands = gitCommands('0.2.0').join('\n');
    for (const file of releaseFiles) expect(commands).toContain(` ${file}`);
    expect(commands).toContain('git tag -a v0.2.0');
  });
});

describe('the changelog in a release', () => {
  it('moves the unreleased changes under version and date and starts an empty section', () => {
    const older = '## [0.1.0] - 2026-01-01\n\n- Old.\n';
    const text = `# Changelog\n\n## [Unreleased]\n\n${changes}\n${older}`;
    const released = releasedChangelog(text, '0.2.0', '2026-01-31');
    expect(released).toBe(`# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-01-31\n\n${changes}\n${older}`);
    expect(changelogVersion(released)).toBe('0.2.0');
    expect(changelogParts(released).map(({ name, date }) => [name, date])).toEqual([
      ['Unreleased', null],
      ['0.2.0', '2026-01-31'],
      ['0.1.0', '2026-01-01'],
    ]);
  });

  it.each([
    ['no unreleased part', '## [0.1.0] - 2026-01-01\n\n- Old.\n', /no unreleased part/],
    ['nothing unreleased', '## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n', /nothing is unreleased/],
    ['two unreleased parts', '## [Unreleased]\n\n- A.\n\n## [0.2.0] - unreleased\n\n- B.\n', /more than one/],
    ['an unreleased part below', '## [0.1.0] - 2026-01-01\n\n## [Unreleased]\n\n- A.\n', /not on top/],
  ])('is rejected with %s', (_, text, says) => {
    expect(() => releasedChangelog(text, '0.2.0', '2026-01-31')).toThrow(says);
  });
});

describe('versions', () => {
  it('sort by Semantic Versioning', () => {
    const ordered = [
      ...['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'],
      ...['1.0.0-rc.1', '1.0.0', '1.0.9', '1.0.10', '1.9.0', '1.10.0', '2.0.0'],
    ];
    expect(ordered.toReversed().toSorted(comparedVersions)).toEqual(ordered);
  });

  it.each(['', '1', '1.0', '01.0.0', '1.0.0-', '1.0.0-01', '1.0.0 ', '1.0.0\n', '1.0.0+b'])(
    '%j is not a version',
    (text) => {
      expect(isVersion(text)).toBe(false);
    },
  );

  it('that occur twice in a file are both set', () => {
    const place = { file: 'x', what: 'x', pattern: /(?<=v)\d+/g };
    expect(versionsAt(place, withVersion(place, 'v1 v1', '2'))).toEqual(['2', '2']);
  });
});

function setBack(text: string, place: (typeof places)[number]): string {
  return withVersion(place, text, '0.1.0');
}
