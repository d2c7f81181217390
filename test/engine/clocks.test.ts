import { expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

const minute = 60_000;

// Huawei's tokens are independent of the clock; Tencent refuses signatures beyond 5 minutes, Alibaba beyond 15.
it.each([
  ['alibaba', -14],
  ['alibaba', 14],
  ['tencent', -4],
  ['tencent', 4],
  ['huawei', -14],
  ['huawei', 26 * 60],
] as const)(
  'the times of a restore at %s follow Godwit’s clock when the vendor’s is %i minutes off',
  async (provider, minutes) => {
    const simulation = await Simulation.start({ provider, cloudOffsetMs: minutes * minute });
    const began = simulation.now;
    const id = await simulation.submit(requestFor(provider));
    const { startedAt, finishedAt, backups } = await simulation.until(id, isTerminal);
    for (const at of [startedAt, finishedAt, backups[0]?.finishedAt]) {
      expect(at).toBeGreaterThanOrEqual(began - 1000);
      expect(at).toBeLessThanOrEqual(simulation.now);
    }
    // A restore takes 20 s at the emulated clouds.
    expect((finishedAt ?? 0) - began).toBeGreaterThan(15_000);
  },
);
