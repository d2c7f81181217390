import { describe, expect, it } from 'vitest';
import type { VendorFailure } from '../../src/domain/vendor.ts';
import { admitted, afterCall, type Breaker, breakLeftMs, closed, maxBreakMs } from '../../src/transport/breaker.ts';
import { failure } from './fixtures.ts';

const down = failure('timeout');
const following = (start: Breaker, now: number, ...results: (VendorFailure | null)[]): Breaker =>
  results.reduce<Breaker>((breaker, each) => afterCall(breaker, each, now), start);
const opened = following(closed, 0, down, down, down, down, down);

describe('a circuit breaker', () => {
  it('opens after five consecutive calls without a reply', () => {
    expect(following(closed, 0, down, down, down, down)).toEqual({ state: 'closed', failures: 4 });
    expect(opened).toEqual({ state: 'open', until: 10_000, pauseMs: 10_000 });
  });

  it.each([
    ['an answer', null],
    ['a refusal', failure('rejected')],
    ['throttling', failure('throttled')],
    [
      'an error with a vendor code',
      failure('unavailable', { provider: { ...down.provider, code: 'FailedOperation.DBError' } }),
    ],
  ])('stays closed after %s in between', (_name, result) => {
    expect(following(closed, 0, down, down, down, down, result, down)).toEqual({ state: 'closed', failures: 1 });
  });

  it('blocks all calls while it is open, then lets one read probe, and all calls after its reply', () => {
    expect(admitted(opened, 'read', 9999)).toBeNull();
    expect(breakLeftMs(opened, 'read', 4000)).toBe(6000);
    const probing = admitted(opened, 'read', 10_000);
    expect(probing).toEqual({ state: 'half_open', until: 20_000, pauseMs: 10_000 });
    expect(probing && admitted(probing, 'read', 10_001)).toBeNull();
    expect(probing && afterCall(probing, null, 10_500)).toEqual(closed);
  });

  it('lets a changing call probe only after five seconds without a read', () => {
    expect(admitted(opened, 'write', 14_999)).toBeNull();
    expect(admitted(opened, 'write', 15_000)).toMatchObject({ state: 'half_open' });
  });

  it('waits longer after each failed probe, up to a minute', () => {
    let breaker = opened;
    let now = 0;
    const pauses: number[] = [];
    for (let probe = 0; probe < 5; probe++) {
      now += breakLeftMs(breaker, 'read', now);
      breaker = afterCall(admitted(breaker, 'read', now) ?? breaker, down, now);
      pauses.push(breakLeftMs(breaker, 'read', now));
    }
    expect(pauses).toEqual([20_000, 40_000, maxBreakMs, maxBreakMs, maxBreakMs]);
  });

  it('sends another probe when one is lost', () => {
    const probing = admitted(opened, 'read', 10_000);
    expect(probing && admitted(probing, 'read', 20_000)).toMatchObject({ state: 'half_open' });
  });
});
