import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../domain/runtime.ts';
import { Secret } from '../domain/secret.ts';
import type { Config } from './config.ts';

/**
 * The keys for signed URLs at rest. Without configured ones an embedded database gets a key file (mode 0600) in its folder; for any
 * other store the list is empty, and `url` sources are refused.
 */
export async function encryptionKeysOf(
  config: Pick<Config, 'encryptionKeys'>,
  folder: string | null,
  runtime: Pick<Runtime, 'randomBytes'>,
): Promise<readonly Secret[]> {
  if (config.encryptionKeys.length > 0 || folder === null) return config.encryptionKeys;
  const path = join(folder, 'godwit.key');
  await mkdir(folder, { recursive: true });
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${Buffer.from(runtime.randomBytes(32)).toString('base64')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return [new Secret((await readFile(path, 'utf8')).trim())];
}
