#!/usr/bin/env node
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../', import.meta.url));
// Caches compiled modules, so that only the first start compiles them. `npm ci` creates the folder. This file is JavaScript, because Node
// loads its TypeScript stripper (10 MB) for any module that is not in the cache yet.
enableCompileCache(`${project}node_modules/.cache/node`);
await import(isCurrent('dist/inputs.json') ? '../dist/godwit.js' : './main.ts');

/** Whether the bundle was made from the sources as they are now. Otherwise the sources run, so that no change to them is ignored. */
function isCurrent(inputs) {
  try {
    const { lock, sources } = JSON.parse(readFileSync(project + inputs, 'utf8'));
    if (hash('sha256', readFileSync(`${project}package-lock.json`)) !== lock) return false;
    return Object.entries(sources).every(([path, [size, changedMs]]) => {
      const now = statSync(project + path, { throwIfNoEntry: false });
      return now?.size === size && now.mtimeMs === changedMs;
    });
  } catch {
    // No bundle, or none that can be read.
    return false;
  }
}
