import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { folder } from './gateway.ts';
import { project } from './processes.ts';

/** Writes the sources as JavaScript, beside what they read; answers the path of the program. */
export function strippedBeforehand(): string {
  const copy = join(folder, 'stripped');
  const sources = join(project, 'src');
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const target = join(copy, 'src', file.replace(/ts$/, 'js'));
    mkdirSync(dirname(target), { recursive: true });
    const text = stripTypeScriptTypes(readFileSync(join(sources, file), 'utf8'));
    writeFileSync(target, text.replaceAll(/(\bfrom |\bimport\()('\.[^']*)\.ts'/g, "$1$2.js'"));
  }
  cpSync(join(sources, 'http/pages'), join(copy, 'src/http/pages'), { recursive: true });
  cpSync(join(project, 'openapi'), join(copy, 'openapi'), { recursive: true });
  cpSync(join(project, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  return join(copy, 'src/main.js');
}
