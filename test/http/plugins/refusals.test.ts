import { describe, expect, it } from 'vitest';
import type { NewAuditRecord } from '../../../src/domain/audit.ts';
import { boundedRefusals } from '../../../src/http/plugins/refusals.ts';
import { VirtualTime } from '../../webhooks/support/virtual-time.ts';

function laboratory() {
  const time = new VirtualTime(0);
  const sums: NewAuditRecord[] = [];
  const refusals = boundedRefusals(time, (sum) => void sums.push(sum));
  const refuse = (remoteAddress: string, outcome = 'unauthenticated') =>
    refusals.admit({
      at: time.now(),
      caller: null,
      remoteAddress,
      operation: 'createMigration',
      method: 'POST',
      account: null,
      instanceId: null,
      migrationId: null,
      webhookId: null,
      status: 401,
      outcome,
      requestId: 'req_1',
      replayed: false,
      count: 1,
    });
  return { time, sums, refusals, refuse };
}

describe('many rejected requests', () => {
  it('are recorded one by one at first and then as one sum per minute, address and outcome', async () => {
    const { time, sums, refuse } = laboratory();
    const admitted = Array.from({ length: 1100 }, () => refuse('192.0.2.1')).filter(Boolean);
    expect(admitted).toHaveLength(100);
    refuse('192.0.2.2');
    refuse('192.0.2.2', 'invalid_request');
    expect(sums).toEqual([]);
    await time.pass(60_000);
    expect(sums.map(({ remoteAddress, outcome, count }) => [remoteAddress, outcome, count])).toEqual([
      ['192.0.2.1', 'unauthenticated', 1000],
      ['192.0.2.2', 'unauthenticated', 1],
      ['192.0.2.2', 'invalid_request', 1],
    ]);
  });

  it('from very many addresses share one sum', async () => {
    const { time, sums, refuse } = laboratory();
    for (let address = 0; address < 5000; address++) refuse(`10.0.${address >> 8}.${address & 255}`);
    await time.pass(60_000);
    expect(sums.length).toBeLessThanOrEqual(101);
    expect(sums.reduce((sum, { count }) => sum + count, 0)).toBe(4900);
    expect(sums.at(-1)).toMatchObject({ remoteAddress: 'several', caller: null });
  });

  it('are recorded before the app closes', () => {
    const { sums, refusals, refuse } = laboratory();
    for (let turn = 0; turn < 103; turn++) refuse('192.0.2.1');
    refusals.close();
    expect(sums).toMatchObject([{ count: 3 }]);
  });
});
