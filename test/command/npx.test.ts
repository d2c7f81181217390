import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/gateway.ts';

const root = resolve(import.meta.dirname, '../..');
const { version, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The PATH of a shell without this checkout: `node` is the system's, of any version. */
const path = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);
const npx = path.split(delimiter).some((folder) => existsSync(join(folder, 'npx')));

describe('npx godwit in a checkout', () => {
  // npx treats the checkout as a package to install, and `strict-allow-scripts` refuses packages with such a script.
  it.each(['preinstall', 'install', 'postinstall', 'prepare'])('is not stopped by a script %s', (name) =>
    expect(scripts).not.toHaveProperty(name),
  );

  it.skipIf(!npx)('runs the command, without a registry', { timeout: 60_000 }, async () => {
    const env = { PATH: path, HOME: await temporaryFolder(), npm_config_offline: 'true' };
    const { stdout, stderr } = await promisify(execFile)('npx', ['godwit', '--version'], { cwd: root, env });
    expect([stdout, stderr]).toEqual([`${version}\n`, '']);
  });
});
