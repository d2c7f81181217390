import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import type { Migration } from '../../src/domain/migration.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import type { Account } from '../../src/domain/vendor.ts';
import { maxBreakMs } from '../../src/transport/breaker.ts';
import { type Chain, caller, problemOf, startChain } from '../support/chain.ts';
import type { ProviderId } from '../support/providers.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

const all = ['alibaba', 'huawei', 'tencent'] as const;
function onDatabase(provider: ProviderId, name: string, key?: string): MigrationRequest {
  const request = requestFor(provider, 'full', key ?? `prod/${name}_full.bak`);
  return { ...request, target: { ...request.target, databases: [{ name }] } };
}

describe.each(all)('a migration at %s that repeats the request of a deleted one', (provider) => {
  it.each(['drop_before', 'drop_after'] as const)('never claims that migration’s task (%s)', async (fault) => {
    const simulation = await Simulation.start({ provider });
    const request = requestFor(provider, 'full', 'prod/corrupt-orders.bak');
    const first = await simulation.until(await simulation.submit(request), isTerminal);
    expect(first.state).toBe('failed');
    expect(await simulation.store.remove(first.id)).toBe(true);

    simulation.changeFaults = [fault];
    const second = await simulation.until(await simulation.submit(request), isTerminal);
    expect(simulation.exchanges.some((each) => each.endsWith(fault))).toBe(true);
    const [, own, ...others] = simulation.restores();
    expect(others).toEqual([]);
    expect(Object.values(second.providerRefs)).toContain(own?.taskId);
    expect(Object.values(second.providerRefs).filter((id) => Object.values(first.providerRefs).includes(id))).toEqual(
      [],
    );
  });
});

describe.each(all)('the task that an operator names at %s for a call of unknown outcome', (provider) => {
  const idName = { alibaba: 'migrateTaskId', huawei: 'jobId', tencent: 'backupMigrationId' }[provider];
  const settings = { settings: { settleMs: 1000 } };

  /** Sends the call, loses its answer, and probes without a result until an operator may decide. */
  async function inDoubt(chain: Chain, fault: 'drop_before' | 'drop_after'): Promise<Migration> {
    const { simulation } = chain;
    simulation.changeFaults = [fault];
    simulation.meanwhile = async () => {
      if (simulation.changeFaults.length === 0) simulation.readFault = 'unavailable_before';
    };
    const id = await simulation.submit(onDatabase(provider, 'customers'));
    const doubtful = await chain.until(id, ({ calls }) => calls.at(-1)?.asksOperator === true);
    // The vendor has failed for so long that its circuit breaker is open.
    simulation.now += maxBreakMs;
    simulation.meanwhile = null;
    simulation.readFault = 'none';
    return doubtful;
  }
  const adopt = (chain: Chain, id: string, vendorId: string) =>
    problemOf(chain.service.retry(id, { adopt: { [idName]: vendorId } }, caller));

  it.each([false, true])('is rejected when it belongs to another migration (deleted: %s)', async (deleted) => {
    const chain = await startChain(provider, 'full', settings);
    const first = await chain.until(await chain.create(onDatabase(provider, 'orders')), isTerminal);
    if (deleted) await chain.service.remove(first.id, caller);
    const second = await inDoubt(chain, 'drop_before');
    const problem = await adopt(chain, second.id, first.providerRefs[idName] ?? '');
    expect(problem).toMatchObject({ code: 'provider_conflict', detail: expect.stringContaining('another migration') });
    expect((await chain.get(second.id)).state).toBe('pending');
  });

  it('is rejected when it does not exist', async () => {
    const chain = await startChain(provider, 'full', settings);
    const { id } = await inDoubt(chain, 'drop_before');
    expect(await adopt(chain, id, '999999')).toMatchObject({
      code: 'provider_conflict',
      detail: expect.stringContaining('999999'),
    });
  });

  it('is rejected when it restores another file', async () => {
    const chain = await startChain(provider, 'full', settings);
    const { simulation } = chain;
    const yesterday = await chain.until(
      await chain.create(onDatabase(provider, 'customers', 'prod/yesterday.bak')),
      isTerminal,
    );
    // As if another client had started it: Godwit has none of its ids.
    await simulation.change(yesterday.id, (latest) => ({
      ...latest,
      providerRefs: {},
      calls: [],
      backups: latest.backups.map((each) => ({ ...each, providerRefs: {} })),
    }));
    const { id } = await inDoubt(chain, 'drop_before');
    expect(await adopt(chain, id, yesterday.providerRefs[idName] ?? '')).toMatchObject({
      code: 'provider_conflict',
      detail: expect.stringContaining('yesterday.bak'),
    });
  });

  it('is adopted when it matches', async () => {
    const chain = await startChain(provider, 'full', settings);
    const { id } = await inDoubt(chain, 'drop_after');
    const { cloud } = chain.simulation;
    const [task] = cloud.journal();
    expect(await adopt(chain, id, task?.taskId ?? '')).toMatchObject({ code: 'none' });
    expect((await chain.until(id, isTerminal)).state).toBe('succeeded');
    expect(chain.simulation.restores()).toHaveLength(1);
  });
});

describe('a migration whose cloud account changes', () => {
  const elsewhere: Readonly<Record<ProviderId, Partial<Account>>> = {
    alibaba: { endpoints: { rds: 'http://127.0.0.1:9' } },
    huawei: { endpoints: { iam: 'http://127.0.0.1:2', drs: 'http://127.0.0.1:9', rds: 'http://127.0.0.1:2' } },
    tencent: { endpoints: { sqlserver: 'http://127.0.0.1:9' } },
  };

  async function whileStrange(provider: ProviderId, change: (simulation: Simulation) => void): Promise<void> {
    const simulation = await Simulation.start({
      provider,
      exchangeFaults: provider === 'huawei' ? ['none', 'drop_before'] : ['drop_before'],
    });
    const id = await simulation.submit(requestFor(provider));
    const doubtful = await simulation.get(id);
    expect(doubtful.calls.at(-1)?.state).toBe('unknown');
    const accounts = simulation.context.accounts as Map<string, Account>;
    const own = simulation.account;
    change(simulation);
    const asked = simulation.exchanges.length;
    const stranded = await simulation.until(id, ({ stateReason }) => stateReason === 'account_not_configured');
    const lack = stranded.blocking.find(({ code }) => code === 'account_not_configured');
    expect(lack?.detail).toContain(`\`${own.name}\` now `);
    expect(simulation.exchanges.slice(asked).filter((each) => !each.startsWith('Keystone'))).toEqual([]);
    accounts.set(own.name, own);
    expect((await simulation.until(id, isTerminal)).state).toBe('succeeded');
    expect(simulation.restores()).toHaveLength(1);
  }

  it.each(all)('waits while the account name points to another endpoint of %s', (provider) =>
    whileStrange(provider, ({ context, account }) => {
      (context.accounts as Map<string, Account>).set(account.name, { ...account, ...elsewhere[provider] } as Account);
    }),
  );

  it('waits while the account name belongs to another provider', () =>
    whileStrange('alibaba', ({ context, account }) => {
      const { name, region, endpoints, limits } = account;
      const tencent = { name, region, endpoints, limits, provider: 'tencent', timeZone: '+08:00' };
      (context.accounts as Map<string, Account>).set(name, tencent);
    }));

  it('waits while its credentials open another project', async () => {
    const simulation = await Simulation.start({ provider: 'huawei', exchangeFaults: ['none', 'drop_before'] });
    const id = await simulation.submit(requestFor('huawei'));
    const doubtful = await simulation.get(id);
    expect(doubtful.cloud?.id).toMatch(/^[0-9a-f]{32}$/);
    const asked = simulation.exchanges.length;
    const client = simulation.context.client;
    const strange = { ...client, cloudId: () => 'ffffffffffffffffffffffffffffffff' };
    (simulation.context as { client: typeof client }).client = strange;
    const stranded = await simulation.until(id, ({ stateReason }) => stateReason === 'account_not_configured');
    expect(stranded.blocking.at(-1)?.detail).toContain('another account or project');
    expect(simulation.exchanges).toHaveLength(asked);
    (simulation.context as { client: typeof client }).client = client;
    expect((await simulation.until(id, isTerminal)).state).toBe('succeeded');
    expect(simulation.restores()).toHaveLength(1);
  });

  it('asks an operator when a probe with other credentials than the original finds nothing', async () => {
    const simulation = await Simulation.start({ provider: 'alibaba', exchangeFaults: ['drop_before'] });
    const id = await simulation.submit(requestFor('alibaba'));
    expect((await simulation.get(id)).calls[0]).toMatchObject({ state: 'unknown', credential: expect.any(String) });
    const { client } = simulation.context;
    const present = simulation.context as { client: typeof client };
    present.client = { ...client, credentialPrint: () => 'another key' };
    const asked = await simulation.until(id, ({ calls }) => calls[0]?.asksOperator === true);
    expect(asked.blocking.at(-1)?.detail).toContain('other credentials');
    for (let round = 0; round < 20; round++) await simulation.round();
    expect(simulation.restores()).toEqual([]);
    present.client = client;
    expect((await simulation.until(id, isTerminal)).state).toBe('succeeded');
    expect(simulation.restores()).toHaveLength(1);
  });

  it('can be ended by a caller without a call to the other account', async () => {
    const chain = await startChain('alibaba', 'full');
    const id = await chain.create();
    const { context, account, exchanges } = chain.simulation;
    (context.accounts as Map<string, Account>).set(account.name, { ...account, ...elsewhere.alibaba } as Account);
    const asked = exchanges.length;
    await chain.until(id, ({ stateReason }) => stateReason === 'account_not_configured');
    const result = await chain.service.cancel(id, caller);
    expect(result).toMatchObject({ migration: { state: 'cancelled', warnings: [{ code: 'vendor_outcome_unknown' }] } });
    expect(exchanges).toHaveLength(asked);
  });
});
