import { afterEach, describe, expect, it } from 'vitest';
import type { Migration } from '../../src/domain/migration.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import type { VendorReply } from '../../src/domain/vendor.ts';
import type { MigrationService } from '../../src/engine/interface.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { caller, Fleet, type FleetOptions } from '../support/fleet.ts';
import type { ProviderId } from '../support/providers.ts';
import { incrementKey, requestFor } from '../support/simulation.ts';
import { onBothStores } from '../support/stores.ts';

const many = { readsPerSecond: 1000, writesPerSecond: 1000 };
const limits: FleetOptions['limits'] = { alibaba: many, huawei: many, tencent: many };
/** A database under other load answers slowly. */
const timeout = 60_000;
const idNames = { alibaba: 'migrateTaskId', huawei: 'jobId', tencent: 'backupMigrationId' } as const;

let fleet: Fleet;
afterEach(() => fleet.stop());

/** The two processes of a fleet. The second does not know the first one's database. */
function parties() {
  const [before, after] = fleet.processes.map(({ service }) => service);
  if (before === undefined || after === undefined) throw new Error('two processes are needed');
  return { before, after };
}
/** Ends the first process and discards its database. */
async function lose(): Promise<void> {
  fleet.first.client.drain();
  await fleet.time.until(fleet.first.engine.stop(0));
}
const effects = (provider: ProviderId) => fleet.clouds[provider].journal().map(({ effect }) => effect);
const get = (service: MigrationService, id: string): Promise<Migration> => service.get(id, caller);

/** The vendor's load balancer reports no backend. */
const unavailable = async (): Promise<VendorReply> => ({
  httpStatus: 503,
  headers: {},
  body: '',
  receivedAt: fleet.time.now(),
});

/** Creates, waits for the vendor's answer, and returns the migration or the problem's code. */
async function create(service: MigrationService, request: MigrationRequest): Promise<Migration | string> {
  try {
    const result = await fleet.time.until(service.create(request, 10_000, caller));
    if ('replay' in result) throw new Error('a replay');
    return result.migration;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

async function begun(provider: ProviderId, mode: MigrationRequest['mode'] = 'full') {
  const request = requestFor(provider, mode);
  const made = await create(parties().before, request);
  if (typeof made === 'string') throw new Error(made);
  const { source: _source, ...asked } = request;
  const name = idNames[provider];
  return { made, asked: { ...asked, adopt: { [name]: made.providerRefs[name] ?? '' } } };
}

await onBothStores('what a lost database had begun, in virtual time', (newUrl) => {
  const start = async (more: Partial<FleetOptions> = {}): Promise<void> => {
    const open = async () => openStore(await newUrl(), { runtime: systemRuntime });
    const stores = [await open(), await open()];
    fleet = await Fleet.start({ limits, restoreMs: 20_000, stores, ...more });
  };

  describe.each(['alibaba', 'huawei', 'tencent'] as const)('at %s', (provider) => {
    it('is adopted once while it runs, for any number of concurrent requests, and followed to its end', {
      timeout,
    }, async () => {
      await start();
      const { asked } = await begun(provider);
      const { after } = parties();
      const taken = await Promise.all([1, 2, 3].map(() => create(after, asked)));
      expect(taken.filter((each) => typeof each === 'string').sort()).toEqual(
        Array(2).fill(expect.stringMatching(/provider_conflict|target_busy/)),
      );
      const [adopted] = taken.filter((each) => typeof each !== 'string');
      expect(adopted).toMatchObject({ state: 'restoring' });
      await fleet.time.pass(70_000);
      expect(await get(after, adopted?.id ?? '')).toMatchObject({ state: 'succeeded', blocking: [] });
      expect(effects(provider).filter((effect) => effect === 'restore')).toHaveLength(1);
    });

    it('continues as a chain to its cutover, and each file is restored once', { timeout }, async () => {
      await start();
      const { made, asked } = await begun(provider, 'full_log');
      await fleet.time.pass(70_000);
      const { before, after } = parties();
      expect((await get(before, made.id)).state).toBe('awaiting_backup');
      await lose();
      const adopted = await create(after, asked);
      if (typeof adopted === 'string') throw new Error(adopted);
      expect(adopted).toMatchObject({ state: 'awaiting_backup', mode: 'full_log' });
      for (const [number, final] of [
        [1, false],
        [2, true],
      ] as const) {
        const keys = [incrementKey(provider, 'full_log', number, final)];
        const source = { type: 'object_storage' as const, bucket: 'acme-backups-1250000000', keys };
        await fleet.time.until(after.addBackup(adopted.id, { type: 'log', source, final }, caller));
      }
      await fleet.time.pass(200_000);
      expect(await get(after, adopted.id)).toMatchObject({ state: 'succeeded', blocking: [] });
      expect(effects(provider).filter((effect) => effect === 'restore')).toHaveLength(3);
    });

    it('is adopted when the vendor answers again; failed attempts store and send nothing', {
      timeout,
    }, async () => {
      let reached = 0;
      let throttledFrom = Number.POSITIVE_INFINITY;
      const strict = () => (reached++ >= throttledFrom ? { calls: 0, perMs: 1000 } : null);
      await start({ restoreMs: 36_000_000, strict });
      const { asked } = await begun(provider);
      const { after } = parties();
      await lose();
      const sent = fleet.clouds[provider].journal().length;
      const stored = async () =>
        (await fleet.processes[1]?.store.list({}, { size: 10, order: 'oldest_first' }))?.length;
      for (const position of [0, 1]) {
        reached = 0;
        throttledFrom = position;
        expect(await create(after, asked)).toBe('provider_throttled');
        throttledFrom = Number.POSITIVE_INFINITY;
        await fleet.time.pass(15_000);

        let exchanges = 0;
        const away = (at: ProviderId) => (at === provider && exchanges++ >= position ? unavailable() : null);
        fleet.interfere = away;
        expect(await create(after, asked)).toBe('provider_unavailable');
        fleet.interfere = () => null;
        await fleet.time.pass(15_000);
        expect(await stored()).toBe(0);
      }
      expect(await create(after, asked)).toMatchObject({ state: 'restoring' });
      expect(fleet.clouds[provider].journal()).toHaveLength(sent);
    });
  });
});
