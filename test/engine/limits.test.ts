import { afterEach, describe, expect, it } from 'vitest';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import { caller, Fleet, type FleetOptions } from '../support/fleet.ts';
import { findPostgres } from '../support/postgres.ts';
import type { ProviderId } from '../support/providers.ts';
import { requestFor } from '../support/simulation.ts';
import { type FourProcesses, fourProcesses } from '../support/stores.ts';
import type { StrictLimit } from '../support/strict-limits.ts';

/** The default limits of the accounts. */
const limits: FleetOptions['limits'] = {
  alibaba: { readsPerSecond: 5, writesPerSecond: 2 },
  huawei: { readsPerSecond: 5, writesPerSecond: 1 },
  tencent: { readsPerSecond: 10, writesPerSecond: 20 },
};

/** The limits of the clouds: those that Tencent publishes, and those that Godwit assumes for the others. */
function strict(operation: string): StrictLimit | null {
  if (/(Backup|Incremental)Migration$/.test(operation)) return { calls: 20, perMs: 1000 };
  if (operation === 'CreateReplicationJob') return { calls: 1, perMs: 1000 };
  if (/Migrate|Ossdownloads|ReplicationJob/i.test(operation))
    return { calls: /^(Describe|List|Show)/.test(operation) ? 5 : 2, perMs: 1000 };
  return null;
}

const providers = ['alibaba', 'huawei', 'tencent'] as const;
const instances: Record<ProviderId, (number: number) => string> = {
  alibaba: (number) => `rm-${String(number).padStart(16, '0')}`,
  huawei: (number) => `${String(number).padStart(32, '0')}in04`,
  tencent: (number) => `mssql-${String(number).padStart(8, '0')}`,
};

/** Long restores that are polled seldom. */
const lasting = { restoreMs: 360_000_000, settings: { pollMinMs: 900_000, pollMaxMs: 900_000 } };
/** `BURST=500` is the documented figure; fewer creations show the same in less time. */
const count = Number(process.env.BURST ?? 40);

const postgres = await findPostgres();
let four: FourProcesses | null = null;
let fleet: Fleet;
afterEach(async () => {
  await fleet.stop();
  await four?.stop();
  four = null;
});

function onInstance(provider: ProviderId, instance: number, database = 'orders'): MigrationRequest {
  const request = requestFor(provider);
  const databases = provider === 'huawei' ? {} : { databases: [{ name: database }] };
  return { ...request, target: { ...databases, instanceId: instances[provider](instance) } };
}

/**
 * Creates that many migrations per provider at once, spread over the processes. Returns the seconds until the last is
 * accepted.
 */
async function burst(): Promise<number> {
  const { time, processes, clouds } = fleet;
  const began = time.now();
  // Faster than any cloud, but spread out, because a database has its limits too.
  for (let first = 0; first < count; first += 20) {
    const numbers = Array.from({ length: Math.min(20, count - first) }, (_, index) => first + index);
    const created = numbers.flatMap((number) =>
      providers.map((provider) =>
        processes[number % processes.length]?.service.create(onInstance(provider, number), 0, caller),
      ),
    );
    await time.until(Promise.all(created));
  }
  const restores = () =>
    providers.map((provider) => clouds[provider].journal().filter(({ effect }) => effect === 'restore').length);
  while (restores().some((each) => each < count) && time.now() - began < 1_800_000) await time.pass(5000);
  expect(restores()).toEqual([count, count, count]);
  return (time.now() - began) / 1000;
}

const violations = () => providers.flatMap((provider) => fleet.clouds[provider].throttled());

describe(`a burst of ${count} creations at each of three strict clouds`, { timeout: 600_000 }, () => {
  it('causes no throttled call from one process', async () => {
    fleet = await Fleet.start({ limits, strict, ...lasting });
    const seconds = await burst();
    expect(violations()).toEqual([]);
    // 1 per second at the slowest cloud, plus a tenth.
    expect(seconds).toBeLessThan(count * 1.1 + 15);
  });

  describe.skipIf(!postgres.available)('over PostgreSQL', () => {
    it('causes none from four processes, which use most of the limit', async () => {
      four = await fourProcesses();
      fleet = await Fleet.start({ limits, strict, ...lasting, ...four });
      // The member lists of the first processes are older than the last process.
      await fleet.time.pass(6000);
      const seconds = await burst();
      expect(violations()).toEqual([]);
      expect(seconds).toBeLessThan(count * 1.6);
    });
  });
});
