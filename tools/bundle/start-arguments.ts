import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Node's arguments in `npm start` of a project: settings of V8, then the program, or another one. */
export function startArguments(project: string, program?: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const args = scripts.start.split(' ').slice(1);
  return program === undefined ? args : [...args.slice(0, -1), program];
}
