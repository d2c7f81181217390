import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../domain/runtime.ts';
import { Secret } from '../domain/secret.ts';
import { type Config, ConfigError } from './config.ts';

/** Base64 of 32 bytes. */
const keyText = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Returns the encryption keys for stored texts. Without configured keys, an embedded database uses a key file (mode 0600) in `folder`,
 * which is created if necessary. For any other store the list is empty, and backups with a `url` source are rejected. `sealedTexts`: number
 * of encrypted texts in the database. If there are any, no key is created, because a new key could decrypt none of them. Throws
 * `ConfigError`.
 */
export async function encryptionKeysOf(
  config: Pick<Config, 'encryptionKeys'>,
  folder: string | null,
  runtime: Pick<Runtime, 'randomBytes' | 'uuid'>,
  sealedTexts: () => Promise<number>,
): Promise<readonly Secret[]> {
  if (config.encryptionKeys.length > 0 || folder === null) return config.encryptionKeys;
  const path = join(folder, 'godwit.key');
  const text = (await textOf(path)) ?? (await newKeyFile(path, folder, runtime, sealedTexts));
  if (!keyText.test(text)) throw new ConfigError([`the key file ${path} does not hold 32 bytes in base64. ${remedy}`]);
  return [new Secret(text)];
}

const remedy =
  'Restore it from a backup, or configure another key as `encryption.key`: what is sealed with the lost one then stays blocked.';

async function textOf(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a temporary file and links it to its final name, so that a crash leaves no partial key. */
async function newKeyFile(
  path: string,
  folder: string,
  runtime: Pick<Runtime, 'randomBytes' | 'uuid'>,
  sealedTexts: () => Promise<number>,
): Promise<string> {
  const sealed = await sealedTexts();
  if (sealed > 0)
    throw new ConfigError([
      `the key file ${path} is missing, and the database contains ${sealed} texts encrypted with it. ${remedy}`,
    ]);
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${runtime.uuid()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${Buffer.from(runtime.randomBytes(32)).toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    await syncFolder(folder);
  } catch (error) {
    // Another process created the file first, and its key is used.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  return (await readFile(path, 'utf8')).trim();
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
