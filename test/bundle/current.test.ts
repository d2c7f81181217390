import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeBundle } from '../../tools/bundle/bundle.ts';
import { temporaryFolder } from '../support/gateway.ts';

let project: string;
const at = (path: string): string => join(project, path);

/** A small project with the program that starts Godwit. It prints its folder and a word from another file. */
beforeEach(async () => {
  project = await temporaryFolder();
  const files = {
    'package.json': '{ "type": "module" }',
    'package-lock.json': '{ "lockfileVersion": 3 }',
    'src/main.ts': `import { basename } from 'node:path';
import { word } from './words/word.ts';
process.stdout.write(\`\${basename(import.meta.dirname)} says \${word}\`);`,
    'src/words/word.ts': `export const word: string = 'one';`,
    'src/pages/page.html': '<p>one</p>',
    'src/sandbox/main.ts': `export {};`,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(at(path), '..'), { recursive: true });
    await writeFile(at(path), text);
  }
  await copyFile(resolve(import.meta.dirname, '../../src/godwit.js'), at('src/godwit.js'));
  await writeBundle(project);
});

/** What the program prints. Rejects when it fails. */
async function run(): Promise<string> {
  const env = { NODE_DISABLE_COMPILE_CACHE: '1' };
  return (await promisify(execFile)(process.execPath, [at('src/godwit.js')], { cwd: '/', env })).stdout;
}

describe('src/godwit.js', () => {
  it('runs the bundle, with all that it contains', async () => {
    expect(await run()).toBe('dist says one');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['is edited', () => writeFile(at('src/words/word.ts'), `export const word = 'another';`), 'another'],
    [
      'is edited and keeps its size',
      () => writeFile(at('src/words/word.ts'), `export const word: string = 'two';`),
      'two',
    ],
    [
      'is replaced by an older file',
      async () => {
        await writeFile(at('src/words/word.ts'), `export const word: string = 'old';`);
        await utimes(at('src/words/word.ts'), 1, 1);
      },
      'old',
    ],
    [
      'is renamed',
      async () => {
        await rename(at('src/words'), at('src/names'));
        await writeFile(at('src/main.ts'), (await readFile(at('src/main.ts'), 'utf8')).replace('words/', 'names/'));
      },
      'one',
    ],
    [
      'is added and used',
      async () => {
        await writeFile(at('src/words/more.ts'), `export const more = 'three';`);
        await writeFile(at('src/words/word.ts'), `export { more as word } from './more.ts';`);
      },
      'three',
    ],
  ])('runs the sources as soon as one of them %s', async (_what, change, word) => {
    await change();
    expect(await run()).toBe(`src says ${word}`);
  });

  it('does not hide that a source is missing', async () => {
    await rm(at('src/words/word.ts'));
    await expect(run()).rejects.toThrow(/Cannot find module .*words\/word\.ts/);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['the dependencies have changed', () => writeFile(at('package-lock.json'), '{ "lockfileVersion": 4 }')],
    ['there is no bundle', () => rm(at('dist'), { recursive: true })],
    ['the bundle was not finished', () => rm(at('dist/inputs.json'))],
    ['the list of its inputs is cut off', () => writeFile(at('dist/inputs.json'), '{"lock":"12')],
    ['the list of its inputs has another form', () => writeFile(at('dist/inputs.json'), '{}')],
  ])('runs the sources when %s', async (_what, change) => {
    await change();
    expect(await run()).toBe('src says one');
  });

  it('keeps to the bundle when a file changes that is read at run time', async () => {
    await writeFile(at('src/pages/page.html'), '<p>another</p>');
    expect(await run()).toBe('dist says one');
  });

  it('runs the bundle again when the change is bundled', async () => {
    await writeFile(at('src/words/word.ts'), `export const word = 'another';`);
    await writeBundle(project);
    expect(await run()).toBe('dist says another');
  });
});

describe('the build', () => {
  it('leaves no bundle when it fails', async () => {
    await writeFile(at('src/words/word.ts'), 'export const word = ;');
    await expect(writeBundle(project)).rejects.toThrow();
    await expect(stat(at('dist/inputs.json'))).rejects.toThrow(/ENOENT/);
  });

  it('fails when a package is not installed', async () => {
    await writeFile(at('src/words/word.ts'), `export { word } from 'a-package-that-is-not-installed';`);
    await expect(writeBundle(project)).rejects.toThrow('a-package-that-is-not-installed');
  });

  it('keeps the names of functions and classes in the stack of an error, and says which file they come from', async () => {
    const fault = `class Fault extends Error {}\nexport function explain(): never { throw new Fault(new Fault().constructor.name); }`;
    await writeFile(at('src/words/one.ts'), fault);
    await writeFile(at('src/words/two.ts'), fault);
    await writeFile(
      at('src/main.ts'),
      `import { explain } from './words/one.ts';\nimport { explain as other } from './words/two.ts';\ntry { explain(); } catch { other(); }`,
    );
    await writeBundle(project);
    await expect(run()).rejects.toThrow(/: Fault\n {4}at explain /);
    expect(await readFile(at('dist/godwit.js'), 'utf8')).toMatch(/^\/\/ src\/words\/two\.ts$/m);
  });

  it('makes the same files from the same sources', async () => {
    const before = await readFile(at('dist/godwit.js'), 'utf8');
    await writeBundle(project, at('elsewhere'));
    expect(await readFile(at('elsewhere/godwit.js'), 'utf8')).toBe(before);
  });
});
