import { startVitest } from 'vitest/node';

/** Every property test with far more runs than `npm test` gives it: `npm run nightly`, or with a number of runs of your own as argument. */
process.env.GODWIT_PROPERTY_RUNS = process.argv[2] ?? process.env.GODWIT_PROPERTY_RUNS ?? '10000';
const vitest = await startVitest('test', ['property'], { run: true, testTimeout: 3_600_000 });
await vitest.close();
