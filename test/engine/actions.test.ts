import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockedBy } from '../../src/domain/aggregate.ts';
import { markableAsFinal } from '../../src/domain/lifecycle.ts';
import type { Migration } from '../../src/domain/migration.ts';
import { applyObservation, observationFailed } from '../../src/domain/observation.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Observation } from '../../src/domain/provider.ts';
import { representMigration } from '../../src/domain/representation.ts';
import { askOperatorAfterMs } from '../../src/domain/timing.ts';
import { type ActionName, actionNames, type Mode, migrationStates } from '../../src/domain/vocabulary.ts';
import { leaseOf } from '../../src/engine/context.ts';
import { type Chain, caller, increment, startChain } from '../support/chain.ts';
import { failureKinds, failureOf, Model, providers, settings } from '../support/model.ts';
import type { ProviderId } from '../support/providers.ts';

const all = ['alibaba', 'huawei', 'tencent'] as const;
const refuse = () => 0;
const accept = () => 20;
const unknown = () => failureKinds.indexOf('timeout');
const throttled = () => failureKinds.indexOf('throttled');

function say(model: Model, phase: Observation['phase'], fail = false): void {
  model.now = Math.max(model.now, model.migration.dueAt ?? 0);
  const backups = model.truth().backups.map((each) => ({ ...each, state: fail ? ('failed' as const) : each.state }));
  const told = { ...model.truth(), phase, backups: phase === 'missing' || !fail ? [] : backups };
  model.set(applyObservation(model.migration, told, model.context));
}

function until(model: Model, condition: (migration: Migration) => boolean): void {
  for (let step = 0; step < 20 && !condition(model.migration); step++) model.honestStep();
}
const restoring = (model: Model) => until(model, ({ backups }) => backups.some(({ state }) => state === 'restoring'));
const lookLate = (model: Model) => {
  model.now += askOperatorAfterMs(settings) + 60_000;
  model.set({ ...model.migration, dueAt: model.now });
  model.work(() => 1);
};

interface Situation {
  readonly name: string;
  readonly mode?: Mode;
  readonly upload?: boolean;
  readonly providers?: readonly ProviderId[];
  readonly accountGone?: boolean;
  reach(model: Model): void;
}

/** The situations of a migration, and how it reaches each. */
const situations: readonly Situation[] = [
  { name: 'just stored', reach: () => undefined },
  { name: 'throttled', reach: (model) => model.work(throttled) },
  { name: 'registered, not started', providers: ['tencent'], reach: (model) => model.work(accept) },
  {
    name: 'waiting for an upload',
    mode: 'full',
    upload: true,
    providers: ['tencent'],
    reach: (model) => model.settle(),
  },
  { name: 'a submission of unknown outcome', reach: (model) => model.work(unknown) },
  {
    name: 'a submission of unknown outcome for a long time',
    reach: (model) => {
      model.work(unknown);
      lookLate(model);
    },
  },
  { name: 'restoring, mode full', mode: 'full', reach: restoring },
  { name: 'restoring', reach: restoring },
  {
    name: 'restoring with a queue',
    reach: (model) => {
      restoring(model);
      model.ask('add');
    },
  },
  {
    name: 'restoring, cutover planned',
    reach: (model) => {
      restoring(model);
      model.ask('add');
      model.ask(model.migration.provider === 'alibaba' ? 'cut_over' : 'cut_over_after');
    },
  },
  {
    name: 'restoring, vendor unavailable',
    reach: (model) => {
      restoring(model);
      model.set(observationFailed(model.migration, failureOf('unauthenticated'), model.context));
    },
  },
  {
    name: 'restoring, unknown vendor status',
    reach: (model) => {
      restoring(model);
      say(model, 'unrecognized');
    },
  },
  {
    name: 'missing at the vendor',
    reach: (model) => {
      restoring(model);
      say(model, 'missing');
    },
  },
  { name: 'awaiting a backup', reach: (model) => model.settle() },
  {
    name: 'awaiting a backup, final one queued',
    reach: (model) => {
      model.settle();
      model.ask('add_final');
    },
  },
  {
    name: 'deferred increment',
    reach: (model) => {
      model.settle();
      model.ask('add');
      model.work(throttled);
    },
  },
  {
    name: 'increment of unknown outcome',
    reach: (model) => {
      model.settle();
      model.ask('add');
      model.work(unknown);
    },
  },
  {
    name: 'refused increment',
    reach: (model) => {
      model.settle();
      model.ask('add');
      model.work(refuse);
    },
  },
  {
    name: 'refused increment, others queued',
    reach: (model) => {
      model.settle();
      for (let count = 0; count < 3; count++) model.ask('add');
      model.work(refuse);
    },
  },
  {
    name: 'refused increment, final one queued',
    reach: (model) => {
      model.settle();
      model.ask('add');
      model.ask('add_final');
      model.work(refuse);
    },
  },
  {
    name: 'increment that waits for its upload',
    upload: true,
    providers: ['tencent'],
    reach: (model) => {
      model.settle();
      model.ask('uploaded');
      model.settle();
      model.ask('add');
      model.settle();
    },
  },
  {
    name: 'opening the database',
    reach: (model) => {
      model.settle();
      model.ask(model.migration.provider === 'alibaba' ? 'cut_over' : 'add_final');
      until(model, ({ state }) => state === 'cutting_over');
    },
  },
  {
    name: 'missing while opening the database',
    reach: (model) => {
      model.settle();
      model.ask(model.migration.provider === 'alibaba' ? 'cut_over' : 'add_final');
      until(model, ({ state, calls }) => state === 'cutting_over' && calls.at(-1)?.state !== 'sending');
      if (model.migration.provider === 'alibaba') model.work(accept);
      say(model, 'missing');
    },
  },
  {
    name: 'opening refused',
    providers: ['alibaba'],
    reach: (model) => {
      model.settle();
      model.ask('cut_over');
      model.work(refuse);
    },
  },
  {
    name: 'cancelling',
    providers: ['alibaba', 'tencent'],
    reach: (model) => {
      model.work(accept);
      model.ask('cancel');
    },
  },
  {
    name: 'cancelling, outcome unknown for a long time',
    providers: ['alibaba', 'tencent'],
    reach: (model) => {
      model.work(accept);
      model.ask('cancel');
      model.work(unknown);
      lookLate(model);
    },
  },
  {
    name: 'account not configured',
    accountGone: true,
    reach: (model) => {
      restoring(model);
      model.set(blockedBy(model.migration, { code: 'account_not_configured', detail: 'It is gone.' }));
    },
  },
  {
    name: 'cancelling, account not configured',
    accountGone: true,
    providers: ['alibaba', 'tencent'],
    reach: (model) => {
      model.work(accept);
      model.ask('cancel');
      const alone = { ...model.migration, blocking: [] };
      model.set(blockedBy(alone, { code: 'account_not_configured', detail: 'It is gone.' }));
    },
  },
  {
    name: 'succeeded',
    reach: (model) => {
      model.ask('add_final');
      model.settle();
    },
  },
  { name: 'succeeded, mode full', mode: 'full', reach: (model) => model.settle() },
  { name: 'refused', reach: (model) => model.work(refuse) },
  {
    name: 'failed',
    reach: (model) => {
      restoring(model);
      say(model, 'failed', true);
    },
  },
  {
    name: 'failed with its increment',
    reach: (model) => {
      model.settle();
      model.ask('add');
      restoring(model);
      say(model, 'failed', true);
    },
  },
  { name: 'cancelled', reach: (model) => void model.ask('cancel') },
];

const table = situations.flatMap((situation) =>
  (situation.providers ?? all).map((provider) => ({ ...situation, provider })),
);

describe('the offered actions', () => {
  const chains = new Map<ProviderId, Chain>();
  beforeAll(async () => {
    for (const provider of all) chains.set(provider, await startChain(provider));
  });
  afterAll(async () => {
    for (const { simulation } of chains.values()) await simulation.store.close();
  });
  const reached = new Set<string>();

  it.each(table)('are exactly those that Godwit accepts: $provider, $name', async (situation) => {
    const { provider, mode = 'full_log', upload = false, accountGone = false } = situation;
    const chain = chains.get(provider);
    if (chain === undefined) throw new Error('no chain');
    const { store, context, account } = chain.simulation;
    const model = new Model(provider, mode, upload);
    situation.reach(model);
    const migration: Migration = { ...model.migration, account: account.name };
    reached.add(migration.state);
    const shown = representMigration(migration, context.providers.of(provider)).actions;
    const accounts = context.accounts as Map<string, typeof account>;
    if (accountGone) accounts.delete(account.name);
    try {
      for (const action of actionNames) {
        const created = await store.create(migration, leaseOf(context));
        expect(created.outcome).toBe('created');
        const answer = await ask(chain, migration, mode, action);
        const text = `${action} in ${migration.state} (${migration.stateReason}); offered: ${shown.join(' ')}`;
        if (shown.includes(action)) expect(answer, text).toBe('taken');
        else if (action === 'cancel' || action === 'cut_over')
          expect(answer, text).toBeOneOf(['already so', 'refused', 'needs a final backup']);
        else expect(answer, text).toBe('refused');
        await store.remove(migration.id);
      }
    } finally {
      accounts.set(account.name, account);
    }
  });

  it('cover every state', () => {
    expect([...reached].sort()).toEqual([...migrationStates].sort());
  });
});

async function ask({ service }: Chain, migration: Migration, mode: Mode, action: ActionName): Promise<string> {
  const { id } = migration;
  const provider = migration.provider as ProviderId;
  const last = provider === 'alibaba' ? undefined : markableAsFinal(migration, providers.of(provider))?.id;
  const upload = migration.backups[0]?.source.type === 'upload';
  const request = increment(provider, mode === 'full' ? 'full_log' : mode, 9);
  const source = { type: 'upload', fileName: 'orders_20261121230000_2log2_2noreconvery2.bak' } as const;
  try {
    const result = await {
      add_backup: () => service.addBackup(id, upload ? { ...request, source } : request, caller),
      cut_over: () => service.cutOver(id, last === undefined ? {} : { afterBackup: last }, caller),
      cancel: () => service.cancel(id, caller),
      retry: () => service.retry(id, {}, caller),
      delete: () => service.remove(id, caller),
    }[action]();
    return result !== undefined && 'changed' in result && !result.changed ? 'already so' : 'taken';
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 409) throw error;
    expect(error.extras.members).toMatchObject({ migrationId: id, state: migration.state });
    return error.code === 'cutover_needs_final_backup' ? 'needs a final backup' : 'refused';
  }
}
