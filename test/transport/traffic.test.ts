import { describe, expect, it } from 'vitest';
import type { SlowDown } from '../../src/domain/slow-downs.ts';
import type { Account } from '../../src/domain/vendor.ts';
import { maxPauseMs } from '../../src/transport/call-gate.ts';
import { Traffic } from '../../src/transport/traffic.ts';
import { failure, account as fixture, request, VirtualTime } from './fixtures.ts';

const account: Account = { ...fixture, limits: { readsPerSecond: 4, writesPerSecond: 4 } };
const create = request('write', 'Create');

function trafficAt(time = new VirtualTime()) {
  const calls = { slowedDown: 0 };
  const traffic = new Traffic({ runtime: time, limitsOf: () => ({}), slowedDown: () => calls.slowedDown++ });
  const send = (as = account, region = as.region): boolean => {
    const admission = traffic.admit(as, region, create.operation);
    if (admission.open) admission.permit.release();
    return admission.open;
  };
  const sendAll = (as = account): number => {
    let count = 0;
    while (count < 100 && send(as)) count++;
    return count;
  };
  const throttle = (pauseMs = 0) =>
    traffic.returns(account, account.region, create, failure('throttled', { retryAfterMs: pauseMs }), time.monotonic());
  return { time, traffic, send, sendAll, throttle, calls };
}

describe('a slow-down', () => {
  it('is shared once with the processes on the same limits, as the vendor requested it', () => {
    const { time, traffic, throttle, calls } = trafficAt();
    throttle(5000);
    expect(calls.slowedDown).toBe(1);
    const [unpublished, ...others] = traffic.slowDowns.unpublished();
    const pausedUntil = time.monotonic() + 5000;
    const budget = `${account.region}|Create`;
    const said = { provider: 'tencent', account: account.name, gate: 'write', budget, speed: 0.5 };
    expect([unpublished, others]).toEqual([{ ...said, slowedAt: pausedUntil, pausedUntil }, []]);
    time.pass(5000);
    throttle(5000);
    traffic.slowDowns.published(unpublished === undefined ? [] : [unpublished]);
    expect(traffic.slowDowns.unpublished()).toMatchObject([{ speed: 0.25 }]);
  });

  it('of another process applies here, whether or not the operation was called before, and is shown', () => {
    const { time, traffic, throttle } = trafficAt();
    throttle(5000);
    const published = traffic.slowDowns.unpublished();
    for (const usedBefore of [true, false]) {
      const other = trafficAt(new VirtualTime());
      if (usedBefore) expect(other.send()).toBe(true);
      other.traffic.slowDowns.received(published);
      expect(other.traffic.slowDowns.unpublished()).toEqual([]);
      const shown = { account: account.name, region: account.region, operation: 'Create', speed: 0.5 };
      expect(other.traffic.slowedOperations()).toEqual([
        { provider: 'tencent', ...shown, pausedUntil: time.now() + 5000 },
      ]);
      expect(other.sendAll()).toBe(0);
      other.time.pass(5000);
      expect(other.sendAll()).toBe(2);
      // Another region has its own limit.
      expect(other.send(account, 'ap-shanghai')).toBe(true);
      other.time.pass(60_000);
      other.traffic.slowDowns.received([]);
      expect(other.traffic.slowedOperations()).toEqual([]);
      expect(other.sendAll()).toBe(4);
    }
  });

  it('of another process pauses calls no longer than a vendor may ask for, under any clock', () => {
    const { time, traffic, sendAll } = trafficAt();
    const far = time.monotonic() + 86_400_000;
    const slowDown: SlowDown = {
      provider: 'tencent',
      account: account.name,
      gate: 'write',
      budget: `${account.region}|Create`,
      speed: 0.5,
      slowedAt: far,
      pausedUntil: far,
    };
    traffic.slowDowns.received([slowDown]);
    expect(sendAll()).toBe(0);
    time.pass(maxPauseMs);
    expect(sendAll()).toBe(2);
  });
});

describe('a reconfigured account', () => {
  const anew: Account = { ...account, limits: { readsPerSecond: 8, writesPerSecond: 8 } };

  it('keeps its used budget, by the new limits', () => {
    const { time, traffic, sendAll } = trafficAt();
    expect(sendAll()).toBe(4);
    traffic.forget(account);
    expect(sendAll(anew)).toBe(4);
    // A call under way counts, and changes no limit.
    expect(sendAll(account)).toBe(0);
    time.pass(1200);
    expect(sendAll(anew)).toBe(8);
  });

  it('stays slowed down, and is not shown while it is not configured', () => {
    const { time, traffic, throttle, sendAll } = trafficAt();
    throttle(5000);
    traffic.forget(account);
    expect(traffic.slowedOperations()).toEqual([]);
    expect(sendAll(anew)).toBe(0);
    expect(traffic.slowedOperations()).toMatchObject([{ account: account.name, speed: 0.5 }]);
    time.pass(5000);
    expect(sendAll(anew)).toBe(4);
  });

  it('has separate limits under another provider, and a vendor that failed is called again at once', () => {
    const { traffic, sendAll } = trafficAt();
    expect(sendAll()).toBe(4);
    for (let count = 0; count < 5; count++) traffic.returns(account, account.region, create, failure('timeout'), 0);
    expect(traffic.circuits()).toMatchObject([{ state: 'open' }]);
    traffic.forget(account);
    expect(traffic.circuits()).toEqual([]);
    expect(sendAll({ ...anew, provider: 'alibaba' })).toBe(8);
  });
});
