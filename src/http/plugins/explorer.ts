import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpApp } from '../app-types.ts';
import { servePages } from './pages.ts';

/** Swagger UI's own built files, out of the package that brings them. */
const swaggerUi = join(dirname(fileURLToPath(import.meta.resolve('@fastify/swagger-ui'))), 'static');

/** The API explorer at `/docs/`: Swagger UI with a page of ours around it. */
export function installExplorer(app: HttpApp): Promise<void> {
  return servePages(app, {
    path: '/docs',
    folder: 'explorer',
    files: ['explorer.js', 'explorer.css', 'logo.svg', 'swagger-ui.css', 'swagger-ui-bundle.js'],
    more: [swaggerUi],
  });
}
