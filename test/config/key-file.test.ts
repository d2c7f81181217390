import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { encryptionKeysOf } from '../../src/config/key-file.ts';
import { systemRuntime } from '../../src/runtime.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'godwit-key-'));
});
const keysWith = (sealedTexts: number) =>
  encryptionKeysOf({ encryptionKeys: [] }, folder, systemRuntime, async () => sealedTexts);

describe('the key file', () => {
  it('is created once, atomically, readable by its owner only and without leftovers', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => keysWith(0)));
    const texts = new Set(all.map(([key]) => key?.reveal()));
    expect(texts.size).toBe(1);
    expect(await readdir(folder)).toEqual(['godwit.key']);
    expect((await stat(join(folder, 'godwit.key'))).mode & 0o777).toBe(0o600);
    expect(`${[...texts][0]}\n`).toBe(await readFile(join(folder, 'godwit.key'), 'utf8'));
  });

  it('is not replaced while stored texts are encrypted with the missing key', async () => {
    await expect(keysWith(3)).rejects.toThrow(/godwit\.key is missing, and the database contains 3 texts/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['', 'half of a k', `${Buffer.alloc(31).toString('base64')}\n`])(
    'that holds %j is rejected',
    async (text) => {
      await writeFile(join(folder, 'godwit.key'), text);
      await expect(keysWith(0)).rejects.toThrow(/does not hold 32 bytes/);
      expect(await readFile(join(folder, 'godwit.key'), 'utf8')).toBe(text);
    },
  );
});
