import { afterEach, describe, expect, it } from 'vitest';
import { acceptCall, beginCall } from '../../src/domain/calls.ts';
import { newMigration } from '../../src/domain/creation.ts';
import { decide } from '../../src/domain/decide.ts';
import type { Migration } from '../../src/domain/migration.ts';
import { caller, Fleet, type FleetOptions, fleetSettings } from '../support/fleet.ts';
import { type ProviderId, providers } from '../support/providers.ts';
import { emulatedAccounts, requestFor } from '../support/simulation.ts';

/** The default limits of the accounts; Alibaba has no published one, so its cloud enforces the same. */
const limits: FleetOptions['limits'] = {
  alibaba: { readsPerSecond: 5, writesPerSecond: 2 },
  huawei: { readsPerSecond: 5, writesPerSecond: 1 },
  tencent: { readsPerSecond: 10, writesPerSecond: 20 },
};
const strict: Partial<Record<ProviderId, number>> = { alibaba: 5, tencent: 20 };
const hours = 3;
const minutes = 2;

let fleet: Fleet;
afterEach(() => fleet.stop());

/** A migration whose restore has run for hours: begun at the cloud, and stored as Godwit would have it. */
async function running(provider: ProviderId, instanceId: string, database: string): Promise<void> {
  const now = fleet.time.now() - hours * 3_600_000;
  const request = requestFor(provider);
  const target = { instanceId, databases: [{ name: database }] };
  const runtime = { ...fleet.time, now: () => now };
  const seal = (url: string) => ({ display: url, sealed: url });
  const account = emulatedAccounts[provider];
  const context = { provider: providers.of(provider), settings: fleetSettings, now };
  let migration: Migration = newMigration({ ...request, target }, account, caller.caller, { runtime, seal });
  for (;;) {
    const command = decide(migration, context.provider);
    if (command.do !== 'send') break;
    const backup = command.backup;
    const vendor = command.call.build({ account, migration, backup, open: ({ sealed }) => sealed });
    const parameters = { ...Object.fromEntries(vendor.query), ...((vendor.body as object | undefined) ?? {}) };
    const reply = fleet.clouds[provider].carryOut(command.call.operation, parameters);
    const refs = command.call.parse({ httpStatus: reply.status, headers: {}, body: reply.body, receivedAt: now });
    const begun = beginCall(migration, command, context);
    migration = acceptCall(begun, begun.calls.at(-1)?.number ?? 0, refs, context);
  }
  // Begun at any time, so due at any time.
  const dueAt = fleet.time.now() + (Number.parseInt(database.slice(1), 10) % 60) * 1000;
  await fleet.store.create({ ...migration, dueAt }, { owner: 'nobody', now: fleet.time.now(), leaseMs: 0 });
}

const instances: Record<string, (number: number) => string> = {
  alibaba: (number) => `rm-${String(number).padStart(16, '0')}`,
  tencent: (number) => `mssql-${String(number).padStart(8, '0')}`,
};

describe('2,000 active migrations on 40 instances', { timeout: 120_000 }, () => {
  it.each(['alibaba', 'tencent'] as const)(
    'at %s cost one read per instance and interval and cause no throttled call',
    async (provider) => {
      const perSecond = strict[provider] ?? 0;
      fleet = await Fleet.start({ limits, strict: () => ({ calls: perSecond, perMs: 1000 }), restoreMs: 360_000_000 });
      for (let number = 0; number < 2000; number++)
        await fleet.time.until(running(provider, instances[provider]?.(number % 40) ?? '', `d${number}`));
      // The first round finds them due at any time; from then on those of an instance come together.
      await fleet.time.pass(65_000);
      const before = fleet.exchanged.length;
      await fleet.time.pass(minutes * 60_000);
      const reads = fleet.exchanged.length - before;
      const seen = await fleet.store.list({}, { size: 200, order: 'oldest_first' });
      expect(
        seen.every(({ state, observedAt }) => state === 'restoring' && (observedAt ?? 0) > fleet.time.now() - 130_000),
      ).toBe(true);
      expect(fleet.clouds[provider].throttled()).toEqual([]);
      const perHour = (reads / 2000) * (60 / minutes);
      process.stdout.write(
        `${provider}: ${perHour.toFixed(2)} reads per migration and hour; one poll each ten seconds makes 360\n`,
      );
      expect(reads).toBeLessThanOrEqual(40 * minutes);
    },
  );
});
