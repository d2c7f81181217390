#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Caches stripped and compiled modules, so that only the first start compiles them. `npm ci` creates the folder. This file is JavaScript,
// because Node loads its TypeScript stripper (10 MB) for any module that is not in the cache yet.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));
await import('./main.ts');
