import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actionNames, migrationStates } from '../../src/domain/vocabulary.ts';
import { lifeCycleDiagram, lifeCyclePage } from '../../tools/documents/life-cycle.ts';

const page = readFileSync(new URL('../../docs/life-cycle.md', import.meta.url), 'utf8');
const explained = (code: string) => new RegExp(`^\\| \`${code}\` \\|[^|]*\\S`, 'm').test(page);

describe('docs/life-cycle.md', () => {
  it('contains the diagram and tables generated from the code (npm run docs writes them)', () => {
    expect(lifeCyclePage(page)).toBe(page);
    expect(lifeCycleDiagram()).toContain('pending --> restoring: the vendor accepted the full backup');
    expect(page).toContain('| `outcome_unknown` | The answer to a changing call');
  });

  it.each([...migrationStates, ...actionNames])('explains %s', (code) => expect(explained(code)).toBe(true));
});
