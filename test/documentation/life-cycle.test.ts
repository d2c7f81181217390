import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { retryableBlocks } from '../../src/domain/lifecycle.ts';
import { problemCodes } from '../../src/domain/problem.ts';
import { restoreErrorCodes } from '../../src/domain/restore-errors.ts';
import { actionNames, backupStates, migrationStates } from '../../src/domain/vocabulary.ts';
import { lifeCycleDiagram, withGeneratedParts } from '../../src/life-cycle-document.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/life-cycle.md', root), 'utf8');
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');
const explained = (code: string) => new RegExp(`^\\|[^|]*\`${code}\`[^|]*\\|[^|]*\\S`, 'm').test(page);

/** Files that put reasons, warnings and errors on a migration. */
const room = (name: string) => readdirSync(new URL(`src/${name}/`, root)).map((file) => `src/${name}/${file}`);
const domain = ['calls', 'in-doubt', 'blocking', 'observation', 'requests', 'lifecycle'].map(
  (file) => `src/domain/${file}.ts`,
);
const engine = ['advance', 'send', 'probe', 'observe'].map((file) => `src/engine/${file}.ts`);
const providers = ['alibaba', 'huawei', 'tencent'].flatMap((name) => room(`providers/${name}`));

/** Words in quotes that name something else. */
const otherWords: readonly string[] = [
  ...migrationStates,
  ...backupStates,
  ...actionNames,
  'conclude_cancel',
  'instance_occupied',
  'invalid_state',
  'cutover_needs_final_backup',
  'provider_rejected',
  'object_storage',
  'instance_backup',
  'not_sent',
  'not_found',
  'session_expired',
  'clock_skew',
  ...restoreErrorCodes,
];

const codesIn = (files: readonly string[], pattern: RegExp) =>
  [...new Set(files.flatMap((file) => [...textOf(file).matchAll(pattern)].map(([, code = '']) => code)))].sort();

describe('docs/life-cycle.md', () => {
  it('shows the transitions that the program obeys (npm run docs writes them)', () => {
    expect(withGeneratedParts(page)).toBe(page);
    expect(lifeCycleDiagram()).toContain('pending --> restoring: the vendor accepted the full backup');
  });

  it.each(migrationStates)('explains the state %s', (state) => expect(explained(state)).toBe(true));
  it.each(actionNames)('explains the action %s', (action) => expect(explained(action)).toBe(true));

  const reasons = codesIn([...domain, ...engine], /'([a-z]+(?:_[a-z]+)+)'/g).filter(
    (code) => !otherWords.includes(code),
  );
  it('finds the codes in the source', () => {
    expect(reasons).toEqual(expect.arrayContaining([...retryableBlocks, 'awaiting_upload', 'left_behind']));
    expect(reasons.length).toBeGreaterThan(15);
  });
  it.each(reasons)('explains %s', (code) => expect(explained(code)).toBe(true));

  const told = codesIn(providers, /code: '([a-z]+(?:_[a-z]+)+)'/g).filter(
    (code) => ![...problemCodes, ...restoreErrorCodes].some((each) => each === code),
  );
  it.each([...told, ...restoreErrorCodes])('explains %s, which a vendor’s words become', (code) =>
    expect(explained(code)).toBe(true),
  );

  it('explains nothing that does not exist', () => {
    const rows = [...page.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code),
    );
    const known: readonly string[] = [...reasons, ...told, ...restoreErrorCodes, ...migrationStates, ...actionNames];
    expect(rows.filter((code) => !known.includes(code))).toEqual([]);
    expect(rows.length).toBeGreaterThan(40);
  });
});
