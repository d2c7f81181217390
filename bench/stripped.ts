import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { folder } from './gateway.ts';
import { project } from './processes.ts';

/** Writes the sources as JavaScript next to the files they read; returns the program's path. */
export function strippedBeforehand(): string {
  const copy = join(folder, 'stripped');
  for (const room of ['src', 'client/src'])
    for (const file of readdirSync(join(project, room), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') && file !== 'godwit.js') continue;
      const target = join(copy, room, file.replace(/ts$/, 'js'));
      mkdirSync(dirname(target), { recursive: true });
      const text = readFileSync(join(project, room, file), 'utf8');
      const script = file.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
      writeFileSync(target, script.replaceAll(/(\bfrom |\bimport\()('\.[^']*)\.ts'/g, "$1$2.js'"));
    }
  cpSync(join(project, 'src/http/pages'), join(copy, 'src/http/pages'), { recursive: true });
  for (const name of ['docs', 'openapi', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'node_modules'])
    symlinkSync(join(project, name), join(copy, name));
  return join(copy, 'src/godwit.js');
}
