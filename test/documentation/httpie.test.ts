import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { documentedClouds, failureOf, missingProgram, root, shellBlocks } from './support/commands.ts';

const page = join(root, 'docs/cookbook.md');
// The first block defines what every recipe uses.
const blocks = [...shellBlocks(page).slice(0, 1), ...shellBlocks(page, ' httpie')];
const missing = missingProgram(blocks);

describe('docs/cookbook.md', () => {
  let clouds: Sandbox;
  beforeAll(async () => {
    clouds = await documentedClouds();
  });
  afterAll(() => clouds.close());

  it('contains an HTTPie version of every recipe', () => {
    expect(blocks).toHaveLength(shellBlocks(page).length);
  });

  it.skipIf(missing !== null)(
    `has HTTPie commands that succeed${missing === null ? '' : ` (skipped: ${missing} is not installed)`}`,
    { timeout: 120_000 },
    async () => {
      expect(await failureOf(clouds, blocks)).toBeNull();
    },
  );
});
