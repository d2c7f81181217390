import { readFile, writeFile } from 'node:fs/promises';
import { transitions } from './domain/lifecycle.ts';
import { migrationStates, terminalStates } from './domain/vocabulary.ts';

const page = new URL('../docs/life-cycle.md', import.meta.url);
const [begin, end] = ['<!-- diagram: npm run docs -->', '<!-- /diagram -->'];

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

/** The page with the present diagram between its marks. Throws when the marks are gone. */
export function withDiagram(text: string): string {
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/life-cycle.md has lost the marks of its diagram');
  return `${before}${begin}\n${lifeCycleDiagram()}\n${end}${after}`;
}

if (import.meta.main) await writeFile(page, withDiagram(await readFile(page, 'utf8')));
