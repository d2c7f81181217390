import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Workers keep what they compile where the gateway does.
process.env.NODE_COMPILE_CACHE ??= new URL('node_modules/.cache/node', import.meta.url).pathname;

/** Files that wait for processes and clocks more than they compute: begun first, so that the others fill the time. */
const waiting = [
  'browser/explorer.test.ts',
  'browser/board.test.ts',
  'browser/newcomer.test.ts',
  'chaos/chaos.test.ts',
  'security/canary.test.ts',
  'e2e/newcomer.test.ts',
  'engine/simulation.test.ts',
];

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => waiting.findIndex((name) => moduleId.endsWith(name)) >>> 0;
    return (await super.sort(files)).sort((left, right) => rank(left) - rank(right));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Bounds for what never comes. A loaded machine is slower by a factor of ten and fails no test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    globalSetup: ['test/support/temporary-files.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    isolate: false,
    // As the gateway runs: Node itself loads the sources.
    experimental: { viteModuleRunner: false },
    maxWorkers: 3,
    sequence: { sequencer: WaitingFirst },
  },
});
