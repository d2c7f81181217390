#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Caches stripped and compiled modules, so that only the first start compiles them. `npm ci` creates the folder.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));
const { godwit } = await import('./command.ts');
await godwit();
