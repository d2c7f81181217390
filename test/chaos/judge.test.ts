import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/store.ts';
import { type VendorClient, VendorError } from '../../src/domain/vendor.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { withMethods } from '../support/with-methods.ts';
import { type Intent, intentOf } from './intent.ts';
import { type Evidence, judge } from './judge.ts';
import { choices } from './random.ts';
import { evidenceOf } from './workshop.ts';

function intents(provider: Intent['provider'], count: number): readonly Intent[] {
  return Array.from({ length: count }, (_, number) => ({
    ...intentOf(provider, number * 6, choices(number)),
    mode: 'full' as const,
    again: false,
    increments: [],
    full: { name: `judge${number}_full.bak`, final: false },
  }));
}

function lateAnswers(operation: string, count: number) {
  return (sandbox: Sandbox): void =>
    sandbox.faults.add({ cloud: '*', operation, kind: 'delay_after', ms: 2500, count });
}

/** The bug that Godwit exists to avoid: a call is simply resent after a timeout. */
function resendsBlindly(honest: VendorClient): VendorClient {
  return {
    ...honest,
    async execute(account, region, request, options) {
      try {
        return await honest.execute(account, region, request, options);
      } catch (error) {
        if (!(error instanceof VendorError) || error.failure.kind !== 'timeout') throw error;
        await systemRuntime.sleep(200);
        return honest.execute(account, region, request);
      }
    },
  };
}

/** Acknowledges every second creation without storing it. */
function forgetsHalf(honest: Store): Store {
  let number = 0;
  return withMethods(honest, {
    create: async (migration, lease, key) =>
      number++ % 2 === 0
        ? honest.create(migration, lease, key)
        : { outcome: 'created', fence: { owner: lease.owner, token: 1 } },
  });
}

describe('the judge, run against a gateway with a planted bug', () => {
  it('reports nothing when no bug is planted, under the same faults', async () => {
    const evidence = await evidenceOf(intents('alibaba', 4), { prepare: lateAnswers('CreateMigrateTask', 4) });
    const { duplicates, lost, wrong, effects } = judge('alibaba', evidence);
    expect({ duplicates, lost, wrong, effects }).toEqual({ duplicates: [], lost: [], wrong: [], effects: 4 });
  });

  it('reports duplicates when the gateway resends calls after a timeout', async () => {
    const evidence = await evidenceOf(intents('alibaba', 4), {
      client: resendsBlindly,
      prepare: lateAnswers('CreateMigrateTask', 4),
    });
    expect(judge('alibaba', evidence).duplicates).toHaveLength(4);
  });

  it('reports duplicates when the gateway trusts a list before it is complete', async () => {
    const evidence = await evidenceOf(intents('alibaba', 2), {
      settings: { settleMs: 0 },
      prepare: (sandbox) => {
        lateAnswers('CreateMigrateTask', 2)(sandbox);
        sandbox.setListLag('alibaba', 6000);
      },
    });
    expect(judge('alibaba', evidence).duplicates).toHaveLength(2);
  });

  it('reports a loss when the gateway acknowledges a creation that it did not store', async () => {
    const { lost, duplicates } = judge('huawei', await evidenceOf(intents('huawei', 4), { store: forgetsHalf }));
    expect(lost).toHaveLength(2);
    expect(duplicates).toEqual([]);
  });
});

describe('the judge, given tampered evidence', () => {
  let honest: Evidence;
  beforeAll(async () => {
    honest = await evidenceOf(intents('tencent', 1), {});
  });

  it('reports nothing for untampered evidence', () => {
    const { duplicates, lost, wrong } = judge('tencent', honest);
    expect([duplicates, lost, wrong]).toEqual([[], [], []]);
  });

  const tampered: readonly [string, 'duplicates' | 'lost' | 'wrong', (evidence: Evidence) => Evidence][] = [
    ['a restore twice in the journal', 'duplicates', (e) => ({ ...e, journal: [...e.journal, ...e.journal] })],
    ['an acknowledged intent without a restore', 'lost', (e) => ({ ...e, journal: [] })],
    ['a migration that the gateway has forgotten', 'wrong', (e) => ({ ...e, migrations: [] })],
    ['two migrations of one intent', 'wrong', (e) => ({ ...e, migrations: [...e.migrations, ...e.migrations] })],
    ['a restore that nobody asked for', 'wrong', (e) => ({ ...e, told: [] })],
    [
      'a state that is not the cloud’s',
      'wrong',
      (e) => ({ ...e, migrations: e.migrations.map((migration) => ({ ...migration, state: 'restoring' as const })) }),
    ],
    [
      'ids that are not the cloud’s',
      'wrong',
      (e) => ({ ...e, migrations: e.migrations.map((migration) => ({ ...migration, providerRefs: { id: 'other' } })) }),
    ],
    [
      'a cloud that says failed',
      'wrong',
      (e) => ({ ...e, words: new Map([...e.words].map(([key]) => [key, 'failed'])) }),
    ],
    [
      'a claim for another file',
      'wrong',
      (e) => ({ ...e, facts: new Map([...e.facts].map(([key, fact]) => [key, { ...fact, files: ['other.bak'] }])) }),
    ],
    [
      'a claim for another database',
      'wrong',
      (e) => ({ ...e, facts: new Map([...e.facts].map(([key, fact]) => [key, { ...fact, database: 'other' }])) }),
    ],
    ['a restore in another cloud', 'wrong', (e) => ({ ...e, elsewhere: e.journal })],
    [
      'a migration that was asked for again and never restored again',
      'lost',
      (e) => ({ ...e, told: e.told.map((each) => ({ ...each, askedAgain: true, acknowledgedAgain: true })) }),
    ],
    ['a caller who was refused', 'wrong', (e) => ({ ...e, told: e.told.map((each) => ({ ...each, refusal: '422' })) })],
    [
      'a caller who was told of another migration',
      'wrong',
      (e) => ({ ...e, told: e.told.map((each) => ({ ...each, migrationId: 'mig_other' })) }),
    ],
  ];
  it.each(tampered)('reports %s as %s', (_, kind, tamper) => {
    expect(judge('tencent', tamper(honest))[kind].length).toBeGreaterThan(0);
  });
});
