import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { HttpApp } from '../app-types.ts';

const pages = join(import.meta.dirname, '../pages');

export interface Pages {
  /** Where they are, without a slash at the end. */
  readonly path: string;
  /** Folder under `http/pages` with `index.html` and the files of ours. */
  readonly folder: string;
  /** Names of the files that are served under `static/`; nothing else of the folders is. */
  readonly files: readonly string[];
  /** Who may see them; default: as the documentation. */
  readonly access?: 'open' | 'documentation';
  /** Further folders that hold some of the files: under `http/pages`, or by their whole path. */
  readonly more?: readonly string[];
}

/** What routes of pages have in common: they are no part of the API's document, and any `Accept` will do. */
export function pageRoute(access: 'open' | 'documentation' = 'documentation') {
  return { schema: { hide: true }, config: { access, anyAccept: true } } as const;
}

/**
 * Serves a page and its files, which hold no data of anybody. All links between them are relative: a proxy may put them under any
 * prefix.
 */
export async function servePages(app: HttpApp, { path, folder, files, more = [], access }: Pages): Promise<void> {
  const page = await readFile(join(pages, folder, 'index.html'), 'utf8');
  const route = pageRoute(access);
  const last = path.slice(path.lastIndexOf('/') + 1);

  // Relative to the path that the caller sees, which has the slash that is missing here.
  app.get(path, route, async (_request, reply) => reply.redirect(`${last}/`, 302));
  app.get(`${path}/`, route, async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  await serveFiles(app, path, [folder, ...more], files);
}

/** Serves files under `<path>/static/`: those that are named and no other, out of folders under `http/pages` or elsewhere. */
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
    // Asked for again at each visit and answered with 304 while it is the same: a new version shows at once.
    cacheControl: true,
    maxAge: 0,
  });
}
