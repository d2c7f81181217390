import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { slim } from '../../tools/bundle/slim.ts';
import { temporaryFolder } from '../support/gateway.ts';

const stays = [
  '@scope/bundled/LICENCE.txt',
  '@scope/bundled/package.json',
  'bundled/COPYING',
  'bundled/NOTICE',
  'bundled/node_modules/@scope/inner/license.md',
  'bundled/node_modules/inner/package.json',
  'bundled/package.json',
  'bundled/README.md',
  'fast-xml-parser/lib/fxp.cjs',
  'fast-xml-parser/package.json',
  '@fastify/swagger-ui/static/swagger-ui.css',
  'undici/lib/api/index.js',
];
const goes = [
  '.package-lock.json',
  '@fastify/other/index.js',
  '@scope/bundled/lib/license.js/index.js',
  'bundled/index.js',
  'bundled/lib/package.json',
  'bundled/node_modules/inner/index.js',
  'undici/lib/api/index.js.map',
  'undici/types/index.d.ts',
  'undici-other/index.js',
];

it('leaves of a bundled package what is about it, and of an external one the code', async () => {
  const packages = await temporaryFolder();
  for (const path of [...stays, ...goes]) {
    await mkdir(dirname(join(packages, path)), { recursive: true });
    await writeFile(join(packages, path), '');
  }
  await slim(packages);
  const left = await readdir(packages, { recursive: true, withFileTypes: true });
  const files = left.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  expect(files.sort()).toEqual(stays.map((path) => join(packages, path)).sort());
  expect(left.map(({ name }) => name)).not.toContain('other');
});
