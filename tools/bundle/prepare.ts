import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from './bundle.ts';
import { startArguments } from './start-arguments.ts';

/**
 * Prepares an installation for quick starts: writes the bundle, then fills the compile cache with what runs. Whatever goes wrong with the
 * bundle, Godwit runs from its sources.
 */
const project = join(import.meta.dirname, '../..');

await writeBundle(project).catch((error: Error) => sourcesRun(error.message));
// A bundle that cannot even start is worse than none.
if (!starts()) {
  sourcesRun('it does not start');
  rmSync(join(project, 'dist'), { recursive: true, force: true });
  if (!starts()) process.exitCode = 1;
}

/** Starts the program of `npm start` with the same settings, because the compile cache depends on them. */
function starts(): boolean {
  const args = [...startArguments(project), '--version'];
  return spawnSync(process.execPath, args, { cwd: project, stdio: 'inherit' }).status === 0;
}

function sourcesRun(reason: string): void {
  process.stderr.write(
    `No bundle (${/^.*?(?=\.\s|\n|$)/.exec(reason)?.[0]}): Godwit runs from its sources, which start slower.\n`,
  );
}
