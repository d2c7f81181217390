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
  'e2e/lasting-failures.test.ts',
  'e2e/feed.test.ts',
  'command/gateway.test.ts',
  'e2e/store-away.test.ts',
  'e2e/killed-while-waiting.test.ts',
  'client/following.test.ts',
];

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => waiting.findIndex((name) => moduleId.endsWith(name)) >>> 0;
    return (await super.sort(files)).sort((left, right) => rank(left) - rank(right));
  }
}

/**
 * What takes most of the time: browsers, images, generated clients, storms, processes that are started or killed, and every command of the
 * documents. `npm test` leaves it out, so that it ends within a minute; `npm test -- --project extended` runs everything.
 */
const extended = [
  'test/browser/**/*.test.ts',
  'test/chaos/*.test.ts',
  'test/clients/**/*.test.ts',
  'test/command/gateway.test.ts',
  'test/command/process.test.ts',
  'test/container/**/*.test.ts',
  'test/documentation/commands.test.ts',
  'test/documentation/httpie.test.ts',
  'test/e2e/killed-while-waiting.test.ts',
  'test/e2e/lasting-failures.test.ts',
  'test/e2e/newcomer.test.ts',
  'test/security/canary.test.ts',
  'test/security/expressions.test.ts',
  'test/store/failover.test.ts',
  'test/store/pgbouncer.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'quick', include: ['test/**/*.test.ts'], exclude: extended } },
      { extends: true, test: { name: 'extended', include: extended } },
    ],
    // Bounds for what never comes. A loaded machine is slower by a factor of ten and fails no test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    globalSetup: ['test/support/temporary-files.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    isolate: false,
    // As the gateway runs: Node itself loads the sources.
    experimental: { viteModuleRunner: false },
    maxWorkers: 3,
    sequence: { sequencer: WaitingFirst },
  },
});
