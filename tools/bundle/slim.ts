import { readdir, rm, rmdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { externalPackages } from './bundle.ts';

/** The root of a package and a path in it; packages may lie in packages. */
const inPackage = /^(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/]+)\/(.+)$/;
/** Scanners know a package by its manifest. Its licence has to be passed on; that of some packages stands in their README. */
const aboutPackage = /^(?:package\.json|(?:licen[cs]es?|copying|notices?|readme)(?:[.-][^/]*)?)$/i;
/** Nothing reads them at run time. */
const forDevelopers = /\.(?:map|d\.[cm]?ts)$/;

/**
 * Removes from a `node_modules` folder what the bundle contains, and what only developers read. Of every package the manifest and the
 * licence stay, of external packages also the code.
 */
export async function slim(packages: string): Promise<void> {
  const entries = await readdir(packages, { recursive: true, withFileTypes: true });
  const folders: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) folders.push(path);
    else if (!stays(path.slice(packages.length + 1).replaceAll(sep, '/'))) await rm(path);
  }
  // The deepest first. A folder with something in it stays.
  for (const folder of folders.sort((one, other) => other.length - one.length))
    await rmdir(folder).catch(() => undefined);
}

function stays(path: string): boolean {
  if (externalPackages.some((name) => path.startsWith(`${name}/`))) return !forDevelopers.test(path);
  const [, , file = ''] = inPackage.exec(path) ?? [];
  return aboutPackage.test(file);
}

if (import.meta.main) await slim(join(import.meta.dirname, '../../node_modules'));
