import { hash } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';

/**
 * Packages that the bundle does not contain: they are loaded with `require` on first use, or their files are sent to browsers. None of them
 * loads another package.
 */
export const externalPackages: readonly string[] = ['@fastify/swagger-ui', 'fast-xml-parser', 'lit-html', 'undici'];

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
 * Throws if rolldown is not installed, reports a problem, or leaves an unknown package outside. Without rolldown an earlier bundle stays;
 * otherwise the folder then has no `inputs.json`, so `src/godwit.js` does not use it.
 */
export async function writeBundle(project: string, folder: string = join(project, 'dist')): Promise<void> {
  const { rolldown } = await import('rolldown');
  await rm(folder, { recursive: true, force: true });
  const lock = hash('sha256', await readFile(join(project, 'package-lock.json')));
  const sources: Record<string, Inputs['sources'][string]> = {};
  await using build = await rolldown({
    cwd: project,
    input: { godwit: 'src/main.ts', sandbox: 'src/sandbox/main.ts' },
    platform: 'node',
    tsconfig: false,
    external: [...externalPackages],
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
  const own = new Set(output.map(({ fileName }) => fileName));
  const strangers = output
    .flatMap((file) => (file.type === 'chunk' ? [...file.imports, ...file.dynamicImports] : []))
    .filter((name) => !own.has(name) && !isBuiltin(name));
  if (strangers.length > 0) throw new Error(`the bundle lacks ${strangers.join(', ')}`);
  await writeFile(join(folder, 'inputs.json'), JSON.stringify({ lock, sources } satisfies Inputs));
}

if (import.meta.main) await writeBundle(join(import.meta.dirname, '../..'));
