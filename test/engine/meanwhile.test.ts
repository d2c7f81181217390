import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { caller, startChain } from '../support/chain.ts';

const all = ['alibaba', 'huawei', 'tencent'] as const;
const exchanges = 6;

describe.each(all)('a cancellation during an exchange with %s', (provider) => {
  it.each(['full', 'full_log'] as const)('in mode %s ends in the true state at every exchange', async (mode) => {
    for (let position = 1; position <= exchanges; position++) {
      const chain = await startChain(provider, mode, { listLagMs: 3000 });
      const { simulation, service } = chain;
      let asked = false;
      let id = '';
      simulation.meanwhile = async (exchange) => {
        if (exchange !== position) return;
        const [found] = await simulation.store.list({}, { size: 1, order: 'newest_first' });
        if (found === undefined) return;
        // 409 once the restore can no longer be stopped.
        asked = await service.cancel(found.id, caller).then(
          () => true,
          () => false,
        );
      };
      id = await chain.create();
      for (let round = 0; round < 40 && !isTerminal(await chain.get(id)); round++) await simulation.round();
      const { state, calls, warnings } = await chain.get(id);
      const told = `at exchange ${position} (${asked ? 'accepted' : 'refused'}): ${state}, ${simulation.exchanges.join(' ')}`;
      expect(simulation.errors, told).toEqual([]);
      expect(simulation.restores().length, told).toBeLessThanOrEqual(1);
      if (asked) expect(['cancelled', 'succeeded'], told).toContain(state);
      else if (mode === 'full') expect(state, told).toBe('succeeded');
      // No ended migration has a restore that still runs.
      const stopped = calls.some((call) => ['cancel', 'cleanup'].includes(call.step) && call.state === 'accepted');
      if (state === 'cancelled' && simulation.restores().length > 0)
        expect(stopped || warnings.length > 0, told).toBe(true);
    }
  });
});
