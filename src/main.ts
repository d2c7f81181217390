#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Node keeps modules here as it stripped and compiled them, so that only the first start does the work; `npm ci` makes one.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));
const { godwit } = await import('./command.ts');
await godwit();
