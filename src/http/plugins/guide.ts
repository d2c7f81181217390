import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../../project-folder.ts';
import type { HttpApp } from '../app-types.ts';
import { guidePage, guideUrl } from '../guide-page.ts';
import { pageRoute, pages, serveFiles } from './pages.ts';

/** Folder of the project's Markdown pages; the image contains it. */
const docs = join(projectFolder, 'docs');

/**
 * Serves the pages of `docs` as HTML at `/docs/guide/`. Each page is rendered on first use. An installation without the pages has no guide.
 */
export async function installGuide(app: HttpApp): Promise<void> {
  const path = '/docs/guide';
  const found = await readdir(docs, { recursive: true }).catch(() => []);
  const files = new Set(found.filter((file) => file.endsWith('.md')).map((file) => file.replaceAll('\\', '/')));
  if (files.size === 0) return;
  const rendered = new Map<string, Promise<string>>();
  const render = async (file: string): Promise<string> => {
    const { Marked } = await import('marked');
    const template = await readFile(join(pages, 'guide/page.html'), 'utf8');
    return guidePage(Marked, await readFile(join(docs, file), 'utf8'), template, { file, files });
  };

  for (const file of files) {
    const url = `${path}/${guideUrl(file)}`;
    app.get(url, pageRoute(), async (_request, reply) => {
      const page = rendered.get(file) ?? render(file);
      rendered.set(file, page);
      page.catch(() => rendered.delete(file));
      return reply.type('text/html; charset=utf-8').send(await page);
    });
    // Relative to the caller's path, which ends with the missing slash.
    if (url.endsWith('/'))
      app.get(url.slice(0, -1), pageRoute(), async (_request, reply) =>
        reply.redirect(`${url.split('/').at(-2)}/`, 302),
      );
  }
  await serveFiles(app, path, ['guide', 'explorer'], ['guide.css', 'logo.svg']);
}
