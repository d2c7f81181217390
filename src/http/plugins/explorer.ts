import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpApp } from '../app-types.ts';
import { servePages } from './pages.ts';

/** Swagger UI's built files from its package. */
const swaggerUi = join(dirname(fileURLToPath(import.meta.resolve('@fastify/swagger-ui'))), 'static');

/** Serves the API explorer at `/docs/`: Swagger UI in a page of Godwit. */
export function installExplorer(app: HttpApp): Promise<void> {
  return servePages(app, {
    path: '/docs',
    folder: 'explorer',
    files: ['start.js', 'explorer.js', 'explorer.css', 'logo.svg', 'swagger-ui.css', 'swagger-ui-bundle.js'],
    more: ['board', swaggerUi],
  });
}
