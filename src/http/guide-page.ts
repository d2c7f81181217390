import type { Marked } from 'marked';

/** Context of a guide page. */
export interface GuidePlace {
  /** Path of the Markdown file below `docs`, such as `operations/runbook.md`. */
  readonly file: string;
  /** The paths of all pages; a link to any other repository file becomes plain text. */
  readonly files: ReadonlySet<string>;
}

/** Relative URL from a page to the guide's index, ending with a slash. All links are relative, because a proxy may add a prefix. */
function rootFrom(file: string): string {
  return '../'.repeat(file.split('/').length - 1) || './';
}

/** URL of a Markdown file's page below the guide: a README is its folder's index. */
export function guideUrl(file: string): string {
  return file.replace(/(^|\/)README\.md$/, '$1').replace(/\.md$/, '');
}

/** The URL for a link of a page, relative to that page; null when the guide does not serve its target. */
function linkFrom({ file, files }: GuidePlace, href: string): string | null {
  if (/^(?:https?:|#)/.test(href)) return href;
  const { pathname, hash } = new URL(href, `file:///docs/${file}`);
  if (pathname === '/openapi/openapi.yaml') return `${rootFrom(file)}../../openapi.json`;
  const below = pathname.replace(/^\/docs\//, '');
  return files.has(below) ? `${rootFrom(file)}${guideUrl(below)}${hash}` : null;
}

/** The anchor of a heading in GitHub's form. */
function anchorOf(heading: string): string {
  const text = heading.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '');
  return text.trim().replaceAll(/\s/g, '-');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The HTML of a Markdown page in `template` (`pages/guide/page.html`). HTML inside the Markdown is dropped. */
export function guidePage(marked: typeof Marked, markdown: string, template: string, place: GuidePlace): string {
  const parser = new marked({
    renderer: {
      html: () => '',
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${escaped(anchorOf(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const url = linkFrom(place, href);
        return url === null ? text : `<a href="${escaped(url)}">${text}</a>`;
      },
    },
  });
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? 'Documentation';
  const content = String(parser.parse(markdown))
    .replaceAll('<table>', '<div class="table"><table>')
    .replaceAll('</table>', '</table></div>');
  const parts: Readonly<Record<string, string>> = { title: escaped(title), root: rootFrom(place.file), content };
  return template.replaceAll(/\{\{(title|root|content)\}\}/g, (_, part: string) => parts[part] ?? '');
}
