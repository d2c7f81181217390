import type { HttpApp } from '../app-types.ts';
import { servePages } from './pages.ts';

/** The board at `/board/`: migrations as people look at them. The page holds no data; it asks for a key where one is needed. */
export function installBoard(app: HttpApp): Promise<void> {
  return servePages(app, {
    path: '/board',
    folder: 'board',
    files: ['board.js', 'api.js', 'create.js', 'elements.js', 'list.js', 'migration.js', 'board.css', 'logo.svg'],
    more: ['explorer'],
    access: 'open',
  });
}
