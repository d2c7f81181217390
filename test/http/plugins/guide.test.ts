import { Marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { guidePage } from '../../../src/http/guide-page.ts';
import { markdownPages } from '../../../tools/documents/prose.ts';
import { testApp } from '../support/app.ts';

const start = 'http://localhost/docs/guide/';
const files = markdownPages().flatMap(({ pathname }) => /\/docs\/(.*)$/.exec(pathname)?.[1] ?? []);

describe('the built-in guide', () => {
  it('links to every page from its index and has no broken link or anchor', {
    timeout: 30_000,
  }, async () => {
    const { app } = await testApp({ settings: { explorer: true } });
    const pages = new Map<string, string>();
    const anchors: string[] = [];
    const waiting = [start];
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      if (pages.has(url)) continue;
      const { statusCode, body, headers } = await app.inject(new URL(url).pathname);
      expect(statusCode, url).toBe(200);
      pages.set(url, body);
      if (!String(headers['content-type']).startsWith('text/html') || !url.startsWith(start)) continue;
      expect(String(headers['content-security-policy'])).not.toContain('unsafe');
      expect(body).not.toMatch(/\sstyle=|<script/);
      for (const [, link] of body.matchAll(/(?:src|href)="([^"]+)"/g)) {
        const target = new URL(String(link), url);
        if (target.hash !== '') anchors.push(target.href);
        if (target.host === 'localhost') waiting.push(target.href.replace(target.hash, ''));
      }
    }
    expect([...pages.keys()].filter((url) => url.startsWith(start) && !url.includes('/static/'))).toHaveLength(
      files.length,
    );
    for (const anchor of anchors) {
      const [url = '', id] = anchor.split('#');
      expect(pages.get(url), anchor).toContain(` id="${id}"`);
    }
  });

  it('is found without the trailing slash', async () => {
    const { app } = await testApp({ settings: { explorer: true } });
    expect((await app.inject('/docs/guide')).headers.location).toBe('guide/');
    expect((await app.inject('/docs/guide/operations')).headers.location).toBe('operations/');
  });

  it.each([
    '/docs/guide/nope',
    '/docs/guide/cookbook.md',
    '/docs/guide/..%2f..%2fpackage',
    '/docs/guide/static/page.html',
  ])('has no page %s', async (url) => {
    const { app } = await testApp({ settings: { explorer: true } });
    expect((await app.inject(url)).statusCode).toBe(404);
  });
});

describe('a guide page', () => {
  const place = { file: 'operations/runbook.md', files: new Set(['operations/runbook.md', 'api.md', 'README.md']) };
  const page = (markdown: string) => guidePage(Marked, markdown, '{{title}}|{{root}}|{{content}}', place);

  it('has a title and marks its place in the navigation', () => {
    expect(page('# Run & book\n')).toBe('Run &amp; book|../|<h1 id="run--book">Run &amp; book</h1>\n');
  });

  it.each([
    ['a page', '[text](../api.md#a-b)', '<a href="../api#a-b">text</a>'],
    ['the index', '[text](../README.md)', '<a href="../">text</a>'],
    ['the document', '[text](../../openapi/openapi.yaml)', '<a href="../../../openapi.json">text</a>'],
    ['another host', '[text](https://example.com/?a=1&b=2)', '<a href="https://example.com/?a=1&amp;b=2">text</a>'],
    ['a file that is not served', '[text](../../src/README.md)', '<p>text</p>'],
    ['a script', '[text](javascript:alert)', '<p>text</p>'],
  ])('renders a link to %s', (_name, markdown, html) => expect(page(markdown)).toContain(html));

  it('contains only HTML generated from its Markdown', () => {
    expect(page('one <script>alert(1)</script>\n\n<!-- a comment -->\n\n<b>two</b>\n')).not.toMatch(/<script|<b>|<!--/);
    expect(page('`<b>`')).toContain('&lt;b&gt;');
  });
});
