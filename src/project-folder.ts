import { dirname } from 'node:path';

/**
 * Absolute path of the folder that contains `package.json`, `docs` and `openapi`. Files of the project are found through it, because the
 * sources (`src`) and the bundle (`dist`) both lie directly in it. So this module must stay directly under `src`.
 */
export const projectFolder: string = dirname(import.meta.dirname);
