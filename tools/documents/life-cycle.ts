import { readFile, writeFile } from 'node:fs/promises';
import { transitions } from '../../src/domain/lifecycle.ts';
import { reasonCatalogue, warningCatalogue } from '../../src/domain/reasons.ts';
import { restoreErrorCodes, restoreErrors } from '../../src/domain/restore-errors.ts';
import { migrationStates, terminalStates } from '../../src/domain/vocabulary.ts';
import { withGeneratedParts } from './generated.ts';

const page = new URL('../../docs/life-cycle.md', import.meta.url);

/** The table of legal transitions as a Mermaid state diagram. */
export function lifeCycleDiagram(): string {
  const lines = migrationStates.flatMap((from) =>
    Object.entries(transitions[from]).map(([to, cause]) => `    ${from} --> ${to}: ${cause}`),
  );
  const ends = terminalStates.filter((state) => Object.keys(transitions[state]).length === 0);
  return [
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> pending: stored',
    ...lines,
    ...ends.map((state) => `    ${state} --> [*]`),
    '```',
  ].join('\n');
}

/** A catalogue of reasons or warnings as a table. */
function codeTable(catalogue: Readonly<Record<string, { readonly meaning: string; readonly action: string | null }>>) {
  const rows = Object.entries(catalogue).map(
    ([code, { meaning, action }]) => `| \`${code}\` | ${meaning} | ${action ?? ''} |`,
  );
  return ['| code | meaning | what to do |', '|---|---|---|', ...rows].join('\n');
}

/** The catalogue of failed restores as a table. */
function restoreErrorTable(): string {
  const rows = restoreErrorCodes.map((code) => {
    const { detail, retryable } = restoreErrors[code];
    return `| \`${code}\` | ${detail} | ${retryable ? 'yes' : 'no'} |`;
  });
  return ['| code | what it means, and what to do | `retryable` |', '|---|---|---|', ...rows].join('\n');
}

/** The generated parts of the page, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  diagram: lifeCycleDiagram,
  reasons: () => codeTable(reasonCatalogue),
  warnings: () => codeTable(warningCatalogue),
  errors: restoreErrorTable,
};

/** The page with its current generated parts. */
export function lifeCyclePage(text: string): string {
  return withGeneratedParts(text, parts);
}

if (import.meta.main) await writeFile(page, lifeCyclePage(await readFile(page, 'utf8')));
