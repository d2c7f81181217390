import { globSync, readFileSync } from 'node:fs';
import { startVitest } from 'vitest/node';

/**
 * Runs every property test with new examples, and those of `*.property.test.ts` with many more of them than `npm test`.
 * `npm run nightly` runs it; an argument is the number of runs.
 */
process.env.GODWIT_PROPERTY_RUNS = process.argv[2] ?? process.env.GODWIT_PROPERTY_RUNS ?? '10000';
process.env.GODWIT_PROPERTY_SEED ??= String(Date.now() % 2 ** 31);
process.stdout.write(`GODWIT_PROPERTY_SEED=${process.env.GODWIT_PROPERTY_SEED}\n`);
const drawing = globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes("'fast-check'"));
const vitest = await startVitest('test', drawing, { run: true, testTimeout: 3_600_000 });
await vitest.close();
