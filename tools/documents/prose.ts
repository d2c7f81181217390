import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { wrapMarkdown } from './wrap.ts';

const root = new URL('../../', import.meta.url);

/** All Markdown pages of the project, including untracked ones. */
export function markdownPages(): readonly URL[] {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' });
  return files
    .split('\n')
    .filter((file) => file !== '')
    .map((file) => new URL(file, root));
}

if (import.meta.main)
  for (const page of markdownPages()) {
    const text = await readFile(page, 'utf8');
    const after = wrapMarkdown(text);
    if (after !== text) await writeFile(page, after);
  }
