import { describe, expect, it } from 'vitest';
import { settleByFinding } from '../../src/domain/in-doubt.ts';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { caller, startChain } from '../support/chain.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

const minute = 60_000;

describe.each(['alibaba', 'huawei', 'tencent'] as const)('a process that dies during a call to %s', (provider) => {
  it.each([-20, -4, 4])(
    'never leads to a second restore by its successor when the cloud’s clock is %i minutes off',
    async (minutes) => {
      for (const fault of ['crash_after', 'crash_before'] as const)
        for (let position = 0; position < 3; position++) {
          const simulation = await Simulation.start({
            provider,
            cloudOffsetMs: minutes * minute,
            exchangeFaults: [...Array(position).fill('none'), fault, 'drop_before'],
          });
          const id = await simulation.submit(requestFor(provider));
          const ended = await simulation.until(id, isTerminal);
          expect(simulation.errors).toEqual([]);
          expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
          expect(simulation.restores(), `${fault} at ${position}: ${simulation.exchanges.join(' ')}`).toHaveLength(1);
        }
    },
    120_000,
  );
});

describe.each(['alibaba', 'huawei', 'tencent'] as const)(
  'a process that pauses while it resolves %s calls in doubt',
  (provider) => {
    it('does not trust a stale list, even with lagging lists and a pause longer than the settling time', async () => {
      for (let position = 0; position < 3; position++)
        for (let between = 0; between < 2; between++) {
          const lost = [...Array(position).fill('none'), 'drop_after', ...Array(between).fill('none'), 'pause_after'];
          const simulation = await Simulation.start({ provider, listLagMs: 3000, exchangeFaults: lost });
          const id = await simulation.submit(requestFor(provider));
          const ended = await simulation.until(id, isTerminal);
          expect(simulation.errors).toEqual([]);
          expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
          expect(simulation.restores(), simulation.exchanges.join(' ')).toHaveLength(1);
        }
    });
  },
);

describe('an unknown outcome that cannot be probed', () => {
  it('is reported at once, probed again on the caller’s request and resolved when the vendor answers', async () => {
    const chain = await startChain('alibaba', 'full', {
      exchangeFaults: ['drop_before', ...Array(12).fill('unavailable_before')],
      settings: { settleMs: 60_000 },
    });
    const { service, simulation } = chain;
    const id = await simulation.submit(requestFor('alibaba'));
    const doubtful = await chain.until(id, ({ blocking }) => blocking.length > 1);
    expect(doubtful).toMatchObject({ state: 'pending', stateReason: 'outcome_unknown' });
    expect(doubtful.blocking).toMatchObject([
      { code: 'provider_unavailable', provider: { operation: 'DescribeMigrateTasks', httpStatus: 503 } },
      { code: 'outcome_unknown' },
    ]);
    await expect(service.retry(id, { assume: 'absent' }, caller)).rejects.toThrow(/still probes/);
    await service.retry(id, {}, caller);
    expect(await chain.get(id)).toMatchObject({ stateReason: 'outcome_unknown', dueAt: simulation.now });
    const answered = await chain.until(id, ({ blocking }) => blocking.length === 1);
    expect(answered.state).toBe('pending');
    const ended = await chain.until(id, isTerminal);
    expect(ended.state).toBe('succeeded');
    expect(simulation.restores()).toHaveLength(1);
  });
});

describe('a call whose sending process is gone', () => {
  it('is presumed absent only after the settling time in doubt, even if its stored intent is old', async () => {
    const simulation = await Simulation.start({ provider: 'alibaba', exchangeFaults: ['crash_before'] });
    const { settings } = simulation.context;
    const begun = await simulation.get(await simulation.submit(requestFor('alibaba')));
    expect(begun.calls[0]?.state).toBe('sending');
    const at = (now: number) => ({ provider: alibaba, settings, now });
    const later = simulation.now + 10 * minute;
    const looked = settleByFinding(begun, 1, { found: 'no' }, later, at(later));
    expect(looked.calls[0]?.state).toBe('unknown');
    const nothingAt = (probedAt: number, now = probedAt) =>
      settleByFinding(looked, 1, { found: 'no' }, probedAt, at(now)).calls[0]?.state;
    const believedAt = later + settings.settleMs;
    expect(nothingAt(believedAt - 1)).toBe('unknown');
    expect(nothingAt(believedAt)).toBe('absent');
    // A probe that began too early proves nothing, even if its result is stored late.
    expect(nothingAt(believedAt - 1, believedAt + minute)).toBe('unknown');
  });
});
