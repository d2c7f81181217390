import { hash } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';

/**
 * Packages that the bundle does not contain: they are loaded with `require` on first use, or their files are sent to browsers. None of them
 * loads another package.
 */
export const externalPackages: readonly string[] = ['@fastify/swagger-ui', 'fast-xml-parser', 'lit-html', 'undici'];

/** Packages that a dependency uses if they happen to be installed, and that are none of ours. */
const neverBundled: readonly string[] = ['pg-native', 'supports-color'];

/** What a bundle was made from; `src/godwit.js` compares it with what is there. */
interface Inputs {
  /** SHA-256 of `package-lock.json`, in hexadecimal. */
  readonly lock: string;
  /** Size in bytes and time of the last change in milliseconds, by path relative to the project. */
  readonly sources: Readonly<Record<string, readonly [size: number, changedMs: number]>>;
}

/**
 * Bundles the sources of a project and their dependencies into a folder, whose `godwit.js` is the command and whose `sandbox.js` is the
 * sandbox alone. Code that is imported dynamically has files of its own. `inputs.json` is written last.
 *
 * Throws if rolldown is not installed or reports a problem, and if the bundle lacks a package or contains one that no production dependency
 * needs. Without rolldown an earlier bundle stays; otherwise the folder then has no `inputs.json`, so `src/godwit.js` does not use it.
 */
export async function writeBundle(project: string, folder: string = join(project, 'dist')): Promise<void> {
  const { rolldown } = await import('rolldown');
  await rm(folder, { recursive: true, force: true });
  const lock = await readFile(join(project, 'package-lock.json'), 'utf8');
  const sources: Record<string, Inputs['sources'][string]> = {};
  await using build = await rolldown({
    cwd: project,
    input: { godwit: 'src/main.ts', sandbox: 'src/sandbox/main.ts' },
    platform: 'node',
    tsconfig: false,
    external: [...externalPackages, ...neverBundled],
    plugins: [
      {
        name: 'inputs',
        load: {
          filter: { id: { exclude: [/node_modules/, /\0/] } },
          // A change after this moment makes the bundle stale, whether or not it was read.
          async handler(id) {
            const { size, mtimeMs } = await stat(id);
            sources[relative(project, id).replaceAll(sep, '/')] = [size, mtimeMs];
          },
        },
      },
    ],
    onLog(level, { message }) {
      if (level === 'warn') throw new Error(message);
    },
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    // For stacks in the log: functions keep their names, and a comment names the file that the code comes from.
    keepNames: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    // V8 keeps a text with other characters in twice the memory.
    charset: 'ascii',
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const lacking = chunks
    .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
    .filter((name) => !own.has(name) && !isBuiltin(name));
  if (lacking.length > 0) throw new Error(`the bundle lacks ${lacking.join(', ')}`);
  const packages = new Set(
    chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((id) => packageOf(relative(project, id)))),
  );
  const { packages: locked = {} }: { packages?: Record<string, { dev?: boolean }> } = JSON.parse(lock);
  // The bill of materials and the check of licences cover production dependencies only.
  const surplus = [...packages].filter((path) => locked[path] === undefined || locked[path].dev === true);
  if (surplus.length > 0)
    throw new Error(`the bundle contains ${surplus.join(', ')}, which no production dependency needs`);
  await writeFile(
    join(folder, 'inputs.json'),
    JSON.stringify({ lock: hash('sha256', lock), sources } satisfies Inputs),
  );
}

/** The folder of the package that contains a file, as `package-lock.json` writes it; empty for a file of the project. */
function packageOf(path: string): readonly string[] {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replaceAll(sep, '/')) ?? [];
}

if (import.meta.main) await writeBundle(join(import.meta.dirname, '../..'));
