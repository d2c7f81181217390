import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { knownReasons } from '../../src/telemetry/metrics/store.ts';

it('every reason that the domain and the engine give has a label of its own', () => {
  const given = ['domain', 'engine'].flatMap((room) => {
    const folder = new URL(`../../src/${room}/`, import.meta.url);
    return readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(new URL(file, folder), 'utf8').matchAll(
          /stateReason(?:: | = )(?:reasonUnlessEnded\(\w+, )?'(\w+)'/g,
        ),
      ])
      .map(([, reason]) => reason);
  });
  expect(given.length).toBeGreaterThan(5);
  for (const reason of given) expect(knownReasons).toContain(reason);
});
