import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { caller, Fleet } from '../support/fleet.ts';
import { requestFor } from '../support/simulation.ts';

const limits = {
  alibaba: { readsPerSecond: 5, writesPerSecond: 2 },
  huawei: { readsPerSecond: 5, writesPerSecond: 1 },
  tencent: { readsPerSecond: 20, writesPerSecond: 20 },
};

let fleet: Fleet;
afterEach(() => fleet.stop());

/** A restore that has run for so long that it is polled seldom. */
async function running(): Promise<string> {
  fleet = await Fleet.start({ limits, restoreMs: 36_000_000 });
  const id = await fleet.submit(requestFor('alibaba'));
  await fleet.time.pass(1_800_000);
  return id;
}
const refresh = (id: string, waitMs = 10_000) => fleet.time.until(fleet.service.refresh(id, waitMs, caller));
const reads = () => fleet.calls('alibaba', /^Describe/).length;

describe('a refresh', () => {
  it('asks the vendor at once and answers with the result', async () => {
    const id = await running();
    await fleet.time.pass(10_000);
    const before = reads();
    const asked = fleet.time.now();
    const { observedAt } = await refresh(id);
    expect(observedAt).toBeGreaterThanOrEqual(asked);
    expect(fleet.time.now() - asked).toBeLessThan(2000);
    expect(reads() - before).toBeGreaterThan(0);
  });

  it('asks once for many concurrent callers and not again within a second', async () => {
    const id = await running();
    await fleet.time.pass(10_000);
    const before = reads();
    await fleet.time.until(Promise.all(Array.from({ length: 50 }, () => fleet.service.refresh(id, 10_000, caller))));
    await refresh(id);
    expect(reads() - before).toBeLessThanOrEqual(6);
  });

  it('is rejected while the vendor is not called, with the time to retry after', async () => {
    const id = await running();
    fleet.interfere = (provider) =>
      provider === 'alibaba'
        ? Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED', syscall: 'connect' }))
        : null;
    await fleet.time.pass(300_000);
    const refused = await refresh(id).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ code: 'provider_unavailable' });
    expect((refused as Problem).extras.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it('returns the stored state without a vendor call when there is nothing to observe', async () => {
    fleet = await Fleet.start({ limits, restoreMs: 1000 });
    const id = await fleet.submit(requestFor('tencent'));
    await fleet.time.pass(120_000);
    const before = fleet.exchanged.length;
    expect((await refresh(id)).state).toBe('succeeded');
    expect(fleet.exchanged).toHaveLength(before);
  });
});
