import { expect, it } from 'vitest';
import { newMigration } from '../../src/domain/creation.ts';
import { assumeAbsent } from '../../src/domain/in-doubt.ts';
import type { VendorClient } from '../../src/domain/vendor.ts';
import { leaseOf } from '../../src/engine/context.ts';
import { workOn } from '../../src/engine/work.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

const successor = 'process-2';

/** A stored migration leased by a process that calls the vendor through `client`. */
async function heldBy(client: (simulation: Simulation, id: () => string) => VendorClient) {
  const simulation = await Simulation.start({ provider: 'alibaba' });
  const { context, store, account } = simulation;
  const seal = (url: string) => ({ display: url, sealed: url });
  const migration = newMigration(requestFor('alibaba'), account, 'tests', { runtime: context.runtime, seal });
  const result = await store.create(migration, leaseOf(context));
  if (result.outcome !== 'created') throw new Error(result.outcome);
  const work = workOn(
    { ...context, client: client(simulation, () => migration.id) },
    [{ migration, fence: result.fence }],
    () => false,
  );
  return { simulation, id: migration.id, work };
}

/** Time passes as in a paused process. */
function pause(simulation: Simulation): void {
  simulation.now += simulation.context.settings.leaseMs + 1;
}

it('no call leaves after the lease of its stored intent has expired', async () => {
  const answers: boolean[] = [];
  const { simulation, id, work } = await heldBy((own) => ({
    ...bound(own.context.client),
    execute(account, region, request, options) {
      answers.push(options?.mayGo?.() ?? true);
      pause(own);
      answers.push(options?.mayGo?.() ?? true);
      return own.context.client.execute(account, region, request, options);
    },
  }));
  await work;
  expect(answers.slice(0, 2)).toEqual([true, false]);
  expect((await simulation.get(id)).calls[0]?.state).toBe('deferred');
  expect(simulation.restores()).toEqual([]);
});

it('a call that is accepted after a successor presumed it lost is reported', async () => {
  const { simulation, id, work } = await heldBy((own, migrationId) => ({
    ...bound(own.context.client),
    async execute(account, region, request) {
      const reply = await own.context.client.execute(account, region, request);
      pause(own);
      await own.store.claim({ ...leaseOf(own.context), owner: successor }, 1);
      await own.change(migrationId(), (latest) => assumeAbsent(latest, 1, own.now));
      return reply;
    },
  }));
  await work;
  const { warnings, calls } = await simulation.get(id);
  expect(calls[0]?.state).toBe('absent');
  expect(warnings.map(({ code }) => code)).toEqual(['accepted_after_all']);
  expect(warnings[0]?.detail).toContain(simulation.restores()[0]?.taskId);
});

function bound(client: VendorClient): VendorClient {
  return {
    execute: (...parameters) => client.execute(...parameters),
    converse: (...parameters) => client.converse(...parameters),
    admit: (...parameters) => client.admit(...parameters),
    circuits: () => client.circuits(),
    maxCallerWaitMs: client.maxCallerWaitMs,
    outlook: (account) => client.outlook(account),
    slowedOperations: () => client.slowedOperations(),
    clockOffset: (account) => client.clockOffset(account),
    cloudId: (account, region) => client.cloudId(account, region),
    knowsCloud: () => false,
    learnCloudId: (account, region) => client.learnCloudId(account, region),
    credentialPrint: (account) => client.credentialPrint(account),
  };
}
