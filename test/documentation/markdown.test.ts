import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { markdownPages } from '../../tools/documents/prose.ts';
import { maxLine, wrapMarkdown } from '../../tools/documents/wrap.ts';

const long = 'word '.repeat(30).trim();

describe('Markdown pages', () => {
  it.each(markdownPages().map((page) => [page.pathname.split('/').slice(-3).join('/'), page] as const))(
    '%s keeps prose lines within 120 characters (npm run docs wraps it)',
    (_name, page) => {
      const text = readFileSync(page, 'utf8');
      expect(wrapMarkdown(text)).toBe(text);
    },
  );
});

describe('wrapping', () => {
  it('breaks long paragraphs and list items and keeps their indent', () => {
    expect(wrapMarkdown(`* ${long}\n  more`).split('\n')).toEqual([
      `* ${'word '.repeat(23).trim()}`,
      `  ${'word '.repeat(7)}more`,
    ]);
    for (const line of wrapMarkdown(`${long} ${long}`).split('\n')) expect(line.length).toBeLessThanOrEqual(maxLine);
  });

  it.each([
    ['code', `\`\`\`\n${long}\n\`\`\``],
    ['a table', `| a |\n|---|\n| ${long} |`],
    ['a heading', `# ${long}`],
    ['what is short enough', 'one\ntwo\n\n- three\n  four'],
    ['a word that has no space', `https://example.com/${'a'.repeat(200)}`],
  ])('leaves %s unchanged', (_name, text) => expect(wrapMarkdown(text)).toBe(text));

  it('starts no line with list or heading syntax and splits no code span', () => {
    const text = `${'word '.repeat(23)}and - dash 1. one # two \`a code span with spaces\` end`;
    expect(wrapMarkdown(text)).not.toMatch(/\n(?:-|1\.|#)/);
    expect(wrapMarkdown(text)).toContain('`a code span with spaces`');
  });

  it('is idempotent', () => {
    const once = wrapMarkdown(`> ${long}\n\n1. ${long}`);
    expect(wrapMarkdown(once)).toBe(once);
  });
});
