import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { currentVersion, gitCommands, releasedTexts, releaseFiles, type Texts, versionFaults } from './plan.ts';

const root = new URL('../../', import.meta.url);
const usage = 'npm run release -- VERSION [YYYY-MM-DD]\nnpm run release -- --check';

/** The files of the checkout. */
export async function readTexts(): Promise<Texts> {
  const read = async (file: string) => [file, await readFile(new URL(file, root), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(releaseFiles.map(read)));
}

async function check(): Promise<void> {
  const texts = await readTexts();
  const faults = versionFaults(texts);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  process.stdout.write(`${releaseFiles.length} files carry ${currentVersion(texts)}\n`);
}

async function release(version: string, date: string): Promise<void> {
  const changed = await gitOutput('status', '--porcelain');
  if (changed !== '') throw new Error(`the tree is not clean:\n${changed}`);
  if ((await gitOutput('tag', '--list', `v${version}`)) !== '') throw new Error(`the tag v${version} is there already`);
  const texts = await readTexts();
  const released = releasedTexts(texts, version, date);
  for (const [file, text] of Object.entries(released))
    if (text !== texts[file]) await writeFile(new URL(file, root), text);
  process.stdout.write(`Written. What is left:\n\n${gitCommands(version).join('\n')}\n`);
}

async function gitOutput(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: fileURLToPath(root) });
  return stdout.trimEnd();
}

if (import.meta.main)
  try {
    const [first, date = new Date().toISOString().slice(0, 10), ...rest] = process.argv.slice(2);
    if (first === undefined || rest.length > 0) throw new Error(usage);
    if (first === '--check') await check();
    else await release(first, date);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
