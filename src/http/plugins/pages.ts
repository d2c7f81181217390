import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { projectFolder } from '../../project-folder.ts';
import type { HttpApp } from '../app-types.ts';

/** Folder of the pages; the bundle reads it too. */
export const pages: string = join(projectFolder, 'src/http/pages');

export interface Pages {
  /** Path of the page, without a trailing slash. */
  readonly path: string;
  /** Folder under `http/pages` with `index.html` and our files. */
  readonly folder: string;
  /** Names of the files served under `static/`; no others are served. */
  readonly files: readonly string[];
  /** Who may read them; default: like the documentation. */
  readonly access?: 'open' | 'documentation';
  /** Additional folders with some of the files: under `http/pages`, or by absolute path. */
  readonly more?: readonly string[];
}

/** Common settings of page routes: they are absent from the OpenAPI document and accept any `Accept`. */
export function pageRoute(access: 'open' | 'documentation' = 'documentation') {
  return { schema: { hide: true }, config: { access, anyAccept: true } } as const;
}

/** Serves a page and its files, which contain no user data. All links between them are relative, because a proxy may add any prefix. */
export async function servePages(app: HttpApp, { path, folder, files, more = [], access }: Pages): Promise<void> {
  const page = await readFile(join(pages, folder, 'index.html'), 'utf8');
  const route = pageRoute(access);
  const last = path.slice(path.lastIndexOf('/') + 1);

  // Relative to the caller's path, which ends with the missing slash.
  app.get(path, route, async (_request, reply) => reply.redirect(`${last}/`, 302));
  app.get(`${path}/`, route, async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  await serveFiles(app, path, [folder, ...more], files);
}

/** Serves the named files under `<path>/static/` from folders under `http/pages` or elsewhere. */
export async function serveFiles(
  app: HttpApp,
  path: string,
  folders: readonly string[],
  files: readonly string[],
): Promise<void> {
  const served = new Set(files.map((name) => `/${name}`));
  await app.register(fastifyStatic, {
    root: folders.map((folder) => resolve(pages, folder)),
    prefix: `${path}/static/`,
    decorateReply: false,
    index: false,
    allowedPath: (name) => served.has(name),
    // Browsers revalidate at each visit and get 304 while it is unchanged, so a new version shows at once.
    cacheControl: true,
    maxAge: 0,
  });
}
