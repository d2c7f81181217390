import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/gateway.ts';
import { browserMissing, expectNoFaults, named, useBrowser } from './support/browser.ts';
import { useNightBoard } from './support/night-board.ts';
import { blockedChain, night } from './support/scene.ts';

/** Makes the pictures of the README. With UPDATE_SCREENSHOTS=1 it replaces the committed ones. */

const root = resolve(import.meta.dirname, '../..');
const newPage = useBrowser();

describe.skipIf(browserMissing !== null)(named('The pictures of the README', browserMissing), () => {
  const board = useNightBoard();
  let folder: string;
  beforeAll(async () => {
    folder = process.env.UPDATE_SCREENSHOTS === '1' ? join(root, 'docs/images') : await temporaryFolder();
    await mkdir(folder, { recursive: true });
  });

  it.each([
    { name: 'board.png', path: '', scheme: 'light', shows: '7 migrations' },
    { name: 'board-migration.png', path: `?id=${blockedChain.id}`, scheme: 'dark', shows: 'Error 4305' },
  ] as const)('$name', async ({ name, path, scheme, shows }) => {
    const watched = await newPage({
      viewport: { width: 1280, height: 860 },
      colorScheme: scheme,
      timezoneId: 'UTC',
      locale: 'en-GB',
    });
    const { page } = watched;
    await page.clock.setFixedTime(night);
    await page.goto(`${board.url}${path}`);
    await page.getByText(shows).first().waitFor();
    await page.locator('#connection', { hasText: 'Live' }).waitFor();
    const picture = await page.screenshot();
    await writeFile(join(folder, name), picture);
    expect(picture.length).toBeLessThan(200 * 1024);
    expect(await readFile(join(root, 'README.md'), 'utf8')).toContain(`(docs/images/${name})`);
    const committed = await readFile(join(root, 'docs/images', name));
    // Bytes 16 to 23 of a PNG hold its width and height.
    expect(committed.subarray(16, 24)).toEqual(picture.subarray(16, 24));
    expect(committed.length).toBeLessThan(200 * 1024);
    expectNoFaults(watched);
    await page.context().close();
  });
});
